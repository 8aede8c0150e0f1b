package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQuickstartOnTheFake(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	printed := output(t, func() error { return run(t.Context()) })
	for _, want := range []string{
		"1. Create a conversation\n   POST /v1/customers/65f0a1b2c3d4e5f600000004/conversations\n   201:",
		"2. Update it, with custom attributes\n   PATCH /v1/conversations/65f0a1b2c3d4e5f600000005\n   200:",
		"3. Append tags\n   POST /v1/conversations/65f0a1b2c3d4e5f600000005/tags\n   200:",
		"Found before the request is sent:\n   kustomer: ",
		"Refused by the server:\n   PATCH /v1/conversations/65f0a1b2c3d4e5f600000005\n   kustomer: ",
		`"ordreNumberStr" was sent but "orderNumberStr" is defined; the update was not applied`,
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is missing in\n%s", want, printed)
		}
	}
}

// output returns what f prints.
func output(t *testing.T, f func() error) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	err = f()
	os.Stdout = stdout
	text, readErr := os.ReadFile(file.Name())
	if err := errors.Join(err, readErr, file.Close()); err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestQuickstartOnARealOrganisationNeedsACustomer(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "key")
	t.Setenv("KUSTOMER_CUSTOMER_ID", "")
	if err := run(t.Context()); err == nil {
		t.Error("no error without a customer")
	}
}
