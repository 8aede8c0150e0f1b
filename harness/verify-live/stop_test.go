package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// An organisation in use is left alone.
func TestBusyOrganisation(t *testing.T) {
	t.Run("from the beginning", func(t *testing.T) {
		srv := sandbox(t, kustomertest.Config{})
		srv.Spend(600)
		_, complaint := verify(t, exitFailed)
		if !strings.Contains(complaint, "less than half of the organisation's budget is left") {
			t.Errorf("it says %s", complaint)
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
		table, complaint := verify(t, exitFailed)
		if !strings.Contains(complaint, "less than half") || strings.Contains(table, "what answers a value out of range?") {
			t.Errorf("it goes on:\n%s%s", table, complaint)
		}
		if line := row(t, table, "are the conversations of this run cleaned up?"); !strings.Contains(line, "same") {
			t.Error(line)
		}
	})
}

// The client leaves half of the budget alone, before it is the recorder's turn.
func TestReserve(t *testing.T) {
	srv := sandbox(t, kustomertest.Config{})
	v, err := newVerifier("65f0a1b2c3d4e5f600000009", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.client.Do(t.Context(), "GET", "/v1/users/current", nil); err != nil {
		t.Fatal(err)
	}
	if s, ok := v.client.RateLimit(); !ok || s.Limit != 1000 || s.Reserve != 500 || len(srv.Requests()) != 1 {
		t.Errorf("%+v is left to others", s)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The recorder holds calls back by itself, for calls that the client's limiter has let through already.
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
		rec.clean()
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
	if code := run(ctx, nil, &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "it stopped early: context canceled") {
		t.Errorf("it ended with %d: %s", code, &stderr)
	}
	if strings.Contains(stdout.String(), "is the rule for tags enforced?") {
		t.Errorf("it goes on:\n%s", &stdout)
	}
	cleaned(t, srv, stdout.String())
}

// cleaned holds that all conversations are deleted and done, and that the table says so.
func cleaned(t *testing.T, srv *kustomertest.Server, table string) {
	t.Helper()
	if line := row(t, table, "are the conversations of this run cleaned up?"); verdict(line) != "same" {
		t.Error(line)
	}
	for _, c := range srv.Conversations() {
		if c.Attributes.Status != client.StatusDone || c.Hidden["deleted"] != true {
			t.Errorf("conversation %s is left", c.ID)
		}
	}
}
