package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"orderNumberStr":         "OrderNumberStr",
		"@acmeFieldStr":          "AppAcmeFieldStr",
		"@acme-fieldStr":         "AppAcmeFieldStr",
		"@2ndStr":                "App2ndStr",
		"@":                      "AppX_empty",
		"line-item_NoStr":        "LineItemNoStr",
		"line--itemStr":          "LineItemStr_2d_2d",
		"2ndOrderStr":            "X2ndOrderStr",
		"漢字Str":                  "X漢字Str",
		"größeStr":               "GrößeStr",
		"gro\u0308\u00dfeStr":    "GroßeStr_308", // the ö of a name in decomposed form
		"e\u0301tatStr":          "EtatStr_301",
		"éclairStr":              "ÉclairStr",
		"ßStr":                   "XßStr",
		"ǆStr":                   "ǄStr",
		"a.b:c/dStr":             "ABCDStr_3a_2f",
		"__x":                    "X_5f_5f",
		"---":                    "X_2d_2d_2d",
		"func":                   "Func",
		"OrderNumberStr":         "OrderNumberStr",
		"ordre\u202enumberStr":   "OrdreNumberStr_202e",
		"emoji😀Str":              "EmojiStr_1f600",
		"٣Str":                   "X٣Str",
		"ⓐⓑStr":                  "Str_24d0_24d1",
		"\xffbadStr":             "BadStr_fffd",
		"customer@exampleComStr": "CustomerExampleComStr_40",
		"%%%%%":                  "X_h716dbfe4",
	} {
		if got := identifier(name); got != want {
			t.Errorf("identifier of %q is %s, want %s", name, got, want)
		}
	}
}

// idsOf returns the identifiers of attributes and of their values.
func idsOf(t *testing.T, o *options, attributes ...definitions.Attribute) string {
	t.Helper()
	p, code := render(t, o, attributes...)
	wantValid(t, code)
	var ids []string
	for _, a := range p.Attributes {
		ids = append(ids, a.ID)
		for _, v := range a.Values {
			ids = append(ids, v.ID+"="+v.text)
		}
	}
	return strings.Join(ids, " ")
}

func TestClashes(t *testing.T) {
	t.Parallel()
	named := func(names ...string) (all []definitions.Attribute) {
		for _, n := range names {
			all = append(all, definitions.Attribute{Name: n})
		}
		return all
	}
	enumeration := func(name string, values ...string) definitions.Attribute {
		return definitions.Attribute{Name: name, Enumeration: values}
	}
	for _, test := range []struct {
		attributes []definitions.Attribute
		want       string
	}{
		{named("orderNoStr"), "OrderNoStr"},
		{named("aStr", "aStr_2"), "AStr AStr2"},
		// Colliding names all get a suffix, which does not depend on the other names.
		{named("order-noStr", "orderNoStr"), "OrderNoStr_h-order-noStr OrderNoStr_h-orderNoStr"},
		{named("OrderNoStr", "order-noStr", "orderNoStr", "order_noStr"),
			"OrderNoStr_h-OrderNoStr OrderNoStr_h-order-noStr OrderNoStr_h-orderNoStr OrderNoStr_h-order_noStr"},
		{named("@aStr", "appAStr"), "AppAStr_h-@aStr AppAStr_h-appAStr"},
		{named("Names", "attributes", "names"), "Names_h-Names Attributes_h-attributes Names_h-names"},
		{append(named("channelStr"), enumeration("channelStrEmail", "x"), enumeration("channelTxt", "email", "E-mail", "Email")),
			"ChannelStr ChannelStrEmail ChannelStrEmailX=x ChannelTxt ChannelTxtEMail=E-mail ChannelTxtEmail_h-Email=Email ChannelTxtEmail_h-email=email"},
		{[]definitions.Attribute{enumeration("channelStr", "email"), {Name: "channelStrEmail"}},
			"ChannelStr ChannelStrEmail_h-email=email ChannelStrEmail_h-channelStrEmail"},
		{[]definitions.Attribute{enumeration("gradeStr", "", "A", "A+", "A-", "%", "1.5", "<", ">")},
			"GradeStr GradeStrX_empty= GradeStrX_25=% GradeStr15=1.5 GradeStrX_3c=< GradeStrX_3e=> GradeStrA=A GradeStrA_2b=A+ GradeStrA_2d=A-"},
		// Deleted attributes do not affect others.
		{[]definitions.Attribute{{Name: "AStr", Deleted: true}, {Name: "a-Str"}}, "AStr_h-AStr AStr"},
		{[]definitions.Attribute{{Name: "AStr", Deleted: true}, {Name: "a-Str", Deleted: true}}, "AStr_h-AStr AStr_h-a-Str"},
		{[]definitions.Attribute{{Name: "AStr", Deleted: true}}, "AStr"},
		{[]definitions.Attribute{enumeration("xTxt", "attributes"), {Name: "xTxtAttributes", Deleted: true}},
			"XTxt XTxtAttributes=attributes XTxtAttributes_h-xTxtAttributes"},
	} {
		o := &options{pkg: "p", structName: "Attributes", deleted: true}
		want := digests.ReplaceAllStringFunc(test.want, func(s string) string { return digest(s[len("_h-"):]) })
		if got := idsOf(t, o, test.attributes...); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// digests matches the placeholders for digests in the test above, such as _h-orderNoStr for the digest of orderNoStr.
var digests = regexp.MustCompile(`_h-[^ =]*`)

// Adding or removing other attributes does not change the meaning of an identifier. The exception is a new name that
// replaces a removed one and differs only in case and separators. The command then prints a warning.
func TestIdentifiersKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	names := []string{"orderStr", "OrderStr", "order-Str", "order_Str", "@orderStr", "appOrderStr", "orderStrA", "names", "attributes"}
	values := []string{"A", "A+", "A-", "a", "", "X", "desk lamp", "deskLamp", "desk-lamp", "desk  lamp", "Desk lamp", "😀", "😀😀😀😀😀", "กี", "กู"}
	stateFor := func(name, value int) state {
		var all []definitions.Attribute
		for i, n := range names {
			if i == name {
				continue
			}
			enumeration := slices.Clone(values)
			if value >= 0 {
				enumeration = slices.Delete(enumeration, value, value+1)
			}
			all = append(all, definitions.Attribute{Name: n, Enumeration: enumeration})
		}
		_, code := render(t, &options{pkg: "p", structName: "Attributes"}, all...)
		s, err := stateOf("x.go", code)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	whole := stateFor(-1, -1)
	for name := -1; name < len(names); name++ {
		for value := -1; value < len(values); value++ {
			if lines := redefined(whole, stateFor(name, value)); lines != nil {
				t.Errorf("without name %d and value %d: %s", name, value, strings.Join(lines, "\n"))
			}
		}
	}
	swapped := func(value string) state {
		_, code := render(t, &options{pkg: "p"}, definitions.Attribute{Name: "aStr", Enumeration: []string{value}})
		s, err := stateOf("x.go", code)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := `AStrDeskLamp now means "desk-lamp" instead of "desk lamp": code that uses it may still compile`
	if lines := redefined(swapped("desk lamp"), swapped("desk-lamp")); len(lines) != 1 || lines[0] != want {
		t.Errorf("got %q", lines)
	}
}
