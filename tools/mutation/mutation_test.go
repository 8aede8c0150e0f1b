package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "go" { // called by gremlins
		os.Exit(goCommand(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestCodeAt(t *testing.T) {
	for _, test := range []struct {
		line   string
		column int
		want   string
	}{
		{"\tif a && b {", 7, "if a ‹&&› b {"},
		{"\tx <<= 2", 4, "x ‹<<=› 2"},
		{"\treturn a >= b", 11, "return a ‹>=› b"},
		{"\t\"ä\" + b", 7, `"ä" ‹+› b`},
		{"\tn--", 3, "n‹--›"},
		{"\tcase -1:", 7, "case ‹-›1:"},
		{"x", 9, "x"},
	} {
		if got := codeAt(test.line, test.column); got != test.want {
			t.Errorf("%q at %d is %s, want %s", test.line, test.column, got, test.want)
		}
	}
}

const table = "# Title\n\n| file | code | kind | why |\n| --- | --- | --- | --- |\n" +
	"| a/a.go | `if a ‹\\|\\|› b {` | INVERT_LOGICAL | the same |\n"

func TestExplained(t *testing.T) {
	known, err := explained(table)
	if err != nil || len(known) != 1 || !known[mutant{file: "a/a.go", code: "if a ‹||› b {", kind: "INVERT_LOGICAL"}] {
		t.Errorf("got %v, %v", known, err)
	}
	for _, line := range []string{"| a/a.go | `x` | K |  |\n", "| a/a.go | `x` | K |\n", "| a/a.go | `x` |\n"} {
		if known, err := explained(table + line); err == nil {
			t.Errorf("%q: got %v", line, known)
		}
	}
}

func TestJudge(t *testing.T) {
	m := func(code, status string) mutant { return mutant{"a/a.go", code, "K", status} }
	known := func(codes ...string) map[mutant]bool {
		all := make(map[mutant]bool)
		for _, c := range codes {
			all[m(c, "")] = true
		}
		return all
	}
	for _, test := range []struct {
		name    string
		mutants []mutant
		known   map[mutant]bool
		sample  int
		want    string
	}{
		{"all killed", []mutant{m("1", killed), m("2", timedOut), m("3", notViable)}, nil, 100, ""},
		{"one lives", []mutant{m("1", killed), m("2", lived)}, nil, 100, "a/a.go: 2 (K) lives and is not explained"},
		{"one lives and is explained", []mutant{m("1", killed), m("2", lived)}, known("2"), 100, ""},
		{"too many live", []mutant{m("1", killed), m("2", lived), m("3", lived)}, known("2", "3"), 100, "a: 33.3 % of the mutants are killed"},
		{"explained and killed", []mutant{m("1", killed), m("2", killed)}, known("2"), 100, "a/a.go: 2 (K) is explained in"},
		{"explained and gone", []mutant{m("1", killed)}, known("2"), 100, "a/a.go: 2 (K) is explained in"},
		{"explained and no part of the sample", []mutant{m("1", killed)}, known("2"), 50, ""},
		{"explained, of another package", []mutant{m("1", killed)}, map[mutant]bool{{"b/a.go", "x", "K", ""}: true}, 100, ""},
		{"two on one line, of which one lives", []mutant{m("1", lived), m("1", killed)}, known("1"), 100, ""},
	} {
		err := (&job{least: 40, sample: test.sample}).judge("a", test.mutants, test.known)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestSample(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "c.out")
	lines := func(sample string, seed string) int {
		if err := os.WriteFile(profile, []byte("mode: set\nm/a/a.go:2.1,100.2 1 0\nm/a/b.go:1.1,100.2 1 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv(sampleVariable, sample)
		t.Setenv(seedVariable, seed)
		if err := chooseLines(profile); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(profile)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(data), "\n") - 1
	}
	if n := lines("100", "1"); n != 200 {
		t.Errorf("all lines are %d", n)
	}
	a, b := lines("20", "1"), lines("20", "2")
	if a < 20 || a > 60 || b < 20 || b > 60 {
		t.Errorf("20 %% of 200 lines are %d and %d", a, b)
	}
	if again := lines("20", "1"); again != a {
		t.Errorf("the same seed gives %d and %d", a, again)
	}
}

// Gremlins itself, on a package whose tests notice some of what is changed.
func TestGremlins(t *testing.T) {
	t.Parallel()
	gremlins := filepath.Join(t.TempDir(), "gremlins")
	if out, err := exec.Command("go", "build", "-o", gremlins, "github.com/go-gremlins/gremlins/cmd/gremlins").CombinedOutput(); err != nil {
		t.Fatalf("build gremlins: %v\n%s", err, out)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n",
		"a/a.go": `package a

func Size(n int) string {
	switch {
	case n > 10:
		return "large" + "!"
	case n < 0:
		return "none"
	}
	return "small"
}
`,
		"a/a_test.go": `package a

import "testing"

func TestSize(t *testing.T) {
	if Size(11) != "large!" || Size(10) != "small" || Size(5) != "small" {
		t.Fail()
	}
}
`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j := &job{gremlins: gremlins, sample: 100, seed: 1}
	mutants, err := j.mutate(dir, "a")
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, m := range mutants {
		got[fmt.Sprintf("%s %s", m, m.status)] = true
	}
	for _, want := range []string{
		"a/a.go: case n ‹>› 10: (CONDITIONALS_BOUNDARY) KILLED",
		"a/a.go: case n ‹>› 10: (CONDITIONALS_NEGATION) KILLED",
		"a/a.go: case n ‹<› 0: (CONDITIONALS_BOUNDARY) LIVED",
		"a/a.go: case n ‹<› 0: (CONDITIONALS_NEGATION) KILLED",
		`a/a.go: return "large" ‹+› "!" (ARITHMETIC_BASE) NOT VIABLE`,
	} {
		if !got[want] {
			t.Errorf("no %s in %v", want, got)
		}
	}
	if len(got) != 5 {
		t.Errorf("got %v", got)
	}
}
