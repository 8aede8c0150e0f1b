package schema_test

import (
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// The fast path accepts only texts that the expression accepts.
func TestPatternTakesWhatItsExpressionTakes(t *testing.T) {
	texts := []string{""}
	for range 3 {
		for _, text := range texts {
			for _, c := range []string{"a", "Z", "5", "_", "-", ".", " ", "ü"} {
				texts = append(texts, text+c)
			}
		}
		if len(texts) > 5000 {
			break
		}
	}
	for _, n := range []int{1, 2, 23, 24, 62, 63, 64, 65, 66, 1000} {
		texts = append(texts, strings.Repeat("a", n), strings.Repeat("-", n), strings.Repeat("a", n-1)+"ü", strings.Repeat("a", n-1)+"\n")
	}
	for _, expr := range []string{
		`^[^/]+$`, `^[0-9a-zA-ZÀ-ÿ_/<>\-.]{1}[0-9a-zA-ZÀ-ÿ _/<>\-.]{0,63}$`, `^[a-z]+$`, `^[0-9a-zA-Z_]+$`, `^a`, `^.*$`, `^$`, `^.{2,3}$`, `^[^Z]*$`, `^\w+$`, `^[\w-]+$`, `^[\w-]+\b$`, `(?i)^S+$`, `^(\.a|[\w-])+$`, `^([\w-]{2})*$`, `^[\w\-]{3}$|^x$`, `a`, ``, `\bZ`,
	} {
		r := schema.Pattern(expr)()
		for _, text := range texts {
			if got, want := r.MatchString(text), r.Regexp.MatchString(text); got != want {
				t.Errorf("%s and %q: %t, not %t", expr, text, got, want)
			}
		}
	}
	if gen.CreateConversationForCustomerOperation.PathID.Pattern().MatchString("a/b") {
		t.Error("an id with a slash is taken")
	}
}

// Common ids and tags take the fast path without allocation. A benchmark measures the time.
func BenchmarkCheckID(b *testing.B) {
	for b.Loop() {
		if found := schema.Check(gen.CreateConversationForCustomerOperation.PathID, "id", "65f0a1b2c3d4e5f600000002"); found != nil {
			b.Fatal(found)
		}
	}
}
