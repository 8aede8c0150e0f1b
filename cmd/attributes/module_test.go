package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newModule makes the module of a user after go get: it requires what this module requires, and uses this working copy.
func newModule(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is missing: this test compiles a user's module")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const self = "github.com/kustomer-go/kustomer"
	file := readLines(t, filepath.Join(root, "go.mod"))
	if !strings.HasPrefix(file, "module "+self+"\n") {
		t.Fatalf("go.mod does not begin with module %s", self)
	}
	file = strings.Replace(file, "module "+self, "module example.com/user", 1)
	writeTo(t, dir, "go.mod", file+"\nrequire "+self+" v0.0.0\n\nreplace "+self+" => "+root+"\n")
	writeTo(t, dir, "go.sum", readLines(t, filepath.Join(root, "go.sum")))
	return dir
}

// goCommand runs go in a module without downloads. Building this test has filled the module cache.
func goCommand(t *testing.T, dir string, args ...string) (output string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

const updateProgram = `package main

import (
	"context"
	"log"

	"example.com/user/attributes"
	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

func main() {
	c, err := client.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	attrs, err := custom.Marshal(attributes.Attributes{OrderNumberStr: new("A-10045"), ProductsStr: []string{attributes.ProductsStrLamp}})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.UpdateConversationAttributes(context.Background(), "65f0a1b2c3d4e5f600000003", client.ConversationUpdate{Custom: attrs})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.UpdateConversationAttributes(context.Background(), "65f0a1b2c3d4e5f600000003", client.ConversationUpdate{
		Custom: custom.New(
			attributes.OrderNumberStr.Set("A-10045"),
			attributes.RefundNum.Set(12.5),
			attributes.OrdersId.Set([]string{"65f0a1b2c3d4e5f600000004"}),
			attributes.ChannelPreferenceStr.Set(attributes.ChannelPreferenceStrEmail)),
	})
	if err != nil {
		log.Fatal(err)
	}
}
`

// The compiler finds wrong names and types in a program that uses the generated file.
func TestUserModule(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	writeTo(t, dir, "metadata.json", readFile(t, example+"metadata.json"))
	out, ok := goCommand(t, dir, "run", "github.com/kustomer-go/kustomer/cmd/attributes", "-o", "attributes/attributes.go", "metadata.json")
	if !ok || out != "" {
		t.Fatalf("the command fails or prints\n%s", out)
	}
	for _, test := range []struct{ name, from, to, want string }{
		{"right", "", "", ""},
		{"misspelled", "attributes.OrderNumberStr.Set(", "attributes.OrdreNumberStr.Set(", "undefined: attributes.OrdreNumberStr"},
		{"text instead of a number", "RefundNum.Set(12.5)", `RefundNum.Set("12")`,
			`cannot use "12" (untyped string constant) as float64 value in argument to attributes.RefundNum.Set`},
		{"one value instead of a list", `OrdersId.Set([]string{"65f0a1b2c3d4e5f600000004"})`, `OrdersId.Set("65f0a1b2c3d4e5f600000004")`,
			"as []string value in argument to attributes.OrdersId.Set"},
		{"unknown value", "attributes.ChannelPreferenceStrEmail", "attributes.ChannelPreferenceStrFax", "undefined: attributes.ChannelPreferenceStrFax"},
		{"misspelled field", "Attributes{OrderNumberStr:", "Attributes{OrdreNumberStr:", "unknown field OrdreNumberStr in struct literal of type attributes.Attributes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.from != "" && strings.Count(updateProgram, test.from) != 1 {
				t.Fatalf("the program does not have %s exactly once", test.from)
			}
			writeTo(t, dir, "main.go", strings.Replace(updateProgram, test.from, test.to, 1))
			out, ok := goCommand(t, dir, "build", "-o", os.DevNull, ".")
			if ok != (test.want == "") || !strings.Contains(out, test.want) {
				t.Errorf("go build: %v\n%s", ok, out)
			}
		})
	}
}

// The Go compiler and go vet accept the file with names and texts that could break out of comments and strings.
func TestUserModuleWithHostileNames(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	var properties []string
	for _, name := range []string{"", "a b", "a,b", "Str", "names", "attributes", "@app", "a`b", `a"b`, `a\b`, "漢字", "größe", "2nd", "a-b", "a_b", "aB", "AB", "-", "func", "\u202ea", "\ufeffa", "\ufffd"} {
		for _, suffix := range []string{"", "Str", "Num", "At", "Tree"} {
			properties = append(properties, jsonOf(t, name+suffix)+`:{"displayName":`+jsonOf(t, "*/ "+name+"\n//go:embed x\n`")+
				`,"enumeration":["a","A","\n\"`+"`"+`",""],"tree":{"children":[{"id":"a","displayName":"\n)","children":[{"id":"\u0000"}]}]}}`)
		}
	}
	for i, args := range [][]string{nil, {"-decimal", "-struct", "Order"}, {"-struct", ""}} {
		name := []string{"one", "two", "three"}[i]
		writeTo(t, dir, name+"/attributes.go", generate(t, strings.Join(properties, ","), append(args, "-package", name)...))
	}
	if out, ok := goCommand(t, dir, "vet", "./..."); !ok {
		t.Errorf("go vet:\n%s", out)
	}
}
