package custom_test

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

type level uint8

func (l level) MarshalText() ([]byte, error) { return []byte(strings.Repeat("i", int(l))), nil }

type badText struct{}

func (badText) MarshalText() ([]byte, error) { return []byte("a\xff"), nil }

// A twofold writes valid text in one way, and not in the one that Go prefers from 1.27 on.
type twofold string

func (twofold) MarshalText() ([]byte, error)        { return []byte("a"), nil }
func (twofold) AppendText(b []byte) ([]byte, error) { return append(b, 0xff), nil }

// badTextTo has its text where encoding/json can take its address.
type badTextTo struct{}

func (*badTextTo) MarshalText() ([]byte, error) { return []byte("a\xff"), nil }

type appendsBad string

func (appendsBad) AppendText(b []byte) ([]byte, error) { return append(b, 0xff), nil }

// A blob writes itself where encoding/json can take its address.
type blob []byte

func (b *blob) MarshalJSON() ([]byte, error) { return json.Marshal(string(*b)) }

type note struct {
	Text string `json:"text"`
}

// hiding has text that is not written.
type hiding struct {
	Left   string `json:"-"`
	hidden string
	Shown  string
}

func TestRawRefusesWhatWouldBeSentAsSomethingElse(t *testing.T) {
	for _, test := range []struct {
		name string
		v    any
		want string
	}{
		{"string", "a\xff", "is not valid UTF-8"},
		{"pointer", new("a\xff"), "is not valid UTF-8"},
		{"JSON", json.RawMessage("\"a\xff\""), "is not valid UTF-8"},
		{"list", []string{"a", "\xff"}, "is not valid UTF-8"},
		{"list of anything", []any{1, []any{"\xed\xa0\x80"}}, "is not valid UTF-8"},
		{"array", [1]string{"\xff"}, "is not valid UTF-8"},
		{"map's value", map[string]any{"a": "\xff"}, "is not valid UTF-8"},
		{"names that would be equal", map[string]int{"a\xff": 1, "a\xfe": 2}, "is not valid UTF-8"},
		{"JSON in a list", []json.RawMessage{json.RawMessage("\"\xff\"")}, "is not valid UTF-8"},
		{"struct", note{"\xff"}, "is not valid UTF-8"},
		{"struct with backslashes", []*note{{`\` + "\xff"}}, "is not valid UTF-8"},
		{"type that writes itself", badText{}, "is not valid UTF-8"},
		{"type that appends itself", appendsBad("a"), "is not valid UTF-8"},
		{"type that writes itself twice", []any{twofold("a")}, "is not valid UTF-8"},
		{"type that writes itself by its pointer", &badTextTo{}, "is not valid UTF-8"},
		{"plain value of a type that appends itself", appended("\xff"), "is not valid UTF-8"},
		{"name that writes itself", map[badText]int{{}: 1}, "is not valid UTF-8"},
		{"name with methods that is a text", map[masked]int{"\xff": 1}, "is not valid UTF-8"},
		{"embedded struct", struct{ note }{note{"\xff"}}, "is not valid UTF-8"},
		{"empty number", json.Number(""), "is an empty json.Number, which would be sent as 0"},
		{"empty numbers", map[string]any{"a": []json.Number{"1", ""}}, "is an empty json.Number, which would be sent as 0"},
		{"bytes", []byte(`{"a":1}`), "is []uint8, which would be sent as base64: use json.RawMessage for JSON and string for text"},
		{"no bytes", []byte{}, "base64"},
		{"bytes in a list", []any{[]byte("a")}, "base64"},
		{"bytes that could not write themselves", blob("a"), "base64"},
		{"duration", time.Second, "is a time.Duration, which would be sent as a number of nanoseconds"},
		{"durations", map[string]any{"a": []*time.Duration{new(time.Second)}}, "is a time.Duration"},
		{"hidden zero time", []any{time.Now(), &time.Time{}}, "must be set: it is Go's zero time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			value := custom.Raw("x", test.v).Value()
			if err := value.Err(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q; the value is %q", err, test.want, value)
			}
		})
	}
}

func TestRawKeepsWhatIsExact(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{"a\ufffd", "\"a\ufffd\""},
		{`\ufffd`, `"\\ufffd"`},
		{note{`a\ufffd` + "\ufffd"}, `{"text":"a\\ufffd` + "\ufffd" + `"}`},
		{json.RawMessage(`"\ufffd"`), `"\ufffd"`},
		{[]any{json.RawMessage(`"\ufffd"`)}, `["\ufffd"]`},
		{json.RawMessage(`"\ud800"`), `"\ud800"`},
		{[]any{nil, json.Number("1.0"), 1}, `[null,1.0,1]`},
		{[2]byte{1, 2}, `[1,2]`},
		{[]blob{blob("a")}, `["a"]`},
		{[]level{1, 2}, `["i","ii"]`},
		{net.IPv4(127, 0, 0, 1), `"127.0.0.1"`},
		{map[level]string{1: "a"}, `{"i":"a"}`},
		{new(time.Date(2026, 3, 2, 9, 15, 4, 0, time.UTC)), `"2026-03-02T09:15:04Z"`},
		{custom.Num("a").Set(1).Value(), `1`},
		{map[masked]int{"a": 1}, `{"a":1}`},
		{map[twofold]int{"a": 1}, `{"a":1}`},
		{struct{ note }{note{"a"}}, `{"text":"a"}`},
		{hiding{"\xff", "\xff", "a"}, `{"Shown":"a"}`},
	} {
		value := custom.Raw("x", test.v).Value()
		if err := value.Err(); err != nil || string(value.Raw()) != test.want {
			t.Errorf("%#v is %s, want %s", test.v, value, test.want)
		}
	}
}

func TestRawDoesNotAliasItsInput(t *testing.T) {
	in := json.RawMessage(`"abc"`)
	value := custom.Raw("x", in).Value()
	in[1] = 'X'
	if got := string(value.Raw()); got != `"abc"` {
		t.Errorf("the value changed to %s with its input", got)
	}
}
