package schema_test

import (
	"errors"
	"slices"
	"testing"

	. "github.com/kustomer-go/kustomer/internal/schema"
)

// A parts is a map that reports the errors of its entries.
type parts map[string]int

func (p parts) ErrOf(name string) error {
	if p[name] < 0 {
		return errors.New("is bad")
	}
	return nil
}

func TestMapReportsErrorsOfItsEntries(t *testing.T) {
	s := &Schema{Kind: Object, Properties: []Property{{"custom", &Schema{Kind: Object, Open: true, MaxProperties: 2}}}}
	body := struct {
		Custom parts `json:"custom"`
	}{parts{"b": -1, "fine": 1, "": -1}}
	found := Check(s, "", body)
	want := []string{"custom has 3 fields, may have 2", `custom."" is bad`, "custom.b is bad"}
	if got := texts(found); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	if found[0].Unsendable || !found[1].Unsendable || !found[2].Unsendable {
		t.Errorf("Unsendable is wrong: %+v", found)
	}
}

func TestEmptyNameIsNotAnIndex(t *testing.T) {
	closed := &Schema{Kind: Object, Properties: []Property{{"", &Schema{Kind: Array, Items: &Schema{Kind: Object}}}}}
	for root, want := range map[string]string{"": `""[1].""`, "custom": `custom.""[1].""`} {
		v := map[string]any{"": []any{map[string]any{}, map[string]any{"": 1}}}
		if got := texts(Check(closed, root, v)); !slices.Equal(got, []string{want + " is not a field of this request"}) {
			t.Errorf("%q, want %s", got, want)
		}
	}
}
