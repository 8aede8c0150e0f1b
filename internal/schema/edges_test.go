package schema_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

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

func TestEmptyNameIsNotAnIndex(t *testing.T) {
	closed := &Schema{Kind: Object, Properties: []Property{{"", &Schema{Kind: Array, Items: &Schema{Kind: Object}}}}}
	for root, want := range map[string]string{"": `""[1].""`, "custom": `custom.""[1].""`} {
		v := map[string]any{"": []any{map[string]any{}, map[string]any{"": 1}}}
		if got := texts(Check(closed, root, v)); !slices.Equal(got, []string{want + " is not a field of this request"}) {
			t.Errorf("%q, want %s", got, want)
		}
	}
}

// This is like MarshalJSON of nullable.Nullable, which checks for null first.
func TestNullWinsOverAValue(t *testing.T) {
	both := nullable.Nullable[string]{true: "x", false: ""}
	if text, err := json.Marshal(both); err != nil || string(text) != "null" {
		t.Fatalf("sent as %s, %v", text, err)
	}
	if got := texts(Check(&Schema{Kind: String}, "name", both)); !slices.Equal(got, []string{"name must not be null"}) {
		t.Errorf("%q", got)
	}
	if got := texts(Check(&Schema{Kind: String, Nullable: true, MinLength: 2}, "name", both)); got != nil {
		t.Errorf("%q", got)
	}
}

func TestDateTimeIsRFC3339(t *testing.T) {
	s := &Schema{Kind: String, DateTime: true}
	for text, ok := range map[string]bool{
		"2026-03-02T09:15:04Z":              true,
		"2026-03-02T09:15:04.5Z":            true,
		"2026-03-02T09:15:04.123456789012Z": true,
		"2026-03-02T09:15:04-23:59":         true,
		"2024-02-29T00:00:00+00:00":         true,
		"2026-03-02T09:15:04,5Z":            false,
		"2026-03-02T9:15:04Z":               false,
		"2026-03-02T09:15:04.Z":             false,
		"2026-03-02T09:15:04+24:00":         false,
		"2026-03-02T09:15:04+0100":          false,
		"2026-03-02t09:15:04z":              true,
		"1990-12-31T23:59:60Z":              true,
		"1990-12-31T10:00:00+10:60":         false,
		"2026-03-02 09:15:04Z":              false,
		"2026-03-02T09:15:04":               false,
		"2026-03-02T09:15Z":                 false,
		"2026-02-29T09:15:04Z":              false,
		"2026-03-02T24:00:00Z":              false,
		"2026-03-02T09:15:04Z\n":            false,
		" 2026-03-02T09:15:04Z":             false,
		"٢٠٢٦-03-02T09:15:04Z":              false,
		"0001-01-01T00:00:00Z":              false, // Go's zero time
	} {
		if got := len(Check(s, "at", text)) == 0; got != ok {
			t.Errorf("%q is allowed: %t, want %t", text, got, ok)
		}
	}
}

func TestYearsThatCanBeSent(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, test := range []struct {
		at   time.Time
		want []string
	}{
		{at("0000-01-01T00:00:00Z"), nil},
		{at("9999-12-31T23:59:59Z"), nil},
		// Times are sent in UTC, where these are in another year.
		{at("9999-12-31T23:59:59-01:00"), []string{"at has the year 10000, may have 0 to 9999"}},
		{at("0000-01-01T00:00:00+01:00"), []string{"at has the year -1, may have 0 to 9999"}},
		{time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), []string{"at has the year -1, may have 0 to 9999"}},
		{at("9999-12-31T23:59:59Z").In(time.FixedZone("", 3600)), nil},
	} {
		found := Check(&Schema{Kind: String, DateTime: true}, "at", test.at)
		if got := texts(found); !slices.Equal(got, test.want) {
			t.Errorf("%v: %q, want %q", test.at, got, test.want)
		}
		for _, v := range found {
			if !v.Unsendable {
				t.Errorf("%v could be sent: %+v", test.at, v)
			}
		}
	}
}

func TestEqualNumbersRepeat(t *testing.T) {
	s := &Schema{Kind: Array, Unique: true}
	for _, test := range []struct {
		list any
		want []string
	}{
		{[]any{json.Number("1"), json.Number("1.0")}, []string{"list[1] repeats item 0"}},
		{[]json.Number{"1", "1.0", "10e-1", "2"}, []string{"list[1] repeats item 0", "list[2] repeats item 0"}},
		{[]any{1.0, 1}, []string{"list[1] repeats item 0"}},
		{[]any{map[string]any{"a": "x", "n": json.Number("1.0")}, map[string]any{"n": json.Number("1"), "a": "x"}}, []string{"list[1] repeats item 0"}},
		{[]any{json.Number("1"), "1", true, nil, []any{json.Number("1")}}, nil},
		{[]any{json.Number("1e400"), json.Number("2e400")}, nil},
		{[]string{"1", "1.0"}, nil},
	} {
		if got := texts(Check(s, "list", test.list)); !slices.Equal(got, test.want) {
			t.Errorf("%v: %q, want %q", test.list, got, test.want)
		}
	}
}
