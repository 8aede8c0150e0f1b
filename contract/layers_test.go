package contract

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const root = "github.com/kustomer-go/kustomer/"

// Packages import only the packages of this module that are listed here. Package custom does not import net/http.
func TestImports(t *testing.T) {
	for pkg, allowed := range map[string][]string{
		"internal/formats": {},
		"internal/schema":  {"internal/formats"},
		"internal/nearest": {},
		"custom":           {"internal/formats", "internal/nearest"},
		"ratelimit":        {},
		"gen":              {"custom", "internal/schema"},
		"gen/metadata":     {},
		"gen/related":      {"gen", "internal/schema"},
		"client":           {"custom", "gen", "gen/related", "internal/formats", "internal/schema", "internal/nearest", "ratelimit"},
		"webhook":          {"client"},
		"kustomertest":     {"custom", "gen", "gen/related", "internal/definitions", "internal/formats", "internal/schema"},
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
