package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	full := readFile(t, example+"metadata.json")
	for _, test := range []struct {
		name, text, want string
		args             []string
	}{
		{"HTML", "<!DOCTYPE html><title>Log in</title>", "this is HTML or XML", nil},
		{"error", `{"errors":[{"code":"unauthorized"}]}`, `this is an error response: [{"code":"unauthorized"}]`, nil},
		{"truncated", full[:len(full)/2], "this is JSON that ends in the middle", nil},
		{"empty", "", "this is empty", nil},
		{"UTF-16", "\xff\xfe{\x00}\x00", "this is UTF-16, which PowerShell writes by default", nil},
		{"another resource", full, `this is the metadata of "conversation", but the response of GET /v1/metadata/kobject.order was expected`,
			[]string{"-resource", "kobject.order"}},
	} {
		file := writeTo(t, t.TempDir(), "metadata.json", test.text)
		code, stdout, stderr := runAttributes(t, "", append(test.args, file)...)
		if code != exitError || stdout != "" || !strings.HasPrefix(stderr, "attributes: "+file+": "+test.want) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %s", test.name, code, stdout, stderr)
		}
		code, stdout, stderr = runAttributes(t, test.text, append(test.args, "-")...)
		if code != exitError || stdout != "" || !strings.HasPrefix(stderr, "attributes: standard input: "+test.want) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %s", test.name, code, stdout, stderr)
		}
	}
	missing := filepath.Join(t.TempDir(), "metadata.json")
	if code, _, stderr := runAttributes(t, "", missing); code != exitError || !strings.Contains(stderr, missing) {
		t.Errorf("missing: exit code %d, stderr %s", code, stderr)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-nope"}, "flag provided but not defined: -nope"},
		{[]string{"a.json", "-o", "x.go"}, `unexpected argument "-o": give at most one file, after all flags`},
		{[]string{""}, "the file name is empty"},
		{[]string{"-check", "a.json"}, "-check needs -o"},
		{[]string{"-o", "metadata.json", "metadata.json"}, "-o metadata.json is not a Go file"},
		{[]string{"-package", "my-attrs"}, `-package "my-attrs" is not a valid package name`},
		{[]string{"-package", "func"}, `-package "func" is not a valid package name`},
		{[]string{"-package", "_"}, `-package "_" is not a valid package name`},
		{[]string{"-struct", "order"}, `-struct "order" is not an exported Go name`},
		{[]string{"-struct", "A B"}, `-struct "A B" is not an exported Go name`},
		{[]string{"-struct", "Names"}, "-struct Names is the name of the function"},
		{[]string{"-resource", "a/b"}, `-resource "a/b" is not a kind of record`},
		{[]string{"-resource", ".."}, `-resource ".." is not a kind of record`},
	} {
		code, stdout, stderr := runAttributes(t, "", test.args...)
		if code != exitError || stdout != "" || !strings.HasPrefix(stderr, "attributes: "+test.want) || !strings.Contains(stderr, "\nusage: attributes [flags]") {
			t.Errorf("%q: exit code %d, stdout %q, stderr %s", test.args, code, stdout, stderr)
		}
	}
	code, stdout, stderr := runAttributes(t, "", "-h")
	if code != exitOK || stderr != "" || !strings.HasPrefix(stdout, "usage: ") {
		t.Errorf("-h: exit code %d, stderr %s", code, stderr)
	}
	for _, word := range []string{"KUSTOMER_ORG", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY", role, "Exit codes: 0 success; 1 ", "-check", "-o file", "-package name", "-resource kind", "-decimal", "-deleted", "-struct name"} {
		if !strings.Contains(stdout, word) {
			t.Errorf("no %s in\n%s", word, stdout)
		}
	}
}

// setEnv sets all environment variables that a client reads.
func setEnv(t *testing.T, baseURL, key string) {
	t.Helper()
	for name, value := range map[string]string{
		"KUSTOMER_ORG": "", "KUSTOMER_BASE_URL": baseURL, "KUSTOMER_API_KEY": key, "KUSTOMER_API_KEY_FILE": ""} {
		t.Setenv(name, value)
	}
}

func TestFetch(t *testing.T) {
	srv := kustomertest.NewServer(t,
		kustomertest.Config{
			Metadata: []byte(readFile(t, example+"metadata.json")),
			Roles:    []string{"org.permission.metadata.read"},
		})
	setEnv(t, srv.URL, kustomertest.APIKey)
	code, stdout, stderr := runAttributes(t, "")
	if code != exitOK || stderr != "" || stdout != readLines(t, example+"attributes.go") {
		t.Errorf("exit code %d, stderr %s, stdout\n%s", code, stderr, stdout)
	}
	code, stdout, stderr = runAttributes(t, "", "-check", "-o", example+"attributes.go")
	if code != exitOK {
		t.Errorf("-check: exit code %d, stdout %s, stderr %s", code, stdout, stderr)
	}
	for _, r := range srv.Requests() {
		if r.Method != "GET" || r.Path != "/v1/metadata/conversation" || !strings.HasPrefix(r.Header.Get("User-Agent"), "kustomer-attributes") {
			t.Errorf("unexpected request %s %s by %s", r.Method, r.Path, r.Header.Get("User-Agent"))
		}
	}
	code, _, stderr = runAttributes(t, "", "-resource", "kobject.order")
	if code != exitError || !strings.Contains(stderr, "404") {
		t.Errorf("another resource: exit code %d, stderr %s", code, stderr)
	}
}

func TestFetchWithoutTheRole(t *testing.T) {
	for _, status := range []int{403, 401} {
		srv := kustomertest.NewServer(t, kustomertest.Config{Roles: []string{"org.permission.conversation.read"}})
		if status == 401 {
			srv.Fail(kustomertest.Status(401, ""))
		}
		setEnv(t, srv.URL, kustomertest.APIKey)
		file := filepath.Join(t.TempDir(), "a.go")
		code, _, stderr := runAttributes(t, "", "-o", file)
		want := "reading the definitions needs an API key with the role org.permission.metadata.read (older: org.user.metadata.read or org.admin.metadata.read)\n"
		if code != exitError || !strings.HasSuffix(stderr, want) || !strings.Contains(stderr, "GET /v1/metadata/conversation") || !strings.Contains(stderr, "the API key is not valid here") {
			t.Errorf("exit code %d, stderr %s", code, stderr)
		}
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%d: a file was written", status)
		}
		if strings.Contains(stderr, kustomertest.APIKey) {
			t.Error("the message has the API key")
		}
	}
}

func TestFetchOfSomethingElse(t *testing.T) {
	srv := kustomertest.NewServer(t, kustomertest.Config{})
	setEnv(t, srv.URL, kustomertest.APIKey)
	for body, want := range map[string]string{
		"<html>Log in</html>":                       "attributes: kustomer: Do (GET /v1/metadata/conversation): 200 OK: the response does not come from the API",
		`{"data":{"type":"conversation","id":"1"}}`: `attributes: the response: this is a record of the type "conversation"`,
	} {
		srv.Fail(kustomertest.ReplaceBody(body))
		if code, stdout, stderr := runAttributes(t, ""); code != exitError || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("exit code %d, stdout %q, stderr %s", code, stdout, stderr)
		}
	}
}

func TestFetchWithoutEnvironment(t *testing.T) {
	setEnv(t, "", "")
	code, stdout, stderr := runAttributes(t, "")
	want := "attributes: no file was given, and the definitions cannot be read from Kustomer: kustomer: neither KUSTOMER_ORG nor KUSTOMER_BASE_URL is set; neither KUSTOMER_API_KEY nor KUSTOMER_API_KEY_FILE is set\n\nusage: "
	if code != exitError || stdout != "" || !strings.HasPrefix(stderr, want) {
		t.Errorf("exit code %d, stdout %q, stderr %s", code, stdout, stderr)
	}
}
