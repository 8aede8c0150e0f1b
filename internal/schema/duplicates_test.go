package schema_test

import (
	"encoding/json"
	"slices"
	"testing"

	. "github.com/kustomer-go/kustomer/internal/schema"
)

// A raw has its own JSON.
type raw string

func (r raw) Raw() json.RawMessage { return json.RawMessage(r) }

func TestDuplicateKeys(t *testing.T) {
	s := &Schema{Kind: Object, Properties: []Property{{"custom", &Schema{Kind: Object, Open: true}}}}
	for text, want := range map[raw][]string{
		``:                             nil,
		`"a"`:                          nil,
		`{"a":1,"b":{"a":1},"c":[]}`:   nil,
		`[{"a":1},{"a":1},"a","a"]`:    nil,
		`{"a":1,"a":2}`:                {`custom.x has the duplicate key "a" in an object`},
		`{"a":1,"\u0061":2}`:           {`custom.x has the duplicate key "a" in an object`},
		`[1,{"b":{"":1,"c":[],"":2}}]`: {`custom.x has the duplicate key "" in an object`},
		`{"a":`:                        nil, // invalid JSON is reported elsewhere
		`[1 x`:                         nil,
	} {
		found := Check(s, "", map[string]any{"custom": map[string]raw{"x": text}})
		if got := texts(found); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if len(found) > 0 && found[0].Unsendable {
			t.Errorf("%s: Unsendable is set, but JSON can hold this", text)
		}
	}
}
