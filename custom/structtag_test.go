package custom_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

type deep struct {
	B string `kustomer:"bStr"`
}

type between struct{ deep }

type around struct{ *between }

type holding struct{ Inner deep }

type itself struct {
	*itself
	Name string
}

// An embedded pointer to mapped fields, at any depth, is an error; one without mapped fields is ignored.
func TestEmbeddedPointers(t *testing.T) {
	_ = itself{}.itself
	for _, test := range []struct {
		v    any
		want string
	}{
		{around{}, "field between is an embedded pointer: embed the struct itself"},
		{struct{ around }{}, "field around.between is an embedded pointer: embed the struct itself"},
		{struct {
			*between `kustomer:"-"`
		}{}, ""},
		{struct {
			*itself
			deep
		}{}, ""},
		{struct {
			*holding // not mapped: its only field has no tag
			deep
		}{}, ""},
	} {
		if _, err := custom.Marshal(test.v); (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
			t.Errorf("%T: %v, want %s", test.v, err, test.want)
		}
	}
	if attrs, err := custom.Marshal(between{deep{"x"}}); err != nil || len(attrs) != 1 {
		t.Errorf("embedded structs: %v, %v", attrs, err)
	}
}

// Marshal and Unmarshal report all invalid tags at once.
func TestTags(t *testing.T) {
	type embedded struct {
		A string `kustomer:"aStr"`
	}
	type bad struct {
		Suffix    string     `kustomer:"refundNum,str"`
		Unknown   string     `kustomer:"aStr,omitempty"`
		Two       string     `kustomer:"bStr,str,txt"`
		NoKind    string     `kustomer:"order"`
		Empty     string     `kustomer:",str"`
		NoTag     string     `kustomer:""`
		Blank     string     `kustomer:"a b,str"`
		OnlyNull  string     `kustomer:"cStr,null"`
		Both      *string    `kustomer:"dStr,null,omitzero"`
		Type      int        `kustomer:"eStr"`
		Number    string     `kustomer:"fNum"`
		Float     float64    `kustomer:"gNum,int"`
		Decimal   int        `kustomer:"hNum,decimal"`
		Struct    embedded   `kustomer:"iStr"`
		List      [][]string `kustomer:"jStr"`
		Pointer   **string   `kustomer:"kStr"`
		Complex   complex64  `kustomer:"lNum"`
		Moment    bool       `kustomer:"nAt"`
		Flag      time.Time  `kustomer:"oBool"`
		Raw       string     `kustomer:"m,raw"`
		RawBlank  any        `kustomer:"m m,raw"`
		First     string     `kustomer:"same,str"`
		Second    string     `kustomer:"sameStr"`
		private   string     `kustomer:"privateStr"`
		*embedded            // has mapped fields, so it must not be ignored silently
	}
	_ = bad{}.private
	want := []string{
		`field Suffix (custom attribute "refundNum") has a name that ends in Num, but its key is for the suffix Str`,
		`field Unknown (custom attribute "aStr") has the unknown word "omitempty" in its tag: use str, txt, num, int, decimal, at, bool, url, id, tree, raw, omitzero or null`,
		`field Two (custom attribute "bStr") has two kinds in its tag: str and txt`,
		`field NoKind (custom attribute "order") needs a kind in its tag because the name has no known suffix: one of str, txt, num, int, decimal, at, bool, url, id, tree, raw`,
		`field Empty has no name`,
		`field NoTag needs a kind in its tag because the name has no known suffix: one of str, txt, num, int, decimal, at, bool, url, id, tree, raw`,
		`field Blank (custom attribute "a b") has a name with blanks or control characters`,
		`field OnlyNull (custom attribute "cStr") has null in its tag but cannot be nil: make it a pointer`,
		`field Both (custom attribute "dStr") has both null and omitzero in its tag: use one of them`,
		`field Type (custom attribute "eStr") has the Go type int, which does not fit the kind str`,
		`field Number (custom attribute "fNum") has the Go type string, which does not fit the kind num`,
		`field Float (custom attribute "gNum") has the Go type float64, which does not fit the kind int`,
		`field Decimal (custom attribute "hNum") has the Go type int, which does not fit the kind decimal`,
		`field Struct (custom attribute "iStr") has the Go type custom_test.embedded, which does not fit the kind str`,
		`field List (custom attribute "jStr") has the Go type [][]string, which does not fit the kind str`,
		`field Pointer (custom attribute "kStr") has the Go type *string, which does not fit the kind str`,
		`field Complex (custom attribute "lNum") has the Go type complex64, which does not fit the kind num`,
		`field Moment (custom attribute "nAt") has the Go type bool, which does not fit the kind at`,
		`field Flag (custom attribute "oBool") has the Go type time.Time, which does not fit the kind bool`,
		`field Raw (custom attribute "m") has the Go type string, but the kind raw needs custom.Value, json.RawMessage or any`,
		`field RawBlank (custom attribute "m m") has a name with blanks or control characters`,
		`field Second (custom attribute "sameStr") has the same attribute as the field First`,
		`field private (custom attribute "privateStr") is not exported`,
		`field embedded is an embedded pointer: embed the struct itself`,
	}
	_, err := custom.Marshal(bad{})
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("error is\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if again := custom.Unmarshal(custom.Attributes{}, new(bad)); again == nil || again.Error() != err.Error() {
		t.Errorf("Unmarshal returns %v", again)
	}
}

type plain struct{ B string }

type tagged struct {
	C string `kustomer:"cStr"`
}

// Fields without tags are ignored, whatever their type.
func TestUntaggedFieldsAreIgnored(t *testing.T) {
	type mixed struct {
		*plain         // embedded, and without tags
		Other  *tagged // with tags, and not embedded
		Third  tagged
		A      string `kustomer:"aStr"`
	}
	attrs, err := custom.Marshal(mixed{plain: &plain{"b"}, Other: &tagged{"c"}, Third: tagged{"c"}, A: "a"})
	if err != nil || len(attrs) != 1 || attrs["aStr"].String() != `"a"` {
		t.Errorf("got %v, %v", attrs, err)
	}
	var out mixed
	if err := custom.Unmarshal(attrsOf(t, `{"aStr":"a","cStr":"c"}`), &out); err != nil || out != (mixed{A: "a"}) {
		t.Errorf("got %+v, %v", out, err)
	}
}

// A misspelled tag is an error. Otherwise all fields would be silently ignored.
func TestMisspelledTags(t *testing.T) {
	const meant = `: write kustomer:"…", or add kustomer:"-" to ignore the field`
	type inner struct {
		A string `Kustomer:"aStr"`
	}
	type all struct {
		Missing string `kustomr:"aStr"`
		Swapped string `json:"kustomer" kusotmer:"bStr"`
		Common  string `customer:"cStr,omitzero"`
		Capital string `KUSTOMER:"dStr"`
		inner
		*deeper
		Fine  string `kustomer:"iStr"`
		Other string `json:"customer" yaml:"kustomr:\"x\"" custom:"x" kustomize:"x"`
		Meant string `customer:"other" kustomer:"-"`
	}
	want := []string{
		`field Missing has the tag kustomr:"aStr"` + meant,
		`field Swapped has the tag kusotmer:"bStr"` + meant,
		`field Common has the tag customer:"cStr,omitzero"` + meant,
		`field Capital has the tag KUSTOMER:"dStr"` + meant,
		`field inner.A has the tag Kustomer:"aStr"` + meant,
		`field deeper is an embedded pointer: embed the struct itself`,
	}
	attrs, err := custom.Marshal(all{})
	if attrs != nil || err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("error is\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if again := custom.Unmarshal(custom.Attributes{}, new(all)); again == nil || again.Error() != err.Error() {
		t.Errorf("Unmarshal returns %v", again)
	}
	// Tags with invalid syntax, which go vet reports.
	for tag, part := range map[string]string{
		`json:"e" kustomer: "eStr"`: `kustomer: "eStr"`,
		`kustomer:fStr`:             `kustomer:fStr`,
		`json:"g",kustomer:"gStr"`:  `kustomer:"gStr"`,
		`kustomer="hStr"`:           `kustomer="hStr"`,
	} {
		s := reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[string](), Tag: reflect.StructTag(tag)}})
		if _, err := custom.Marshal(reflect.New(s).Interface()); err == nil || err.Error() != "field A has the tag "+part+meant {
			t.Errorf("%s: %v", tag, err)
		}
	}
}

type deeper struct {
	B string `kustomr:"bStr"`
}

// A struct with fields but no tags is an error.
func TestStructsWithoutTags(t *testing.T) {
	type empty struct{}
	for _, test := range []struct {
		in   any // a pointer
		want string
	}{
		{new(plain), `custom: no field of custom_test.plain has a tag such as kustomer:"orderNumberStr"`},
		{new(struct{ plain }), `custom: no field of struct { custom_test.plain } has a tag such as kustomer:"orderNumberStr"`},
		{new(struct{ Inner tagged }), `custom: no field of struct { Inner custom_test.tagged } has a tag such as kustomer:"orderNumberStr"`},
		{new(time.Time), `custom: no field of time.Time has a tag such as kustomer:"orderNumberStr"`},
		{new(empty), ""},
		{new(struct{ empty }), ""},
		{new(struct{ tagged }), ""},
	} {
		if _, err := custom.Marshal(test.in); (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
			t.Errorf("Marshal of %T: %v, want %s", test.in, err, test.want)
		}
		if err := custom.Unmarshal(custom.Attributes{}, test.in); (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
			t.Errorf("Unmarshal to %T: %v, want %s", test.in, err, test.want)
		}
	}
}
