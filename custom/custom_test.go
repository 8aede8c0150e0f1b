package custom_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

func TestKeysWriteTheTypeOfTheSuffix(t *testing.T) {
	for _, test := range []struct {
		entry      custom.Entry
		name, json string
	}{
		{custom.Str("orderNumber").Set("A-10045"), "orderNumberStr", `"A-10045"`},
		{custom.Str("orderNumberStr").Set(""), "orderNumberStr", `""`},
		{custom.Str("order").Set("Größe <1> & 漢字 😀"), "orderStr", `"Größe \u003c1\u003e \u0026 漢字 😀"`},
		{custom.Str("@acmeReturnsRma").Set("RMA-7"), "@acmeReturnsRmaStr", `"RMA-7"`},
		{custom.Str("line-item_No").Set("x"), "line-item_NoStr", `"x"`},
		{custom.Str("PascalCase").Set("x"), "PascalCaseStr", `"x"`},
		{custom.Num("refund").Set(12.5), "refundNum", `12.5`},
		{custom.Num("refund").Set(0), "refundNum", `0`},
		{custom.Int("itemCount").Set(math.MaxInt64), "itemCountNum", `9223372036854775807`},
		{custom.Int("itemCount").Set(9007199254740993), "itemCountNum", `9007199254740993`},
		{custom.Int("itemCountNum").Set(-1), "itemCountNum", `-1`},
		{custom.Bool("vip").Set(false), "vipBool", `false`},
		{custom.Bool("vip").Set(true), "vipBool", `true`},
		{custom.Str("order").Null(), "orderStr", `null`},
		{custom.Num("order").Null(), "orderNum", `null`},
		{custom.Raw("clearedStr", nil), "clearedStr", `null`},
		{custom.Raw("clearedStr", json.RawMessage("null")), "clearedStr", `null`},
		{custom.Raw("productsStr", []string{"a", "b"}), "productsStr", `["a","b"]`},
		{custom.Raw("bigNum", json.Number("12345678901234567890")), "bigNum", `12345678901234567890`},
		{custom.Raw("oddThing", json.RawMessage(` {"a": 1} `)), "oddThing", `{"a": 1}`},
	} {
		t.Run(test.name+test.json, func(t *testing.T) {
			if err := test.entry.Value().Err(); err != nil {
				t.Fatal(err)
			}
			if got := test.entry.Name(); got != test.name {
				t.Errorf("name is %s, want %s", got, test.name)
			}
			if got := string(test.entry.Value().Raw()); got != test.json {
				t.Errorf("JSON is %s, want %s", got, test.json)
			}
		})
	}
}

func TestErrorsAreCarried(t *testing.T) {
	for _, test := range []struct {
		entry custom.Entry
		want  string
	}{
		{custom.Str("order").Set(strings.Repeat("ü", 1025)), "has 1025 characters, may have 1024"},
		{custom.Str("order").Set("\xff"), "is not valid UTF-8"},
		{custom.Str("vipBool").Set("x"), "has a name that ends in Bool, but its key is for the suffix Str"},
		{custom.Bool("refundNum").Null(), "has a name that ends in Num, but its key is for the suffix Bool"},
		{custom.Str("").Set("x"), "has no name"},
		{custom.Str("Str").Set("x"), "has a name that is only the suffix Str"},
		{custom.Str("a b").Set("x"), "has a name with blanks or control characters"},
		{custom.Str("a\n").Null(), "has a name with blanks or control characters"},
		{custom.Str("\xff").Null(), "has a name that is not valid UTF-8"},
		{custom.Num("x").Set(math.NaN()), "must be a finite number"},
		{custom.Num("x").Set(math.Inf(-1)), "must be a finite number"},
		{custom.Raw("x", json.RawMessage(`{`)), "is not valid JSON"},
		{custom.Raw("x", func() {}), "cannot be written as JSON"},
		{custom.Raw("", 1), "has no name"},
		{custom.Raw("x", []string(nil)), "is a nil []string"},
		{custom.Raw("x", (*int)(nil)), "is a nil *int"},
		{custom.Raw("dueAt", time.Time{}), "Go's zero time"},
		{custom.Raw("dueAt", new(time.Time{})), "Go's zero time"},
	} {
		t.Run(test.want, func(t *testing.T) {
			attrs := custom.New(test.entry, custom.Int("fine").Set(1))
			err := attrs.Err()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Err is %v, want %q", err, test.want)
			}
			if _, err := json.Marshal(attrs); err == nil {
				t.Error("attributes with an error were written as JSON")
			}
		})
	}
}

func TestKeyKeepsTheErrorOfItsName(t *testing.T) {
	key := custom.Str("vipBool")
	if key.Err() == nil {
		t.Fatal("no error")
	}
	if _, state, err := key.Get(custom.New(custom.Bool("vip").Set(true))); err == nil || state != custom.StateAbsent {
		t.Errorf("Get returns state %v and error %v", state, err)
	}
	if err := custom.Str("vip").Err(); err != nil {
		t.Errorf("a valid name has the error %v", err)
	}
}

func TestDuplicateNameIsAnError(t *testing.T) {
	for want, attrs := range map[string]custom.Attributes{
		`custom attribute "countNum" is set twice`: custom.New(custom.Int("count").Set(1), custom.Num("count").Set(2)),
		`custom attribute "countNum" has a name that ends in Num, but its key is for the suffix Str, and is set twice`: custom.New(
			custom.Str("countNum").Set("x"), custom.Num("count").Set(2), custom.Str("countNum").Set("y")),
		`custom attribute "aUrl" must be an absolute URL (RFC 3986), such as https://example.com/orders/M%C3%BCller, and is set twice`: custom.New(
			custom.URL("a").Set("https://example.com"), custom.URL("a").Set("")),
	} {
		if err := attrs.Err(); err == nil || err.Error() != want {
			t.Errorf("Err is %v, want %s", err, want)
		}
	}
}

// Changing the null of one attribute does not change others.
func TestNullsAreNotShared(t *testing.T) {
	custom.Str("a").Null().Value().Raw()[0] = 'X'
	if v := custom.Str("b").Null().Value(); !v.IsNull() || string(v.Raw()) != "null" {
		t.Errorf("null is %s", v)
	}
}

func TestZeroValueClearsNothing(t *testing.T) {
	if _, err := json.Marshal(custom.Attributes{"orderStr": {}}); err == nil {
		t.Error("the zero Value was sent")
	}
}

func TestRoundTripKeepsEveryDigit(t *testing.T) {
	for _, value := range []string{
		`9007199254740993`, `12345678901234567890`, `-0`, `1.10`, `1e400`, `0.1000000000000000055511151231257827`,
		`"2026-03-02T09:15:04.375Z"`, `["a",null,{"b":[]}]`, `{"z":1,"a":2}`, `null`, `true`, `""`,
	} {
		text := `{"@appThing":` + value + `}`
		var attrs custom.Attributes
		if err := json.Unmarshal([]byte(text), &attrs); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(attrs)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != text {
			t.Errorf("%s came back as %s", text, got)
		}
	}
}

func TestValueDoesNotAliasItsInput(t *testing.T) {
	in := []byte(`"abc"`)
	var v custom.Value
	if err := v.UnmarshalJSON(in); err != nil {
		t.Fatal(err)
	}
	in[1] = 'X'
	if got := string(v.Raw()); got != `"abc"` {
		t.Errorf("the value changed to %s with its input", got)
	}
}

func TestGet(t *testing.T) {
	parse := func(value string) custom.Attributes {
		var attrs custom.Attributes
		if err := json.Unmarshal([]byte(`{"x":1,"aStr":`+value+`,"aNum":`+value+`,"aBool":`+value+`}`), &attrs); err != nil {
			t.Fatal(err)
		}
		return attrs
	}
	get := func(what, value string) string {
		attrs := parse(value)
		show := func(v any, state custom.State, err error) string {
			return fmt.Sprintf("%v %v %t", v, state, err == nil)
		}
		switch what {
		case "str":
			return show(custom.Str("a").Get(attrs))
		case "num":
			return show(custom.Num("a").Get(attrs))
		case "int":
			return show(custom.Int("a").Get(attrs))
		case "bool":
			return show(custom.Bool("a").Get(attrs))
		}
		return ""
	}
	for _, test := range []struct{ what, value, want string }{
		{"str", `"v"`, "v set true"},
		{"str", `""`, " set true"},
		{"str", `null`, " null true"},
		{"str", `1`, " set false"},
		{"str", `["v"]`, " set false"},
		{"num", `12.5`, "12.5 set true"},
		{"num", `12.50`, "12.5 set true"},
		{"num", `1e3`, "1000 set true"},
		{"num", `0`, "0 set true"},
		{"num", `-0.0`, "-0 set true"},
		{"num", `0.1`, "0.1 set true"},
		{"num", `9007199254740993`, "0 set false"},
		{"num", `12345678901234567890`, "0 set false"},
		{"num", `12345678901234567000`, "1.2345678901234567e+19 set true"},
		{"num", `1e400`, "0 set false"},
		{"num", `1e-400`, "0 set false"},
		{"num", `1e99999999999999999999`, "0 set false"},
		{"num", `"***"`, "0 set false"},
		{"int", `9007199254740993`, "9007199254740993 set true"},
		{"int", `-9223372036854775808`, "-9223372036854775808 set true"},
		{"int", `9223372036854775808`, "0 set false"},
		{"int", `3.0`, "3 set true"},
		{"int", `120e-1`, "12 set true"},
		{"int", `1.2E+1`, "12 set true"},
		{"int", `3.5`, "0 set false"},
		{"int", `1e30`, "0 set false"},
		{"int", `0e99999999999999999999`, "0 set true"},
		{"int", `true`, "0 set false"},
		{"bool", `true`, "true set true"},
		{"bool", `false`, "false set true"},
		{"bool", `0`, "false set false"},
	} {
		if got := get(test.what, test.value); got != test.want {
			t.Errorf("%s of %s is %q, want %q", test.what, test.value, got, test.want)
		}
	}
	if _, state, err := custom.Str("other").Get(parse(`1`)); state != custom.StateAbsent || err != nil {
		t.Errorf("for an absent attribute, Get returns %v, %v", state, err)
	}
}

func TestGetDoesNotShowTheValue(t *testing.T) {
	attrs := custom.New(custom.Raw("ibanStr", 4711))
	_, _, err := custom.Str("iban").Get(attrs)
	if err == nil || strings.Contains(err.Error(), "4711") {
		t.Errorf("error is %v", err)
	}
}

func FuzzNumbersAreExactOrRefused(f *testing.F) {
	for _, seed := range []string{"0", "-0", "1.5", "9007199254740993", "1e400", "120e-1", "0.1", "1E+2", "-1e-7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		var n json.Number
		if json.Unmarshal([]byte(number), &n) != nil || n == "" {
			return
		}
		attrs := custom.New(custom.Raw("aNum", n))
		if i, state, err := custom.Int("a").Get(attrs); err == nil && state == custom.StateSet {
			again, _, err := custom.Int("a").Get(custom.New(custom.Int("a").Set(i)))
			if err != nil || again != i {
				t.Errorf("%s is %d, which comes back as %d, %v", number, i, again, err)
			}
			if f, _, err := custom.Num("a").Get(attrs); err == nil && f != float64(i) {
				t.Errorf("%s is %d and %v", number, i, f)
			}
		}
		if v, state, err := custom.Num("a").Get(attrs); err == nil && state == custom.StateSet {
			again, _, err := custom.Num("a").Get(custom.New(custom.Num("a").Set(v)))
			if err != nil || again != v {
				t.Errorf("%s is %v, which comes back as %v, %v", number, v, again, err)
			}
		}
	})
}
