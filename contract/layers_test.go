package contract

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const root = "github.com/kustomer-go/kustomer/"

// What the packages that users import may import themselves, of this module; custom, besides, knows nothing of HTTP.
func TestNothingBelowImportsAnythingAbove(t *testing.T) {
	for pkg, allowed := range map[string][]string{
		"internal/formats": {},
		"internal/limits":  {"internal/formats"},
		"internal/nearest": {},
		"custom":           {"internal/formats", "internal/nearest"},
		"ratelimit":        {},
		"gen":              {"custom", "internal/limits"},
		"gen/metadata":     {},
		"client":           {"custom", "gen", "internal/formats", "internal/limits", "internal/nearest", "ratelimit"},
		"kustomertest":     {"custom", "gen", "internal/definitions", "internal/formats", "internal/limits"},
	} {
		list := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, "./"+pkg)
		list.Dir = ".."
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for imported := range strings.FieldsSeq(string(out)) {
			if own, ok := strings.CutPrefix(imported, root); ok && !slices.Contains(allowed, own) || pkg == "custom" && imported == "net/http" {
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
}
