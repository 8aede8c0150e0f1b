package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The limiter always waits as long as Retry-After asks for, whatever else the refusal says.
func TestRetryAfterIsNotShortened(t *testing.T) {
	record := ratelimit.Request{Object: "a"}
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		header  func() http.Header
	}{
		{"nothing else", plain, func() http.Header { return nil }},
		{"a reset that is sooner", plain, func() http.Header { return spent(100, 5*time.Second) }},
		{"spent without reset", plain, func() http.Header { return left(100, 0) }},
		{"room left, for one record", record, func() http.Header { return left(100, 50) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				h := test.header()
				if h == nil {
					h = http.Header{}
				}
				h.Set("Retry-After", "600")
				b.call(test.request).respond(http.StatusTooManyRequests, h)
				next := b.call(test.request)
				pass(600*time.Second - time.Nanosecond)
				if next.sent() {
					t.Fatal("sent too early")
				}
				pass(2 * time.Second)
				if !next.sent() {
					t.Error("not sent afterwards")
				}
			})
		})
	}
}

// A success of a request that was in flight does not end the wait, and neither does a shorter Retry-After.
func TestRetryAfterOutlastsOtherResponses(t *testing.T) {
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		refusal func() http.Header
	}{
		{"for all", plain, func() http.Header { return spent(100, 10*time.Second) }},
		{"for one record", recordA, func() http.Header { return left(100, 50) }},
		{"for an unknown limit", plain, func() http.Header { return http.Header{} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(100, 50)
				calls := b.calls(3, test.request)
				h := test.refusal()
				h.Set("Retry-After", "90")
				calls[0].respond(http.StatusTooManyRequests, h)
				h.Set("Retry-After", "1")
				calls[1].respond(http.StatusTooManyRequests, h)
				calls[2].respond(http.StatusOK, left(100, 49))
				next := b.call(test.request)
				pass(89 * time.Second)
				if next.sent() {
					t.Error("sent too early")
				}
				pass(2 * time.Second)
				if !next.sent() {
					t.Error("not sent afterwards")
				}
			})
		})
	}
}

// An HTML page of a firewall does not block everything for a day. The refused call gets the whole wait, and a probe is
// sent after 15 minutes.
func TestRetryAfterOfAFirewall(t *testing.T) {
	html := func() http.Header { return header("Content-Type", "text/html", "Retry-After", "86400") }
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		c := b.call(plain)
		c.respond(http.StatusTooManyRequests, html())
		if got := c.permit().(ratelimit.Refuser).Refusal().Wait; got != 24*time.Hour {
			t.Errorf("the wait of the refused call is %v", got)
		}
		calls := b.calls(3, plain)
		pass(15*time.Minute - time.Nanosecond)
		want(t, "sent before 15 minutes", sent(calls), 0)
		pass(time.Nanosecond)
		want(t, "probes sent", sent(calls), 1)
		calls[0].respond(http.StatusTooManyRequests, html())
		pass(15*time.Minute - time.Nanosecond)
		want(t, "sent before 15 more minutes", sent(calls), 1)
		pass(time.Nanosecond)
		calls[1].respond(http.StatusOK, left(1000, 900))
		want(t, "sent after a response of the API", sent(calls), 3)
	})
	// What the API itself asks for is never shortened.
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.call(plain).respond(http.StatusTooManyRequests, header("Content-Type", "application/json", "Retry-After", "3000"))
		next := b.call(plain)
		pass(3000*time.Second - time.Nanosecond)
		want(t, "sent before the wait is over", sent([]*call{next}), 0)
	})
}
