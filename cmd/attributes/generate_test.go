package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

const (
	sample  = "../../kustomertest/testdata/responses/metadata-conversation-200.json"
	example = "../../examples/attributes/"
)

var update = flag.Bool("update", false, "write the output of the command to testdata and examples")

func TestGolden(t *testing.T) {
	for _, test := range []struct {
		golden string
		args   []string
	}{
		{"testdata/sample.golden", []string{sample}},
		{"testdata/flags.golden", []string{"-decimal", "-deleted", "-package", "acme", "-struct", "Order", example + "metadata.json"}},
		{example + "attributes.go", []string{example + "metadata.json"}},
	} {
		code, stdout, stderr := runAttributes(t, "", test.args...)
		if code != exitOK {
			t.Fatalf("%s: exit code %d, stderr\n%s", test.golden, code, stderr)
		}
		wantValid(t, []byte(stdout))
		if *update {
			if err := os.WriteFile(test.golden, []byte(stdout), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := readLines(t, test.golden); stdout != want {
			t.Errorf("%s is not the output of the command (go test -update writes it):\n%s", test.golden, stdout)
		}
	}
}

// The table of kinds agrees with package custom on keys, Go types and tags.
func TestKindsMatchKeys(t *testing.T) {
	t.Parallel()
	now := time.Now()
	keys := map[string]struct {
		key   interface{ Err() error }
		name  string
		value any
	}{
		"Str":     {custom.Str("xStr"), custom.Str("x").Name(), new("a")},
		"Txt":     {custom.Txt("xTxt"), custom.Txt("x").Name(), new("a")},
		"Num":     {custom.Num("xNum"), custom.Num("x").Name(), new(1.5)},
		"At":      {custom.At("xAt"), custom.At("x").Name(), &now},
		"Bool":    {custom.Bool("xBool"), custom.Bool("x").Name(), new(true)},
		"URL":     {custom.URL("xUrl"), custom.URL("x").Name(), new("https://example.com")},
		"ID":      {custom.ID("xId"), custom.ID("x").Name(), new("a")},
		"Tree":    {custom.Tree("xTree"), custom.Tree("x").Name(), new("a")},
		"Decimal": {custom.Decimal("xNum"), custom.Decimal("x").Name(), new(json.Number("1.50"))},
	}
	for _, k := range append(kinds, decimal) {
		name := "x" + k.suffix
		test := keys[k.Key]
		if test.key == nil || test.key.Err() != nil || test.name != name {
			t.Errorf("custom.%s does not make a key for %s", k.Key, name)
			continue
		}
		if got := reflect.TypeOf(test.value).Elem().String(); got != k.Type {
			t.Errorf("%s is %s, want %s", name, k.Type, got)
		}
		if got := kindOf(name, k.Key == "Decimal"); got != k {
			t.Errorf("the kind of %s is %+v", name, got)
		}
		for _, value := range []reflect.Value{reflect.ValueOf(test.value), reflect.Append(reflect.Zero(reflect.SliceOf(reflect.TypeOf(test.value).Elem())), reflect.ValueOf(test.value).Elem())} {
			wantMarshals(t, value, name, name)
		}
	}
	if got := kindOf("Str", false); got != unknown {
		t.Errorf("the kind of Str alone is %+v", got)
	}
}

// wantMarshals fails unless package custom accepts a field with that tag for the attribute.
func wantMarshals(t *testing.T, value reflect.Value, tag, name string) {
	t.Helper()
	order := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Field", Type: value.Type(), Tag: reflect.StructTag("kustomer:" + fmt.Sprintf("%q", tag))}})).Elem()
	order.Field(0).Set(value)
	attrs, err := custom.Marshal(order.Interface())
	if _, ok := attrs[name]; err != nil || !ok {
		t.Errorf("the tag %q gives %v, %v", tag, attrs, err)
	}
}

func TestNamesInTags(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`quo"te`, "back`quote", `back\slash`, "漢字", "-", "a\u202eb", "a:b", "@app", "Str"} {
		value := custom.Raw(name, 1).Value()
		wantMarshals(t, reflect.ValueOf(value), name+",raw,omitzero", name)
		code := generate(t, jsonOf(t, name)+":{}")
		wantValid(t, []byte(code))
		if tag, ok := tagsOf(t, []byte(code), "Attributes")[name]; !ok || tag != "raw,omitzero" {
			t.Errorf("no field for %q in\n%s", name, code)
		}
	}
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		properties string
		args       []string
		want       []string
	}{
		{`"orderNumberStr":{"displayName":"Order Number"}`, nil, []string{
			`// OrderNumberStr is "Order Number", a text.`, `var OrderNumberStr = custom.Str("orderNumberStr")`,
			"OrderNumberStr *string `kustomer:\"orderNumberStr\"`", `"orderNumberStr",`}},
		{`"xStr":{}`, nil, []string{"// XStr is a text."}},
		{`"aNum":{},"bNum":{"array":true}`, []string{"-decimal"}, []string{
			`var ANum = custom.Decimal("aNum")`, `var BNum = custom.Decimal("bNum").List()`,
			"ANum *json.Number `kustomer:\"aNum\"`", "BNum []json.Number `kustomer:\"bNum\"`", `"encoding/json"`}},
		{`"fooThing":{"displayName":"Foo"}`, nil, []string{
			`// FooThing is "Foo", of unknown type; the constant is its name, for custom.Raw.`,
			`const FooThing = "fooThing"`, "FooThing custom.Value `kustomer:\"fooThing,raw,omitzero\"`", `"fooThing",`}},
		{`"ordersId":{"target":"kobject.order","multi":true}`, nil, []string{
			`// OrdersId is a list, each the id of a record of "kobject.order".`, `var OrdersId = custom.ID("ordersId").List()`}},
		{`"aStr":{"enumeration":["x","y"]}`, nil, []string{
			"// AStr is a text: one of the constants that begin with AStr.", "// Values of [AStr].", `AStrX = "x"`, `AStrY = "y"`}},
		{`"aTree":{"tree":{"children":[{"id":"b","displayName":"B\nb","children":[{"id":"c"}]},{"id":"a"}]}}`, nil, []string{
			`ATreeA = "a"`, `ATreeB = "b" // "B\nb"`, `ATreeBC = "b.c"`}},
		{`"oldStr":{"displayName":"Old","deletedAt":"2025-06-01T00:00:00.000Z"}`, []string{"-deleted"}, []string{
			`// OldStr is "Old", a text.`, "//", "// Deprecated: the organisation has deleted this attribute.", `var OldStr = custom.Str("oldStr")`,
			"type Attributes struct {", "}", "return []string{}"}},
		{`"a bStr":{},"c,dStr":{},"":{}`, nil, []string{
			`// - "" has no name`, `// - "a bStr" has a name with blanks or control characters`,
			`// - "c,dStr" is not in Attributes: its name has a comma, which a tag cannot hold`, `var CDStr_2c = custom.Str("c,dStr")`}},
		{"\"xStr\":{\"displayName\":\"a `` b '' c`'\"}", nil, []string{"// XStr is \"a `\\x60 b '\\x27 c`'\", a text."}},
	} {
		code := generate(t, test.properties, test.args...)
		wantValid(t, []byte(code))
		wantLines(t, code, test.want...)
	}
}

func TestOmissions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		properties string
		args       []string
		not        []string
	}{
		{`"oldStr":{"deletedAt":"2025-06-01T00:00:00.000Z"}`, nil, []string{"oldStr", "OldStr", "custom\""}},
		{`"oldStr":{"deletedAt":"2025-06-01T00:00:00.000Z"}`, []string{"-deleted"}, []string{"kustomer:", `"oldStr",`}},
		{`"aAt":{},"b":{}`, []string{"-struct", ""}, []string{"struct", `"time"`}},
		{`"b":{}`, []string{"-struct", ""}, []string{"import"}},
		{`"c,dStr":{}`, nil, []string{"kustomer:"}},
		{`"aTree":{"lastNodeRequired":true,"tree":{"children":[{"id":"b","children":[{"id":"c"}]}]}}`, nil, []string{`"b"`}},
		{``, nil, []string{"import", "var ", "const "}},
	} {
		code := generate(t, test.properties, test.args...)
		wantValid(t, []byte(code))
		for _, text := range test.not {
			if strings.Contains(code, text) {
				t.Errorf("unexpected %q in\n%s", text, code)
			}
		}
	}
}

// An attribute whose values do not all have its type gets no constants.
func TestValuesOfOtherTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		properties string
		args       []string
		want       []string
		warning    string
	}{
		{`"aNum":{"enumeration":["1","-2.50","1e3"]}`, nil, []string{"ANum250_2d = -2.50", "ANum1 = 1", "ANum1e3 = 1e3"}, ""},
		{`"aNum":{"enumeration":["1","-2.50"]}`, []string{"-decimal"}, []string{`ANum1 = "1"`, `ANum250_2d = "-2.50"`}, ""},
		{`"aBool":{"enumeration":["true"]}`, nil, []string{"ABoolTrue = true"}, ""},
		{`"aNum":{"enumeration":["1","one"]}`, nil, []string{"// ANum is a number."}, `aNum: the value "one" is not a number that float64 holds exactly, so its values have no constants`},
		{`"aNum":{"enumeration":["01"]}`, nil, []string{"// ANum is a number."}, `aNum: the value "01" is not a number`},
		{`"aNum":{"enumeration":["1e400"]}`, nil, []string{"// ANum is a number."}, `aNum: the value "1e400" is not a number`},
		{`"aNum":{"enumeration":["1","1e-999999999999"]}`, nil, []string{"// ANum is a number."}, `aNum: the value "1e-999999999999" is not a number that float64`},
		{`"aNum":{"enumeration":["1e-400"]}`, nil, []string{"// ANum is a number."}, `aNum: the value "1e-400" is not a number that float64`},
		{`"aNum":{"enumeration":["9007199254740993"]}`, nil, []string{"// ANum is a number."}, "is not a number that float64 holds exactly"},
		{`"aNum":{"enumeration":["1.` + strings.Repeat("0", 10_000) + `"]}`, nil, []string{"// ANum is a number."}, "is not a number that float64 holds exactly"},
		{`"aNum":{"enumeration":["0e999999999999","0.1","-0"]}`, nil, []string{"ANum0e999999999999 = 0e999999999999", "ANum01 = 0.1"}, ""},
		{`"aNum":{"enumeration":["1e-999999999999"]}`, []string{"-decimal"}, []string{`ANum1e999999999999 = "1e-999999999999"`}, ""},
		{`"aNum":{"enumeration":["1 "]}`, []string{"-decimal"}, []string{"// ANum is a number, with every digit."}, "is not a number"},
		{`"aNum":{"enumeration":["\"1\""]}`, []string{"-decimal"}, []string{"// ANum is a number, with every digit."}, "is not a number"},
		{`"aNum":{"enumeration":[""]}`, []string{"-decimal"}, []string{"// ANum is a number, with every digit."}, "is not a number"},
		{`"aBool":{"enumeration":["yes"]}`, nil, []string{"// ABool is true or false."}, `aBool: the value "yes" is not true or false`},
		{`"aAt":{"enumeration":["2026-01-01"]}`, nil, []string{"// AAt is a date and time."}, `aAt: the value "2026-01-01" is not a date and time`},
	} {
		code, stdout, stderr := runAttributes(t, responseWith(test.properties), append(test.args, "-")...)
		if code != exitOK || !strings.Contains(stderr, test.warning) || test.warning == "" && stderr != "" {
			t.Errorf("%s: exit code %d, stderr %s", test.properties, code, stderr)
		}
		wantValid(t, []byte(stdout))
		wantLines(t, stdout, test.want...)
	}
}

// The key of the attribute accepts each constant.
func TestConstantsFitTheirKeys(t *testing.T) {
	t.Parallel()
	var properties []string
	for _, k := range kinds {
		properties = append(properties, `"a`+k.suffix+`":{"enumeration":["1","true"]},"b`+k.suffix+`":{"enumeration":["1"]},"c`+k.suffix+`":{"enumeration":["false"]}`)
	}
	for _, args := range [][]string{nil, {"-decimal"}} {
		code := generate(t, strings.Join(properties, ","), args...)
		s, err := stateOf("a.go", []byte(code))
		if err != nil {
			t.Fatal(err)
		}
		uses := 0
		for _, a := range s {
			for _, id := range a.values {
				code += fmt.Sprintf("\nvar _ = %s.Set(%s)\n", a.id, id)
				uses++
			}
		}
		if uses < 15 {
			t.Errorf("only %d constants", uses)
		}
		wantValid(t, []byte(code))
	}
}

// Unexpected definitions and omitted attributes give warnings.
func TestWarnings(t *testing.T) {
	t.Parallel()
	code, _, stderr := runAttributes(t, responseWith(`"x\n\u001b[2JStr":{"displayName":7},"a b":{}`), "-")
	want := `attributes: warning: x\n\x1b[2JStr: displayName has an unexpected type and is ignored` + "\n" +
		"attributes: warning: left out: \"a b\" has a name with blanks or control characters\n" +
		`attributes: warning: left out: "x\n\x1b[2JStr" has a name with blanks or control characters` + "\n"
	if code != exitOK || stderr != want {
		t.Errorf("exit code %d, stderr\n%s", code, stderr)
	}
}

// thousands returns 5,000 properties.
func thousands() []string {
	var properties []string
	for i := range 5000 {
		properties = append(properties, fmt.Sprintf(`"field%dx%s":{"displayName":"Field %d","enumeration":["a","b","c"]}`, i, kinds[i%len(kinds)].suffix, i))
	}
	return properties
}

func BenchmarkGenerate(b *testing.B) {
	for name, properties := range map[string][]string{
		"5,000 attributes": thousands(),
		"10,000 values":    {`"xStr":{"enumeration":["` + strings.Join(strings.Split(strings.Repeat("😀", 10_000), ""), `","`) + `"]}`},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				generate(b, strings.Join(properties, ","))
			}
		})
	}
}

func TestThousandsOfAttributes(t *testing.T) {
	t.Parallel()
	properties := thousands()
	code := generate(t, strings.Join(properties, ","))
	wantValid(t, []byte(code))
	s, err := stateOf("x.go", []byte(code))
	if err != nil || len(s) != 5000 || len(s["field4999xTree"].values) != 3 || len(s["field4994xNum"].values) != 0 {
		t.Errorf("%d attributes, %v", len(s), err)
	}
}
