package schema_test

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	. "github.com/kustomer-go/kustomer/internal/schema"
)

// sample has one property of each kind.
var sample = &Schema{
	Kind: Object, MinProperties: 1, MaxProperties: 4, Required: []string{"name"},
	Properties: []Property{
		{"name", &Schema{Kind: String, MinLength: 2, MaxLength: 4, Pattern: Pattern(`^[a-zü]{2,4}$`), Explain: "may hold small letters"}},
		{"kind", &Schema{Kind: String, Nullable: true, Enum: []string{"a", "b"}}},
		{"at", &Schema{Kind: String, DateTime: true}},
		{"count", &Schema{Kind: Integer, Min: new(-1.0), Max: new(10.0)}},
		{"share", &Schema{Kind: Number, Numbers: []float64{0, 0.5}}},
		{"on", &Schema{Kind: Boolean}},
		{"list", &Schema{Kind: Array, MinItems: 1, MaxItems: 3, Unique: true, Items: &Schema{Kind: Object, Properties: []Property{{"x", &Schema{Kind: Integer}}}}}},
		{"any", &Schema{Kind: Object, Open: true}},
	},
	AnyOf:   []*Schema{{Not: &Schema{Required: []string{"on"}}}, {MaxProperties: 2}},
	Explain: "on comes with one other field",
}

type item struct {
	X int `json:"x"`
}

type model struct {
	Name  string                    `json:"name"`
	Kind  nullable.Nullable[string] `json:"kind,omitempty"`
	At    *time.Time                `json:"at,omitempty"`
	Count *int                      `json:"count,omitempty"`
	Share *float64                  `json:"share,omitempty"`
	On    *bool                     `json:"on,omitempty"`
	List  []item                    `json:"list,omitzero"`
	Any   map[string]any            `json:"any,omitzero"`
}

// Each case is checked as a Go value and as its JSON, with the same result.
func TestCheck(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		name string
		v    model
		want []string
	}{
		{"least", model{Name: "ab"}, nil},
		{"most", model{Name: "abcd", Kind: nullable.NewNullNullable[string](), Count: new(10), At: &now}, nil},
		{"short", model{Name: "a"}, []string{"name has 1 characters, must have at least 2", "name may hold small letters"}},
		{"empty", model{}, []string{"name must not be empty"}},
		{"code points are counted", model{Name: "üüüü"}, nil},
		{"long", model{Name: "üüüüü"}, []string{"name has 5 characters, may have 4"}},
		{"pattern", model{Name: "AB"}, []string{"name may hold small letters"}},
		{"enum", model{Name: "ab", Kind: nullable.NewNullableWithValue("c")}, []string{"kind must be one of a, b"}},
		{"bounds", model{Name: "ab", Count: new(11), Share: new(0.25)}, []string{"count must be at most 10", "share must be one of 0, 0.5"}},
		{"below", model{Name: "ab", Count: new(-2)}, []string{"count must be at least -1"}},
		{"empty list", model{Name: "ab", List: []item{}}, []string{"list must not be empty"}},
		{"long list", model{Name: "ab", List: []item{{1}, {2}, {3}, {4}}}, []string{"list has 4 items, may have 3"}},
		{"repeated", model{Name: "ab", List: []item{{1}, {2}, {1}}}, []string{"list[2] repeats item 0"}},
		{"too many fields", model{Name: "ab", Count: new(1), Share: new(0.0), Kind: nullable.NewNullableWithValue("a"), At: &now}, []string{" has 5 fields, may have 4"}},
		{"combination", model{Name: "ab", On: new(false), Count: new(1)}, []string{" on comes with one other field"}},
		{"combination that is allowed", model{Name: "ab", On: new(false)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := texts(Check(sample, "", &test.v)); !slices.Equal(got, test.want) {
				t.Errorf("of the Go value: %q, want %q", got, test.want)
			}
			text, err := json.Marshal(test.v)
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(Check(sample, "", parse(t, string(text)))); !slices.Equal(got, test.want) {
				t.Errorf("of %s: %q, want %q", text, got, test.want)
			}
		})
	}
}

func TestAllOf(t *testing.T) {
	s := &Schema{AllOf: []*Schema{{Kind: String, MaxLength: 3}, {Kind: String, Pattern: Pattern("^[^,]*$"), Explain: "must not hold a comma"}}}
	for _, test := range []struct {
		v    any
		want []string
	}{
		{"abc", nil},
		{"abcd", []string{"id has 4 characters, may have 3"}},
		{"a,bcd", []string{"id has 5 characters, may have 3", "id must not hold a comma"}},
		{nil, []string{"id must not be null", "id must not be null"}},
	} {
		if got := texts(Check(s, "id", test.v)); !slices.Equal(got, test.want) {
			t.Errorf("%v: %q, want %q", test.v, got, test.want)
		}
	}
}

func TestCheckOfJSON(t *testing.T) {
	for text, want := range map[string][]string{
		`{"name":7}`:                     {"name must be a string"},
		`{"name":null}`:                  {"name must not be null"},
		`{}`:                             {" must not be empty", "name must be set"},
		`[]`:                             {" must be an object"},
		`"x"`:                            {" must be an object"},
		`null`:                           {" must not be null"},
		`{"name":"ab","count":1.5}`:      {"count must be an integer"},
		`{"name":"ab","count":3.0}`:      nil,
		`{"name":"ab","count":"3"}`:      {"count must be a number"},
		`{"name":"ab","on":"true"}`:      {"on must be true or false"},
		`{"name":"ab","list":{}}`:        {"list must be a list"},
		`{"name":"ab","list":[1]}`:       {"list[0] must be an object"},
		`{"name":"ab","list":[{"y":1}]}`: {"list[0].y is not a field of this request"},
		`{"name":"ab","at":"yesterday"}`: {"at must be an RFC 3339 date and time, such as 2026-03-02T09:15:04Z"},
		`{"name":"ab","at":"2026-03-02T09:15:04.375+01:00"}`: nil,
		`{"name":"ab","z":1,"a":2}`:                          {"a is not a field of this request", "z is not a field of this request"},
		`{"name":"ab","any":{"x":[1,null]}}`:                 nil,
	} {
		if got := texts(Check(sample, "", parse(t, text))); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	for name, v := range map[string]model{
		"zero time": {Name: "ab", At: &time.Time{}},
		"year":      {Name: "ab", At: new(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))},
		"NaN":       {Name: "ab", Share: new(math.NaN())},
		"infinity":  {Name: "ab", Share: new(math.Inf(1))},
		"UTF-8":     {Name: "a\xffb"},
	} {
		found := Check(sample, "", v)
		if len(found) != 1 || !found[0].Unsendable {
			t.Errorf("%s: %+v", name, found)
		}
	}
	if found := Check(sample, "", model{Name: "AB"}); len(found) != 1 || found[0].Unsendable {
		t.Errorf("a server could accept this: %+v", found)
	}
}

func TestRootNamesTheValue(t *testing.T) {
	list := &Schema{Kind: Array, MinItems: 1, Items: &Schema{Kind: String, MinLength: 1}}
	if got := texts(Check(list, "tags", []string{"a", ""})); !slices.Equal(got, []string{"tags[1] must not be empty"}) {
		t.Errorf("%q", got)
	}
	if got := texts(Check(list, "tags", []string{})); !slices.Equal(got, []string{"tags must not be empty"}) {
		t.Errorf("%q", got)
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

func texts(found []Violation) []string {
	var all []string
	for _, v := range found {
		all = append(all, v.Field+" "+v.Message)
	}
	return all
}

func parse(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&plain); err != nil {
		t.Fatal(err)
	}
	if a, b := texts(Check(sample, "", v)), texts(Check(sample, "", plain)); !slices.Equal(a, b) {
		t.Errorf("%s: %q with UseNumber, %q without", text, a, b)
	}
	return v
}
