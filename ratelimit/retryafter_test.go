package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// Retry-After is waited for in full, however long, whatever else the refusal says.
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
				b.call(test.request).answer(http.StatusTooManyRequests, h)
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

// A success that was under way does not end the wait, nor does a shorter one.
func TestRetryAfterOutlastsOtherAnswers(t *testing.T) {
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		refusal func() http.Header
	}{
		{"for all", plain, func() http.Header { return spent(100, 10*time.Second) }},
		{"for one record", recordA, func() http.Header { return left(100, 50) }},
		{"for nobody knows what", plain, func() http.Header { return http.Header{} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(100, 50)
				calls := b.calls(3, test.request)
				h := test.refusal()
				h.Set("Retry-After", "90")
				calls[0].answer(http.StatusTooManyRequests, h)
				h.Set("Retry-After", "1")
				calls[1].answer(http.StatusTooManyRequests, h)
				calls[2].answer(http.StatusOK, left(100, 49))
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
