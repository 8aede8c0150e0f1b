package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A sandbox that does what is expected.
func TestAsExpected(t *testing.T) {
	srv := sandbox(t, kustomertest.Config{ObjectLimit: 40, Window: 2 * time.Second})
	report := filepath.Join(t.TempDir(), "report.md")
	table, _ := verify(t, exitSame, "-object-limit", "100", "-report", report)
	if !strings.Contains(table, "The report is in "+report) {
		t.Errorf("it does not say where the report is:\n%s", table)
	}
	for question, want := range map[string]string{
		"is the credential good?":                       "same",
		"does a create answer with":                     "same",
		"does PATCH take application/json?":             "same",
		"does PATCH take application/json-patch+json":   "200 OK and applied",
		"are appended tags a union?":                    "same",
		"is the rule for tags enforced?":                "same",
		"what answers a value out of range?":            "same",
		"what answers an undefined custom attribute?":   "same",
		"what answers an id that nobody has?":           "same",
		"what answers a key that is none?":              "same",
		"what answers a body above 100 kB?":             "same",
		"does rev guard":                                "same",
		"does a second create with the same externalId": "201 Created, with a second conversation",
		"are custom attributes merged":                  "same",
		"does null clear":                               "same",
		"how many updates does one conversation take?":  "was refused",
		"do answers say the budget":                     "same",
		"when does x-ratelimit-reset come":              "same",
		"are the conversations of this run cleaned up?": "same",
	} {
		if line := row(t, table, question); !strings.Contains(line, want) {
			t.Errorf("%s does not say %q", line, want)
		}
	}
	for _, c := range srv.Conversations() {
		if c.Attributes.Status != client.StatusDone || c.Hidden["deleted"] != true {
			t.Errorf("conversation %s is left: %+v, %v", c.ID, c.Attributes, c.Hidden)
		}
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{kustomertest.APIKey, os.Getenv("KUSTOMER_CUSTOMER_ID"), strings.TrimPrefix(srv.URL, "http://"), srv.Conversations()[0].ID, "verify-live-1"} {
		if strings.Contains(string(text), secret) || strings.Contains(strings.ReplaceAll(table, report, ""), secret) {
			t.Errorf("the report or the table holds %q", secret)
		}
	}
	for _, want := range []string{"### 1. GET /v1/users/current: 200", "PATCH /v1/conversations/{id} (application/json-patch+json): 200", "x-ratelimit-limit: 1000", `title: "Additional properties not allowed"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report does not hold %q:\n%s", want, text)
		}
	}
	if t.Failed() {
		t.Logf("\n%s", table)
	}
}

// Without a word a report is written, for a sandbox is not asked twice with pleasure.
func TestWhereTheReportGoes(t *testing.T) {
	const title = "# What a sandbox answered"
	for name, test := range map[string]struct {
		args          []string
		file, printed bool
	}{
		"by itself": {nil, true, false},
		"printed":   {[]string{"-report", "-"}, false, true},
		"none":      {[]string{"-report", ""}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			sandbox(t, kustomertest.Config{})
			table, _ := verify(t, exitSame, test.args...)
			text, err := os.ReadFile("verify-live-report.md")
			if (err == nil && strings.HasPrefix(string(text), title)) != test.file {
				t.Errorf("the file holds %q, %v", text, err)
			}
			if strings.Contains(table, title) != test.printed || strings.Contains(table, "The report is in verify-live-report.md") != test.file {
				t.Errorf("it printed:\n%s", table)
			}
		})
	}
}

func TestWhatItNeeds(t *testing.T) {
	for _, name := range []string{"KUSTOMER_SANDBOX", "KUSTOMER_CUSTOMER_ID", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY"} {
		t.Run(name, func(t *testing.T) {
			srv := sandbox(t, kustomertest.Config{})
			t.Setenv(name, "")
			if _, complaint := verify(t, exitFailed); !strings.Contains(complaint, name) {
				t.Errorf("it says %s", complaint)
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
	if _, complaint := verify(t, exitFailed); !strings.Contains(complaint, "no conversation could be created") {
		t.Errorf("it says %s", complaint)
	}
}
