package main

import (
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
		"@":                      "AppX",
		"line-item_NoStr":        "LineItemNoStr",
		"2ndOrderStr":            "X2ndOrderStr",
		"漢字Str":                  "X漢字Str",
		"größeStr":               "GrößeStr",
		"gro\u0308\u00dfeStr":    "GroßeStr", // the ö of a name in decomposed form loses its dots
		"e\u0301tatStr":          "EtatStr",
		"éclairStr":              "ÉclairStr",
		"ßStr":                   "XßStr",
		"ǆStr":                   "ǄStr",
		"a.b:c/dStr":             "ABCDStr",
		"__x__":                  "X",
		"---":                    "X",
		"func":                   "Func",
		"OrderNumberStr":         "OrderNumberStr",
		"ordre\u202enumberStr":   "OrdreNumberStr",
		"emoji😀Str":              "EmojiStr",
		"٣Str":                   "X٣Str",
		"ⓐⓑStr":                  "Str",
		"\xffbadStr":             "BadStr",
		"customer@exampleComStr": "CustomerExampleComStr",
	} {
		if got := identifier(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

// idsOf returns the identifiers of attributes, and of the values that the last one has.
func idsOf(t *testing.T, o *options, attributes ...definitions.Attribute) string {
	t.Helper()
	p, code := render(t, o, attributes...)
	wantValid(t, code)
	var ids []string
	for _, a := range p.attributes {
		ids = append(ids, a.id)
		for _, v := range a.values {
			ids = append(ids, v.id+"="+v.text)
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
		// Camel case keeps its name, whatever comes beside it.
		{named("OrderNoStr", "order-noStr", "orderNoStr", "order_noStr"), "OrderNoStr_2 OrderNoStr_3 OrderNoStr OrderNoStr_4"},
		{named("order-noStr", "orderNoStr"), "OrderNoStr_2 OrderNoStr"},
		{named("orderNoStr"), "OrderNoStr"},
		{named("@aStr", "appAStr"), "AppAStr_2 AppAStr"},
		{named("aStr", "aStr_2"), "AStr AStr2"},
		{named("Names", "attributes", "names"), "Names_3 Attributes_2 Names_2"},
		// Attributes go before values, and values before deleted attributes.
		{append(named("channelStr"), enumeration("channelStrEmail", "x"), enumeration("channelTxt", "email", "E-mail")),
			"ChannelStr ChannelStrEmail ChannelStrEmailX=x ChannelTxt ChannelTxtEMail=E-mail ChannelTxtEmail=email"},
		{[]definitions.Attribute{enumeration("aStr", "bStr", "BStr", "b-Str", "", "%", "1.5", "15"), {Name: "aStrBStr"}},
			"AStr AStrX= AStrX_2=% AStr15_2=1.5 AStr15=15 AStrBStr_3=BStr AStrBStr_4=b-Str AStrBStr_2=bStr AStrBStr"},
		{[]definitions.Attribute{{Name: "AStr", Deleted: true}, {Name: "a-Str"}}, "AStr_2 AStr"},
		{[]definitions.Attribute{enumeration("xTxt", "attributes"), {Name: "xTxtAttributes", Deleted: true}},
			"XTxt XTxtAttributes=attributes XTxtAttributes_2"},
	} {
		o := &options{pkg: "p", structName: "Attributes", deleted: true}
		if got := idsOf(t, o, test.attributes...); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	o := &options{pkg: "p", structName: "AStr_2"}
	if got := idsOf(t, o, named("a-Str", "aStr")...); got != "AStr_3 AStr" {
		t.Errorf("beside a struct AStr_2: %s", got)
	}
}
