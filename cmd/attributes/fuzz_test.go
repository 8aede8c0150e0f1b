package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// The generated file compiles, is formatted and is complete for all names and texts that administrators choose.
func FuzzGenerate(f *testing.F) {
	add := func(name, other, display, value, node string) {
		for flags := range uint8(8) {
			f.Add(name, other, display, value, node, flags)
		}
	}
	add("orderNumberStr", "order-numberStr", "Order Number", "email", "damaged_parcel")
	add("@acmeFieldStr", "AppAcmeFieldStr", "//go:build ignore", "//line x.go:1", "*/ /*")
	add("namesStr", "names", "a\nb\r\x00", "\n)\nvar X = 1", "")
	add("attributes", "Attributes", "`` '' ` '", "`\"\\", ".")
	add("漢字Str", "größeNum", "\u2028\ufeff", "größe", "…")
	add("2ndAt", "_", "Deprecated: no", "-5", "5")
	add("a b", "a,bNum", "# Heading", "  - list", "[x]: https://example.com")
	add("Str", "-", "\xff\xfe", "\xc0", "\xff")
	add("aStr", "aStrBStr", "%s%d%!", "BStr", "BStr")
	add("func", "customTree", "\u202eright to left", "_2", "X_2")
	f.Fuzz(func(t *testing.T, name, other, display, value, node string, flags uint8) {
		a := definitions.Attribute{
			Name: name, DisplayName: display, Target: node, List: flags&1 != 0, LeafOnly: flags&2 != 0, Deleted: flags&4 != 0,
			Enumeration: []string{value, "email", display, value},
			Tree: []definitions.Node{
				{ID: node, DisplayName: display, Children: []definitions.Node{{ID: value, DisplayName: value}, {ID: "x"}}},
				{ID: display}},
		}
		all := []definitions.Attribute{a}
		if other != name {
			all = append(all, definitions.Attribute{Name: other, DisplayName: value})
		}
		for _, o := range []options{
			{pkg: "attributes", structName: "Attributes"},
			{pkg: "x", deleted: true, decimal: true, structName: "Order"},
			{pkg: "x", structName: ""},
		} {
			wantWhole(t, all, &o)
		}
	})
}

// wantWhole fails unless the file for these definitions is valid, formatted and complete.
func wantWhole(t *testing.T, all []definitions.Attribute, o *options) {
	t.Helper()
	p, code := render(t, o, all...)
	wantValid(t, code)
	if again, err := format.Source(code); err != nil || !bytes.Equal(again, code) {
		t.Fatalf("gofmt (error: %v) changes\n%s\ninto\n%s", err, code, again)
	}
	if _, again := render(t, o, all...); !bytes.Equal(again, code) {
		t.Fatalf("two runs differ:\n%s\n%s", code, again)
	}
	if bytes.Contains(code, []byte("\r")) || bytes.Count(code, []byte("\n//go:")) > 0 {
		t.Fatalf("a text of a definition begins a line:\n%s", code)
	}
	s, err := stateOf("x.go", code)
	if err != nil {
		t.Fatalf("%v\n%s", err, code)
	}
	reversed := slices.Clone(all)
	slices.Reverse(reversed)
	_, turned := render(t, o, reversed...)
	if other, err := stateOf("x.go", turned); err != nil || !reflect.DeepEqual(other, s) {
		t.Fatalf("the order of definitions matters (%v):\n%s\n%s", err, code, turned)
	}
	tags := tagsOf(t, code, o.structName)
	for _, a := range all {
		if a.Deleted && !o.deleted {
			if s[a.Name] != nil {
				t.Fatalf("%q is deleted, but the file declares it:\n%s", a.Name, code)
			}
			continue
		}
		if err := unsendable(a.Name); err != nil {
			if !bytes.Contains(code, []byte("//   - "+quoted(a.Name)+" "+err.Error()+"\n")) {
				t.Fatalf("the file does not list %q as left out:\n%s", a.Name, code)
			}
			continue
		}
		wantDeclared(t, a, s[a.Name], p, code)
		tag, ok := tags[a.Name]
		switch {
		case o.structName == "" || a.Deleted:
			if ok {
				t.Fatalf("%q has a field:\n%s", a.Name, code)
			}
		case strings.Contains(a.Name, ","):
			if !bytes.Contains(code, []byte(quoted(a.Name)+" is not in "+o.structName)) {
				t.Fatalf("the file does not mention that %q has no field:\n%s", a.Name, code)
			}
		case !ok || tag != "" && tag != "raw,omitzero":
			t.Fatalf("%q has no field, or one with %q:\n%s", a.Name, tag, code)
		}
	}
	if lines := drift(s, s); lines != nil || !slices.Equal(tokens(code), tokens(code)) {
		t.Fatalf("the file differs from itself: %q\n%s", lines, code)
	}
}

func wantDeclared(t *testing.T, a definitions.Attribute, d *declared, p *plan, code []byte) {
	t.Helper()
	if d == nil || d.inUse == a.Deleted || d.Key != "" && d.list != a.List {
		t.Fatalf("%q is read as %+v from\n%s", a.Name, d, code)
	}
	if !ast.IsExported(d.id) {
		t.Fatalf("the identifier of %q is %q", a.Name, d.id)
	}
	if a.Deleted {
		return
	}
	want := a.Enumeration
	for _, v := range paths(a.Tree, "", a.LeafOnly) {
		want = append(slices.Clone(want), v.text)
	}
	for _, v := range want {
		if _, ok := d.literal(v); !ok {
			want = nil // values of another type have no constants
			break
		}
	}
	i := slices.IndexFunc(p.Attributes, func(planned *attribute) bool { return planned.Name == a.Name })
	if planned := p.Attributes[i].Values; len(planned) != len(d.values) {
		t.Fatalf("%q has %d constants, but %d are read from\n%s", a.Name, len(planned), len(d.values), code)
	}
	var got []string
	for text, id := range d.values {
		if !ast.IsExported(id) {
			t.Fatalf("the identifier of %q is %q", text, id)
		}
		got = append(got, text)
	}
	slices.Sort(got)
	if want := slices.Compact(slices.Sorted(slices.Values(want))); !slices.Equal(got, want) {
		t.Fatalf("values of %q are %q, want %q:\n%s", a.Name, got, want, code)
	}
}

// tagsOf returns the options in the tags of a struct, by name of the attribute.
func tagsOf(t *testing.T, code []byte, name string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	tags := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			text, err := strconv.Unquote(f.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			tag, ok := reflect.StructTag(text).Lookup("kustomer")
			if !ok {
				t.Fatalf("the tag %s has no key kustomer", f.Tag.Value)
			}
			name, rest, _ := strings.Cut(tag, ",")
			tags[name] = rest
		}
		return false
	})
	return tags
}

// A committed file may have been edited anywhere after its first line.
func FuzzCommittedFile(f *testing.F) {
	f.Add("package a\n\nvar A = custom.Str(\"aStr\").List()\n\nconst (\n\tAB = \"b\"\n)\n\nfunc Names() []string { return nil }\n")
	f.Add("package a\n\nfunc Names()\n\nvar A, B = f(), 1\n\nconst C\n\nconst (\n\tD = iota\n\tE\n)\n")
	f.Add("<<<<<<<")
	f.Fuzz(func(t *testing.T, code string) {
		s, err := stateOf("a.go", []byte(header+"\n"+code))
		if (s == nil) == (err == nil) {
			t.Errorf("stateOf returned %v and %v", s, err)
		}
		if lines := drift(s, s); lines != nil {
			t.Errorf("the file differs from itself: %q", lines)
		}
	})
}
