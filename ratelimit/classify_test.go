package ratelimit_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestClassify(t *testing.T) {
	unix := func(ahead time.Duration) string { return strconv.FormatInt(received.Add(ahead).Unix(), 10) }
	reset := func(ahead time.Duration, pairs ...string) http.Header {
		return header(append(pairs, "X-Ratelimit-Reset", unix(ahead))...)
	}
	none, room, spent := header(), left(1000, 900), left(1000, 0)
	org, object, unknown := ratelimit.ScopeOrg, ratelimit.ScopeObject, ratelimit.ScopeUnknown
	known := ratelimit.Known{Counts: true}
	ofRecord := ratelimit.Known{Counts: true, Record: true}
	for _, test := range []struct {
		name   string
		header http.Header
		known  ratelimit.Known
		scope  ratelimit.Scope
		wait   time.Duration
	}{
		{"nothing left", spent, ofRecord, org, 0},
		{"something left", room, known, object, 0},
		{"something left, the first response", room, ratelimit.Known{}, object, 0},
		{"a reset", reset(30 * time.Second), ofRecord, org, 30 * time.Second},
		{"a reset and something left", reset(30*time.Second, "X-Ratelimit-Remaining", "9"), known, org, 30 * time.Second},
		{"a reset with every response", reset(30*time.Second, "X-Ratelimit-Remaining", "9"), ratelimit.Known{ResetsAlways: true}, object, 0},
		{"a reset with every response, and nothing left", reset(30*time.Second, "X-Ratelimit-Remaining", "0"), ratelimit.Known{ResetsAlways: true}, org, 30 * time.Second},
		{"a reset that makes no sense", header("X-Ratelimit-Reset", "soon"), ofRecord, org, 0},
		{"a reset in ten minutes", reset(10 * time.Minute), known, org, 10 * time.Minute},
		{"a reset in fifteen minutes", reset(15 * time.Minute), known, org, 15 * time.Minute},
		{"a reset further ahead", reset(15*time.Minute + time.Second), known, org, time.Minute},
		{"a reset further ahead beside another", header("X-Ratelimit-Reset", "30, 99999"), known, org, 30 * time.Second},
		{"no word", none, known, unknown, 0},
		{"no word, for a record", none, ofRecord, object, 0},
		{"no word, for a record, the first response", none, ratelimit.Known{Record: true}, unknown, 0},
		{"no word, and little was left", none, ratelimit.Known{Counts: true, Record: true, NearlySpent: true}, org, 0},
		{"Retry-After", header("Retry-After", "7.2"), known, unknown, 8 * time.Second},
		{"Retry-After that is longer", reset(30*time.Second, "Retry-After", "40"), known, org, 40 * time.Second},
		{"Retry-After that is shorter", reset(30*time.Second, "Retry-After", "4"), known, org, 30 * time.Second},
		{"HTML", header("Content-Type", "text/html", "Retry-After", "4"), ofRecord, unknown, 4 * time.Second},
		{"HTML with counts", left(1000, 0, "Content-Type", "text/html"), ofRecord, unknown, 0},
		{"JSON without counts", header("Content-Type", "Application/JSON"), ofRecord, object, 0},
		{"plain text", header("Content-Type", "text/plain", "Retry-After", "4"), ofRecord, unknown, 4 * time.Second},
		{"plain text with counts", left(1000, 900, "Content-Type", "text/plain"), known, object, 0},
		{"plain text with a limit", header("X-Ratelimit-Limit", "1000", "Content-Type", "text/plain"), ofRecord, object, 0},
		{"JSON", left(1000, 900, "Content-Type", "Application/JSON; charset=utf-8"), known, object, 0},
	} {
		got := ratelimit.Classify(test.header, received, test.known)
		if want := (ratelimit.Refusal{Scope: test.scope, Wait: test.wait}); got != want {
			t.Errorf("%s: %v %v, want %v %v", test.name, got.Scope, got.Wait, want.Scope, want.Wait)
		}
	}
}

// A permit returns what its refusal means, and how long the next request like it has to wait.
func TestRefusalOfAPermit(t *testing.T) {
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		status  int
		header  http.Header
		scope   ratelimit.Scope
		wait    [2]time.Duration // from and to
	}{
		{"no refusal", plain, http.StatusOK, left(1000, 0), ratelimit.ScopeUnknown, [2]time.Duration{0, 0}},
		{"the budget's", plain, http.StatusTooManyRequests, spent(1000, 40*time.Second), ratelimit.ScopeOrg, [2]time.Duration{39 * time.Second, 40 * time.Second}},
		{"ten minutes", plain, http.StatusTooManyRequests, spent(1000, 10*time.Minute), ratelimit.ScopeOrg, [2]time.Duration{599 * time.Second, 600 * time.Second}},
		{"a record's", recordA, http.StatusTooManyRequests, left(1000, 890), ratelimit.ScopeObject, [2]time.Duration{time.Second, 2 * time.Second}},
		{"a record's with Retry-After", recordA, http.StatusTooManyRequests, left(1000, 890, "Retry-After", "30"), ratelimit.ScopeObject, [2]time.Duration{30 * time.Second, 30 * time.Second}},
		{"a record's without a word", recordA, http.StatusTooManyRequests, nil, ratelimit.ScopeObject, [2]time.Duration{time.Second, 2 * time.Second}},
		{"an operation's", ratelimit.Request{Op: "search"}, http.StatusTooManyRequests, left(1000, 890), ratelimit.ScopeObject, [2]time.Duration{time.Second, 2 * time.Second}},
		{"without a word", plain, http.StatusTooManyRequests, nil, ratelimit.ScopeUnknown, [2]time.Duration{time.Second, 2 * time.Second}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1000, 900)
				if test.header.Get("X-Ratelimit-Reset") != "" {
					test.header = spent(1000, test.wait[1])
				}
				c := b.call(test.request)
				c.respond(test.status, test.header)
				got := c.permit().(ratelimit.Refuser).Refusal()
				if got.Scope != test.scope || got.Wait < test.wait[0] || got.Wait > test.wait[1] {
					t.Errorf("%v %v", got.Scope, got.Wait)
				}
				if got.Wait == 0 {
					return
				}
				next := b.call(test.request)
				pass(got.Wait - time.Nanosecond)
				want(t, "sent before the wait is over", sent([]*call{next}), 0)
				pass(time.Nanosecond)
				want(t, "sent then", sent([]*call{next}), 1)
			})
		})
	}
}

func TestScopeString(t *testing.T) {
	for scope, want := range map[ratelimit.Scope]string{
		ratelimit.ScopeUnknown: "unknown", ratelimit.ScopeOrg: "org", ratelimit.ScopeObject: "object", 9: "Scope(9)",
	} {
		if got := scope.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
