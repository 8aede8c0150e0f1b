package custom_test

import (
	"slices"
	"testing"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/limits"
)

// A map takes names that no key would.
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
	want := []limits.Violation{
		{Field: `custom.""`, Message: "has no name", Unsendable: true},
		{Field: "custom.a b\n", Message: "has a name with blanks or control characters", Unsendable: true},
		{Field: "custom.noneStr", Message: "has no value: use a key's Set or Null, or Raw", Unsendable: true},
	}
	if got := limits.Check(&limits.Schema{Kind: limits.Object, Open: true}, "custom", attrs); !slices.Equal(got, want) {
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
	if state != custom.Absent {
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
