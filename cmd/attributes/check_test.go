package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkFile runs -check on a file, with the properties that the organisation has now.
func checkFile(t *testing.T, file, properties string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runAttributes(t, responseWith(properties), append(args, "-package", "attributes", "-check", "-o", file, "-")...)
}

const tree = `"tree":{"children":[{"id":"delivery","children":[{"id":"late"}]},{"id":"billing"}]}`

func TestDrift(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, after, want string }{
		{"nothing", `"aStr":{}`, `"aStr":{}`, ""},
		{"no attributes", ``, ``, ""},
		{"added", ``, `"orderNumberStr":{}`, "added orderNumberStr (text)"},
		{"added list", `"aStr":{}`, `"aStr":{},"ordersId":{"multi":true}`, "added ordersId (list of id)"},
		{"added without a known type", ``, `"rating":{}`, "added rating (unknown type)"},
		{"added, name that needs escaping", ``, `"a\"bStr":{}`, `added "a\"bStr" (text)`},
		{"removed", `"aStr":{},"bNum":{}`, `"aStr":{}`, "removed bNum (number)"},
		{"removed without a known type", `"rating":{}`, ``, "removed rating (unknown type)"},
		{"deleted", `"aStr":{}`, `"aStr":{"deletedAt":"2025-06-01T00:00:00.000Z"}`, "removed aStr (text)"},
		{"came back", `"aStr":{"deletedAt":"2025-06-01T00:00:00.000Z"}`, `"aStr":{}`, "added aStr (text)"},
		{"now a list", `"aStr":{}`, `"aStr":{"array":true}`, "retyped aStr: was text, is list of text"},
		{"no longer a list", `"aId":{"multi":true}`, `"aId":{}`, "retyped aId: was list of id, is id"},
		{"another suffix", `"refundStr":{}`, `"refundNum":{}`, "retyped refundStr (text): now refundNum (number)"},
		{"a suffix", `"refund":{}`, `"refundNum":{}`, "retyped refund (unknown type): now refundNum (number)"},
		{"another suffix, ambiguous", `"aStr":{}`, `"aNum":{},"aTxt":{}`, "added aNum (number)\nremoved aStr (text)\nadded aTxt (long text)"},
		{"values", `"aStr":{"enumeration":["email","chat"]}`, `"aStr":{"enumeration":["email","sms"]}`, `values of aStr: added "sms", removed "chat"`},
		{"value added", `"aStr":{"enumeration":["a"]}`, `"aStr":{"enumeration":["b","a","\n"]}`, `values of aStr: added "\n", "b"`},
		{"order of values", `"aStr":{"enumeration":["a","b"]}`, `"aStr":{"enumeration":["b","a"]}`, ""},
		{"no more values", `"aStr":{"enumeration":["a"]}`, `"aStr":{}`, `values of aStr: removed "a"; now any is allowed`},
		{"first values", `"aStr":{}`, `"aStr":{"enumeration":["a"]}`, `values of aStr: added "a"; any was allowed before`},
		{"node", `"aTree":{"tree":{"children":[{"id":"a"}]}}`, `"aTree":{"tree":{"children":[{"id":"a","children":[{"id":"b"}]}]}}`,
			`values of aTree: added "a.b"`},
		{"leaf rule", `"aTree":{` + tree + `}`, `"aTree":{"lastNodeRequired":true,` + tree + `}`,
			`values of aTree: removed "delivery"`},
		{"no leaf rule", `"aTree":{"lastNodeRequired":true,` + tree + `}`, `"aTree":{` + tree + `}`,
			`values of aTree: added "delivery"`},
		{"new attribute with a colliding name", `"a-bStr":{}`, `"a-bStr":{},"aBStr":{}`, "renamed the key of a-bStr: was ABStr, is " + identifier("aBStr") + digest("a-bStr") + "\nadded aBStr (text)"},
		{"display name", `"aStr":{"displayName":"A"}`, `"aStr":{"displayName":"B"}`, ""},
		{"display name of a node", `"aTree":{"tree":{"children":[{"id":"a","displayName":"A"}]}}`, `"aTree":{"tree":{"children":[{"id":"a"}]}}`, ""},
		{"target", `"aId":{"target":"kobject.a"}`, `"aId":{"target":"kobject.b"}`,
			`retyped aId: was the id of a "kobject.a", is the id of a "kobject.b"`},
		{"first target", `"aId":{}`, `"aId":{"target":"kobject.b"}`, `retyped aId: was the id of any record, is the id of a "kobject.b"`},
		{"target that needs escaping", `"aId":{"target":"\n//x"}`, `"aId":{"target":"\n//x"}`, ""},
		{"now a list, unknown type", `"rating":{}`, `"rating":{"array":true}`, "retyped rating: was unknown type, is list of unknown type"},
		{"numbers", `"aNum":{"enumeration":["1","-2"]}`, `"aNum":{"enumeration":["1","3"]}`, `values of aNum: added "3", removed "-2"`},
		{"new value with a colliding name", `"aStr":{"enumeration":["a b"]}`, `"aStr":{"enumeration":["a b","a-b"]}`,
			`renamed the constant of "a b": was AStrAB, is AStrAB` + digest("a b") + "\n" + `values of aStr: added "a-b"`},
		{"new value with the same name as a removed one", `"aStr":{"enumeration":["a b"]}`, `"aStr":{"enumeration":["a-b"]}`,
			`values of aStr: added "a-b", removed "a b"` + "\n" + `AStrAB now means "a-b" instead of "a b": code that uses it may still compile`},
		{"left out", ``, `"a b":{}`, ""},
		{"several", `"aStr":{},"bStr":{},"cStr":{"enumeration":["x"]}`, `"bStr":{"array":true},"cStr":{"enumeration":["y"]},"dStr":{}`,
			"removed aStr (text)\nretyped bStr: was text, is list of text\nvalues of cStr: added \"y\", removed \"x\"\nadded dStr (text)"},
	} {
		for _, args := range [][]string{nil, {"-deleted"}, {"-struct", "", "-decimal"}} {
			file := writeTo(t, t.TempDir(), "a.go", generate(t, test.before, args...))
			code, stdout, stderr := checkFile(t, file, test.after, args...)
			want, wantCode := test.want+"\n"+file+" is not current: regenerate it, then fix what no longer compiles\n", exitDrift
			if test.want == "" {
				want, wantCode = file+" is current\n", exitOK
			}
			if code != wantCode || stdout != want {
				t.Errorf("%s, %q: exit code %d, stdout\n%swant\n%sstderr\n%s", test.name, args, code, stdout, want, stderr)
			}
		}
	}
}

// -check also notices differences that the organisation did not cause.
func TestOtherDifferences(t *testing.T) {
	t.Parallel()
	const properties = `"aNum":{"displayName":"A"},"bStr":{"enumeration":["x"]},"oldStr":{"deletedBy":"65f0a1b2c3d4e5f600000005"}`
	text := generate(t, properties)
	const other = " was edited, or generated by another version or with other flags: regenerate it\n"
	for _, test := range []struct {
		name, file string
		args       []string
		want       string // "" if it is current
	}{
		{"same", text, nil, ""},
		{"comments", strings.ReplaceAll(text, `"A", a number`, "an amount"), nil, ""},
		{"additional comment", text + "\n// More.\n", nil, ""},
		{"white space", strings.ReplaceAll(text, "\n\n", "\n\n\n"), nil, ""},
		{"semicolons", strings.Replace(text, "package attributes\n", "package attributes;\n", 1), nil, ""},
		{"CRLF line ends", strings.ReplaceAll(text, "\n", "\r\n"), nil, ""},
		{"another version", strings.Replace(text, "custom.Num(", "custom.Int(", 1), nil, other},
		{"edited", text + "\nvar More = 1\n", nil, other},
		{"renamed", strings.ReplaceAll(text, "BStrX", "BStrY"), nil, "renamed"},
		{"a tag", strings.Replace(text, `kustomer:"aNum"`, `kustomer:"aNum,null"`, 1), nil, other},
		{"-decimal", text, []string{"-decimal"}, other},
		{"-deleted", text, []string{"-deleted"}, other},
		{"-struct", text, []string{"-struct", "Order"}, other},
		{"-package", text, []string{"-package", "other"}, other},
	} {
		file := writeTo(t, t.TempDir(), "a.go", test.file)
		code, stdout, _ := runAttributes(t, responseWith(properties), append(append([]string{"-package", "attributes"}, test.args...), "-check", "-o", file, "-")...)
		want, wantCode := file+test.want, exitDrift
		switch test.want {
		case "":
			want, wantCode = file+" is current\n", exitOK
		case "renamed":
			want = "renamed the constant of \"x\": was BStrY, is BStrX\n" + file + " is not current: regenerate it, then fix what no longer compiles\n"
		}
		if code != wantCode || stdout != want {
			t.Errorf("%s: exit code %d, stdout\n%swant\n%s", test.name, code, stdout, want)
		}
		if readFile(t, file) != test.file || len(filesIn(t, filepath.Dir(file))) != 1 {
			t.Errorf("%s: -check wrote to the directory", test.name)
		}
	}
}

func TestCheckOfAnotherFile(t *testing.T) {
	t.Parallel()
	text := generate(t, `"aStr":{}`)
	for _, test := range []struct{ name, file, want string }{
		{"missing", "", "is missing: generate it first, without -check"},
		{"written by hand", "package attributes\n", "was not generated by this command"},
		{"empty", "\n", "was not generated by this command"},
		{"conflict", strings.Replace(text, "var AStr", "<<<<<<< ours\nvar AStr", 1), "the file is not valid Go, regenerate it"},
		{"cut off", text[:len(text)-len("}\n")], "the file is not valid Go, regenerate it"},
		{"no declarations", header + "\n\npackage attributes\n", "has no function Names"},
		{"function without a body", header + "\n\npackage attributes\n\nfunc Names() []string\n", "has no function Names"},
		{"renamed function", strings.ReplaceAll(text, "Names", "All"), "has no function Names"},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "a.go")
		if test.file != "" {
			writeTo(t, dir, "a.go", test.file)
		}
		code, stdout, stderr := checkFile(t, file, `"aStr":{}`)
		if code != exitError || stdout != "" || !strings.Contains(stderr, test.want) || !strings.Contains(stderr, file) {
			t.Errorf("%s: exit code %d, stdout %q, stderr\n%s", test.name, code, stdout, stderr)
		}
	}
	code, _, stderr := checkFile(t, writeTo(t, t.TempDir(), "a.go/b", ""), `"aStr":{}`)
	if code != exitError {
		t.Errorf("exit code %d, stderr %s", code, stderr)
	}
	dir := t.TempDir() // a directory in place of the file
	if err := os.Mkdir(filepath.Join(dir, "a.go"), 0o755); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := checkFile(t, filepath.Join(dir, "a.go"), ``); code != exitError || !strings.Contains(stderr, "directory") {
		t.Errorf("exit code %d, stderr %s", code, stderr)
	}
}
