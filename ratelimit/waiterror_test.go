package ratelimit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The error of a call that was not sent has the limit that it waits for. A cap of the caller is not a limit of the
// organisation.
func TestWaitErrorHasTheReason(t *testing.T) {
	spend := func(b *bench) { b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 30*time.Second)) }
	inFlight := func(n int, r ratelimit.Request) func(b *bench) { return func(b *bench) { b.calls(n, r) } }
	org, object, unknown := ratelimit.ScopeOrg, ratelimit.ScopeObject, ratelimit.ScopeUnknown
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		prepare func(b *bench)
		request ratelimit.Request
		scope   ratelimit.Scope
		wait    time.Duration
		text    string
	}{
		{"budget", ratelimit.Config{}, spend, plain, org, 30 * time.Second, "no request may be sent for at least 30s"},
		{"budget and a cap", ratelimit.Config{MaxInFlight: 1}, func(b *bench) { spend(b); b.call(plain) }, plain, org, 30 * time.Second, "no request may be sent for at least 30s"},
		{"requests in flight", ratelimit.Config{MaxInFlight: 100}, inFlight(100, plain), plain, unknown, 0,
			"100 requests are in flight, as many as MaxInFlight allows; the next one is sent when one of them ends"},
		{"requests in flight, for a record", ratelimit.Config{MaxInFlight: 3}, inFlight(3, plain), recordA, unknown, 0,
			"3 requests are in flight, as many as MaxInFlight allows; the next one is sent when one of them ends"},
		{"rate", ratelimit.Config{MaxRate: 3}, inFlight(2, plain), plain, unknown, time.Minute,
			"no request may be sent for at least 1m0s: MaxRate allows 3 requests in 60 seconds"},
		{"a record", ratelimit.Config{}, inFlight(4, recordA), recordA, object, 0,
			"4 requests for this record are in flight; the next one is sent when one of them ends"},
		{"a customer", ratelimit.Config{}, inFlight(4, customerA), customerA, object, 0,
			"4 requests for this customer are in flight; the next one is sent when one of them ends"},
		{"a record that is refused", ratelimit.Config{}, func(b *bench) {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "5"))
		}, recordA, object, 5 * time.Second, "no request for this record, customer or operation may be sent for at least 5s"},
		{"a refusal without a reason", ratelimit.Config{}, func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, header("Retry-After", "5"))
		}, plain, unknown, 5 * time.Second,
			"no request may be sent for at least 5s: a request was refused, and the response does not say which limit it met"},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				b.learn(1000, 900)
				test.prepare(b)
				test.request.MaxWait = -1
				e := b.call(test.request).waitError()
				if e.Scope != test.scope || e.Wait != test.wait || strings.TrimPrefix(e.Error(), "ratelimit: ") != test.text {
					t.Errorf("%v, %v, %q, want %v, %v, %q", e.Scope, e.Wait, e, test.scope, test.wait, test.text)
				}
			})
		})
	}
}
