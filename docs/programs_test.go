package docs

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// Each program of the documentation compiles, and go vet finds nothing in it.
func TestPrograms(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	files, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../README.md", "../llms.txt") {
		if file == "fleet.md" {
			continue // its program is in a module that has what it needs: see examples/fleet/guide
		}
		for _, b := range blocks(t, file, "package main") {
			writeTo(t, dir, fmt.Sprintf("%s_%d/main.go", strings.TrimPrefix(file, "../"), b.line), b.code)
		}
	}
	for _, b := range blocks(t, "migrating.md", "// After") {
		writeTo(t, dir, fmt.Sprintf("migrating/line%d.go", b.line), withImports(b.code))
	}
	if out, err := goCommand(t, dir, "vet", "./..."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// withImports makes a file of declarations that use packages of this module and of the standard library.
func withImports(code string) string {
	imports := "package code\n\n"
	for _, name := range []string{"context", "encoding/json", "errors", "fmt", "io", self + "/client", self + "/custom"} {
		if strings.Contains(code, path.Base(name)+".") {
			imports += fmt.Sprintf("import %q\n", name)
		}
	}
	return imports + "\n" + code
}

// The programs of llms.txt do what they promise, twice.
func TestProgramsOfLLMs(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	programs := blocks(t, "../llms.txt", "package main")
	tests := []func(*testing.T, *kustomertest.Server, string){opensOnce, raisesPriority, findsCustomer}
	if len(programs) != len(tests) {
		t.Fatalf("llms.txt has %d programs, and there are %d tests", len(programs), len(tests))
	}
	for i, name := range []string{"open", "webhook", "customer"} {
		writeTo(t, dir, name+"/main.go", programs[i].code)
		program := filepath.Join(dir, name+".exe")
		if out, err := goCommand(t, dir, "build", "-o", program, "./"+name); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Run(name, func(t *testing.T) {
			tests[i](t, kustomertest.NewServer(t, kustomertest.Config{}), program)
		})
	}
}

func opensOnce(t *testing.T, srv *kustomertest.Server, program string) {
	customer := srv.AddCustomer()
	for range 2 {
		run(t, srv, program, customer, "10045")
	}
	all := srv.Conversations()
	if len(all) != 1 {
		t.Fatalf("there are %d conversations", len(all))
	}
	if a := all[0].Attributes; a.ExternalID != "order-10045" || len(a.Tags) != 2 || a.Custom["refundNum"].String() != "12.5" {
		t.Errorf("the conversation has %+v", a)
	}
}

func raisesPriority(t *testing.T, srv *kustomertest.Server, program string) {
	cmd := command(t, srv, program)
	cmd.Env = append(cmd.Env, "ADDR=127.0.0.1:0", "KUSTOMER_WEBHOOK_TOKEN="+kustomertest.WebhookSecret)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(log).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the program prints %q (%v)", line, err)
	}

	srv.AddWebhook(kustomertest.Webhook{URL: "http://" + address, Twice: true})
	vip, other := srv.AddConversation(srv.AddCustomer()), srv.AddConversation(srv.AddCustomer())
	if err := srv.EditConversation(vip, func(a map[string]any) { a["custom"] = map[string]any{"vipBool": true} }); err != nil {
		t.Fatal(err)
	}
	if err := srv.DeliverWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{vip: 5, other: 3} {
		if conv, _ := srv.Conversation(id); conv.Attributes.Priority != want {
			t.Errorf("a conversation has the priority %d, want %d", conv.Attributes.Priority, want)
		}
	}
	updates := 0
	for _, r := range srv.Requests() {
		if r.Method != "GET" {
			updates++
		}
	}
	if updates != 1 {
		t.Errorf("the program sent %d updates", updates)
	}
}

func findsCustomer(t *testing.T, srv *kustomertest.Server, program string) {
	first := run(t, srv, program, "jane@shop.example", "Jane Doe")
	all := srv.Customers()
	if len(all) != 1 || first != "customer "+all[0].ID+" Jane Doe\n" {
		t.Fatalf("there are %d customers, and the program prints %q", len(all), first)
	}
	conv := srv.AddConversation(all[0].ID)
	if second, want := run(t, srv, program, "jane@shop.example", "Jane Doe"), first+conv+" open \n"; second != want {
		t.Errorf("the second run prints %q, want %q", second, want)
	}
	if n := len(srv.Customers()); n != 1 {
		t.Errorf("there are %d customers after the second run", n)
	}
}

// command returns the command that runs a program against the fake.
func command(t *testing.T, srv *kustomertest.Server, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "KUSTOMER_ORG=", "KUSTOMER_API_KEY_FILE=", "KUSTOMER_BASE_URL="+srv.URL, "KUSTOMER_API_KEY="+kustomertest.APIKey)
	return cmd
}

// run runs a program, which must succeed, and returns its standard output.
func run(t *testing.T, srv *kustomertest.Server, program string, args ...string) string {
	t.Helper()
	cmd := command(t, srv, program, args...)
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, log.String())
	}
	return string(out)
}

const self = "github.com/kustomer-go/kustomer"

// newModule makes the module of a user after go get: it requires what this module requires, and uses this working copy.
func newModule(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is missing: this test compiles programs")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, requires, _ := strings.Cut(string(file), "\n")
	writeTo(t, dir, "go.mod", "module example.com/user\n"+requires+"\nrequire "+self+" v0.0.0\n\nreplace "+self+" => "+root+"\n")
	writeTo(t, dir, "go.sum", string(sums))
	return dir
}

// goCommand runs go in a module without downloads. Building this test has filled the module cache.
func goCommand(t *testing.T, dir string, args ...string) (output string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func writeTo(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
