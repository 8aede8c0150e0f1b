package main

import (
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// Responses say that the budget is spent during the clean-up too.
func TestCleanUpOfTwoWhenBusy(t *testing.T) {
	var srv *kustomertest.Server
	srv = sandbox(t, kustomertest.Config{Faults: func(r kustomertest.Request) *kustomertest.Fault {
		if r.Path == "/v1/metadata/conversation" {
			srv.Spend(600)
		}
		return nil
	}})
	table, _ := verify(t, exitFailed)
	if n := len(srv.Conversations()); n != 2 {
		t.Fatalf("%d conversations", n)
	}
	if line := row(t, table, "Are custom attributes merged"); !strings.Contains(line, "less than half") || strings.Contains(line, "may have been applied") {
		t.Error(line) // the request was not sent
	}
	checkCleanUp(t, srv, table)
}

// A create that was applied and got a 500 is found or reported.
func TestCleanUpOfUnclearCreates(t *testing.T) {
	for name, test := range map[string]struct {
		nth        int
		applied    bool
		created    int
		row        string // "" is none
		comparison string
	}{
		"the first one":              {1, true, 1, "deleted and done", "same"},
		"the first one, not applied": {1, false, 0, "", ""},
		"the second one":             {2, true, 2, "one may be left", "DIFFERENT"},
	} {
		t.Run(name, func(t *testing.T) {
			creates := 0
			srv := sandbox(t, kustomertest.Config{Faults: func(r kustomertest.Request) *kustomertest.Fault {
				if r.Method != "POST" || !strings.HasSuffix(r.Path, "/conversations") {
					return nil
				}
				if creates++; creates != test.nth {
					return nil
				}
				return &kustomertest.Fault{Status: 500, Apply: test.applied}
			}})
			want := exitFailed
			if test.nth > 1 {
				want = exitDifferent
			}
			table, _ := verify(t, want)
			if n := len(srv.Conversations()); n != test.created {
				t.Fatalf("%d conversations", n)
			}
			if test.row == "" {
				if strings.Contains(table, cleanUpQuestion) {
					t.Errorf("there is nothing to clean up:\n%s", table)
				}
				return
			}
			if line := row(t, table, cleanUpQuestion); !strings.Contains(line, test.row) || comparison(line) != test.comparison {
				t.Error(line)
			}
			if test.comparison == "same" {
				checkCleanUp(t, srv, table)
			}
		})
	}
}
