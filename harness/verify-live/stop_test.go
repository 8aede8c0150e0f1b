package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The command stops when others use the organisation.
func TestBusyOrganisation(t *testing.T) {
	t.Run("from the beginning", func(t *testing.T) {
		srv := sandbox(t, kustomertest.Config{})
		srv.Spend(600)
		_, stderr := verify(t, exitFailed)
		if !strings.Contains(stderr, "less than half of the organisation's budget is left") {
			t.Errorf("stderr: %s", stderr)
		}
		if n := len(srv.Requests()); n != 1 {
			t.Errorf("%d requests were sent", n)
		}
	})
	t.Run("later", func(t *testing.T) {
		var srv *kustomertest.Server
		srv = sandbox(t, kustomertest.Config{Faults: func(r kustomertest.Request) *kustomertest.Fault {
			if strings.HasSuffix(r.Path, "/tags") {
				srv.Spend(600)
			}
			return nil
		}})
		table, stderr := verify(t, exitFailed)
		if !strings.Contains(stderr, "less than half") || strings.Contains(table, "What is the status for a value out of range?") {
			t.Errorf("it continues:\n%s%s", table, stderr)
		}
		if line := row(t, table, "Are the conversations of this run cleaned up?"); !strings.Contains(line, "same") {
			t.Error(line)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRecorderStops(t *testing.T) {
	for remaining, busy := range map[int]bool{1000: false, 500: false, 499: true, 300: true, 0: true} {
		sent := 0
		rec := &recorder{next: roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			h := http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {fmt.Sprint(remaining)}}
			return &http.Response{StatusCode: 200, Header: h, Body: http.NoBody}, nil
		})}
		r, err := http.NewRequest("GET", "http://localhost/", nil)
		if err != nil {
			t.Fatal(err)
		}
		send := func() error { _, err := rec.RoundTrip(r); return err }
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if err := send(); errors.Is(err, errBusy) != busy || (sent == 1) != busy {
			t.Errorf("with %d left: %v, %d sent", remaining, err, sent)
		}
		rec.cleaning = true
		for range 2 {
			if err := send(); err != nil {
				t.Errorf("with %d left, cleaning up: %v", remaining, err)
			}
		}
	}
}

func TestInterrupt(t *testing.T) {
	srv := sandbox(t, kustomertest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	alter(t, srv, func(e exchanged) {
		if strings.HasSuffix(e.r.URL.Path, "/tags") {
			cancel()
		}
	})
	var stdout, stderr bytes.Buffer
	if code := run(ctx, nil, &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "stopped early: context canceled") {
		t.Errorf("exit status %d: %s", code, &stderr)
	}
	if strings.Contains(stdout.String(), "Is the rule for tags enforced?") {
		t.Errorf("it continues:\n%s", &stdout)
	}
	checkCleanUp(t, srv, stdout.String())
}
