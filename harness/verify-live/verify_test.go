package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The sandbox behaves as expected. One conversation accepts 39 updates.
func TestAsExpected(t *testing.T) {
	updates := 0
	srv := sandbox(t, kustomertest.Config{Faults: func(r kustomertest.Request) *kustomertest.Fault {
		if r.Method == "PATCH" {
			if updates++; updates == 40 || updates == 41 { // 41 is the first one of the clean-up
				return new(kustomertest.Status(429, ""))
			}
		}
		return nil
	}})
	report := filepath.Join(t.TempDir(), "report.md")
	table, _ := verify(t, exitSame, "-object-limit", "100", "-report", report)
	if !strings.Contains(table, "The report is in "+report) {
		t.Errorf("the output does not say where the report is:\n%s", table)
	}
	for _, q := range questions() {
		want := same
		if q.expected == "" {
			want = isNew
		}
		if line := row(t, table, q.text); comparison(line) != want {
			t.Error(line)
		}
	}
	for question, want := range map[string]string{
		"Does PATCH accept application/json-patch+json":  "200 OK and applied",
		"Does a second create with the same externalId":  "201 Created, conversations: 2",
		"How many updates does one conversation accept?": " was refused after ",
	} {
		if line := row(t, table, question); !strings.Contains(line, want) {
			t.Errorf("%s does not say %q", line, want)
		}
	}
	checkCleanUp(t, srv, table)
	if n := len(srv.Requests()); n > 60 {
		t.Errorf("%d requests", n)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{kustomertest.APIKey, os.Getenv("KUSTOMER_CUSTOMER_ID"), strings.TrimPrefix(srv.URL, "http://"), srv.Conversations()[0].ID, "verify-live-1"} {
		if strings.Contains(string(text), secret) || strings.Contains(strings.ReplaceAll(table, report, ""), secret) {
			t.Errorf("the report or the table has %q", secret)
		}
	}
	for _, want := range []string{"### 1. GET /v1/users/current: 200", "PATCH /v1/conversations/{id} (application/json-patch+json): 200", "x-ratelimit-limit: 1000", `"title":"Additional properties not allowed"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report does not have %q:\n%s", want, text)
		}
	}
	if t.Failed() {
		t.Logf("\n%s", table)
	}
}

func TestConfiguration(t *testing.T) {
	for _, name := range []string{"KUSTOMER_SANDBOX", "KUSTOMER_CUSTOMER_ID", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY"} {
		t.Run(name, func(t *testing.T) {
			srv := sandbox(t, kustomertest.Config{})
			t.Setenv(name, "")
			if _, stderr := verify(t, exitFailed); !strings.Contains(stderr, name) {
				t.Errorf("stderr: %s", stderr)
			}
			if n := len(srv.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
	sandbox(t, kustomertest.Config{})
	for _, args := range [][]string{{"-object-limit", "-1"}, {"x"}, {"-nope"}} {
		verify(t, exitFailed, args...)
	}
	t.Setenv("KUSTOMER_CUSTOMER_ID", "65f0a1b2c3d4e5f60000ffff")
	if _, stderr := verify(t, exitFailed); !strings.Contains(stderr, "no conversation could be created") {
		t.Errorf("stderr: %s", stderr)
	}
}
