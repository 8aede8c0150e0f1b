package custom_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A map accepts names that no key accepts.
func TestNamesInAMapAreChecked(t *testing.T) {
	one := custom.Int("x").Set(1).Value()
	for _, test := range []struct {
		attrs custom.Attributes
		want  string
	}{
		{custom.Attributes{"": one}, `custom attribute "" has no name`},
		{custom.Attributes{"a b\n": one}, `custom attribute "a b\n" has a name with blanks or control characters`},
		{custom.Attributes{"a\xff": one, "a\xfe": one}, `custom attribute "a\xfe" has a name that is not valid UTF-8
custom attribute "a\xff" has a name that is not valid UTF-8`},
		{custom.Attributes{"f\ufffdrStr": one}, "custom attribute \"f\ufffdrStr\" has a name with U+FFFD, the replacement for unreadable text: use the name as it is defined"},
		{custom.Attributes{"": {}}, `custom attribute "" has no name`},
		{custom.Attributes{"aStr": {}}, `custom attribute "aStr" has no value: use a key's Set or Null, or Raw`},
		{custom.New(custom.Str("a b").Set("x"), custom.Str("a b").Set("y")), `custom attribute "a b" has a name with blanks or control characters`},
	} {
		if err := test.attrs.Err(); err == nil || err.Error() != test.want {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}

func TestRequestCheckSeesBadNames(t *testing.T) {
	one := custom.Int("x").Set(1).Value()
	attrs := custom.Attributes{"": one, "a b\n": one, "fineNum": one, "noneStr": {}}
	want := []schema.Violation{
		{Field: `custom.""`, Message: "has no name", Unsendable: true},
		{Field: "custom.a b\n", Message: "has a name with blanks or control characters", Unsendable: true},
		{Field: "custom.noneStr", Message: "has no value: use a key's Set or Null, or Raw", Unsendable: true},
	}
	if got := schema.Check(&schema.Schema{Kind: schema.Object, Open: true}, "custom", attrs); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestErrOf(t *testing.T) {
	attrs := custom.Attributes{"a b": custom.Int("x").Set(1).Value(), "fineNum": custom.Int("fine").Set(1).Value()}
	if err := attrs.ErrOf("a b"); err == nil || err.Error() != "has a name with blanks or control characters" {
		t.Errorf("error is %v", err)
	}
	for _, name := range []string{"fineNum", "absent", ""} {
		if err := attrs.ErrOf(name); err != nil {
			t.Errorf("%q has the error %v", name, err)
		}
	}
}

func TestZeroKeyIsAnError(t *testing.T) {
	const want = `custom attribute "" has no name: make a key with Str, Num or another function of this package`
	var k custom.Key[string]
	_, state, err := k.Get(custom.Attributes{"": custom.Str("a").Set("x").Value()})
	if state != custom.StateAbsent {
		t.Errorf("state is %v", state)
	}
	for name, err := range map[string]error{
		"Err": k.Err(), "Get": err, "Set": custom.New(k.Set("x")).Err(), "Null": custom.New(k.Null()).Err(),
		"Set twice": custom.New(k.Set("x"), k.Set("y")).Err(),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

// An attribute received with a Latin-1 byte can be read but not sent.
func TestInvalidUTF8IsReadAndNotSent(t *testing.T) {
	attrs := attrsOf(t, "{\"cityStr\":\"M\xfcnchen\",\"thing\":{\"a\":[\"\xfc\"]},\"fineStr\":\"M\u00fcnchen\"}")
	if got := string(attrs["cityStr"].Raw()); got != "\"M\xfcnchen\"" || attrs["cityStr"].String() != got {
		t.Errorf("the value is %q", got)
	}
	const want = "is not valid UTF-8"
	found := schema.Check(&schema.Schema{Kind: schema.Object, Open: true}, "custom", attrs)
	if !slices.Equal(found, []schema.Violation{{Field: "custom.cityStr", Message: want, Unsendable: true}, {Field: "custom.thing", Message: want, Unsendable: true}}) {
		t.Errorf("the request check returns %+v", found)
	}
	if text, err := json.Marshal(attrs); err == nil {
		t.Errorf("it was written as %q", text)
	}
	type city struct {
		City  custom.Value    `kustomer:"cityStr,raw"`
		Thing json.RawMessage `kustomer:"thing,raw"`
	}
	var c city
	if err := custom.Unmarshal(attrs, &c); err != nil || string(c.City.Raw()) != "\"M\xfcnchen\"" {
		t.Errorf("it was read as %q, %v", c.City.Raw(), err)
	}
	var anything struct {
		City any `kustomer:"cityStr,raw"`
	}
	if err := custom.Unmarshal(attrs, &anything); err == nil || anything.City != nil {
		t.Errorf("as any it was read as %q", anything.City)
	}
	if _, err := custom.Marshal(c); err == nil || strings.Count(err.Error(), want) != 2 {
		t.Errorf("the struct is refused with %v", err)
	}
}
