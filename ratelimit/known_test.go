package ratelimit_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// knownLimits are the limits per record or customer, and of searches, that a caller can set.
var knownLimits = map[string]struct {
	config  ratelimit.Config
	request ratelimit.Request
}{
	"object":   {ratelimit.Config{ObjectLimit: 3}, recordA},
	"customer": {ratelimit.Config{CustomerLimit: 3}, customerA},
	"search":   {ratelimit.Config{SearchLimit: 3}, ratelimit.Request{Op: "find customers", Search: true}},
}

func inKnown(t *testing.T, f func(b *bench, r ratelimit.Request)) {
	for name, test := range knownLimits {
		t.Run(name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				b.learn(1000, 900)
				f(b, test.request)
			})
		})
	}
}

func TestKnownLimitPerWindow(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		t := b.t
		calls := b.calls(8, r)
		want(t, "sent", sent(calls), 3)
		pass(10 * time.Second)
		for i, c := range calls[:3] {
			c.respond(http.StatusOK, left(1000, 800-i))
			pass(time.Second)
		}
		pass(57*time.Second - time.Nanosecond)
		want(t, "sent within the window, which begins with the first response at the latest", sent(calls), 3)
		pass(time.Nanosecond)
		want(t, "sent in the next window", sent(calls), 6)
		for _, r := range []ratelimit.Request{recordB, {Customer: "b"}, plain} {
			if !b.call(r).sent() {
				t.Errorf("%+v waits too", r)
			}
		}
	})
}

// A request in flight may count in the next window, so no other is sent before its response.
func TestKnownLimitWithASlowResponse(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		calls := b.calls(8, r)
		calls[0].respond(http.StatusOK, left(1000, 800))
		calls[1].respond(http.StatusOK, left(1000, 799))
		pass(61 * time.Second)
		b.learn(1000, 900)
		calls = append(calls, b.call(r))
		want(b.t, "sent before the response", sent(calls), 3)
		calls[2].respond(http.StatusOK, left(1000, 798))
		want(b.t, "sent after it", sent(calls), 6)
	})
}

// A request without a response may have counted. It does not show when the window began if another response does.
func TestKnownLimitWithALostRequest(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		t := b.t
		lost := func(c *call) {
			c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
			pass(0)
		}
		lost(b.call(r))
		pass(30 * time.Second)
		calls := b.calls(8, r)
		calls[0].respond(http.StatusOK, left(1000, 800)) // the window ends 60 s later
		pass(20 * time.Second)
		lost(calls[1])
		pass(40*time.Second - time.Nanosecond)
		want(t, "sent in the window", sent(calls), 2)
		pass(time.Nanosecond)
		want(t, "sent when it has ended", sent(calls), 5)
	})
}

// If no response shows when the window began, it ends all the same.
func TestKnownLimitWithoutResponses(t *testing.T) {
	for name, end := range map[string]func(c *call){
		"no response": func(c *call) { c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")}) },
		"long ago": func(c *call) {
			c.permit().Done(ratelimit.Result{Received: time.Unix(1, 0), Err: errors.New("connection reset")})
		},
		"refused":    func(c *call) { c.respond(http.StatusTooManyRequests, left(1000, 800)) },
		"org's":      func(c *call) { c.respond(http.StatusTooManyRequests, spent(1000, 9*time.Second)) },
		"not a word": func(c *call) { c.respond(http.StatusTooManyRequests, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			inKnown(t, func(b *bench, r ratelimit.Request) {
				for _, c := range b.calls(3, r) {
					end(c)
				}
				next := b.call(r)
				if pass(0); next.sent() {
					t.Error("sent at once, though all of the limit may be spent")
				}
				pass(61 * time.Second)
				if !next.sent() {
					t.Errorf("not sent in the next window: %+v", b.Snapshot())
				}
			})
		})
	}
}

// A refusal for the budget does not count against the record's limit.
func TestRefusalForTheBudgetIsRefunded(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		calls := b.calls(3, r)
		calls[0].respond(http.StatusTooManyRequests, spent(1000, 9*time.Second))
		pass(10 * time.Second)
		calls[1].respond(http.StatusOK, left(1000, 999))
		calls[2].respond(http.StatusOK, left(1000, 998))
		calls = append(calls, b.call(r), b.call(r))
		want(b.t, "sent", sent(calls), 4)
	})
}

// A refusal when the record's limit is reached anyway starts no backoff: the record waits for its window.
func TestRecordIsRefusedBelowItsKnownLimit(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		calls := b.calls(2, r)
		calls[0].respond(http.StatusOK, left(1000, 800))
		calls[1].respond(http.StatusTooManyRequests, left(1000, 800))
		next := b.call(r)
		pass(999 * time.Millisecond)
		if next.sent() {
			b.t.Error("sent within a second of a refusal")
		}
		pass(1001 * time.Millisecond)
		if !next.sent() {
			b.t.Error("not sent after it")
		}
	})
}

// Windows may begin at full minutes of the server's clock: one request finds out, and the others follow it.
func TestKnownLimitInTheServersMinutes(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		want   []int // sent after the response, 60 s after the first response and 100 s after this one
	}{
		{"renewed", http.StatusOK, left(1000, 700), []int{6, 6, 6}},
		{"not renewed", http.StatusTooManyRequests, left(1000, 700), []int{4, 6, 6}},
		{"Retry-After", http.StatusTooManyRequests, left(1000, 700, "Retry-After", "99"), []int{4, 4, 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inKnown(t, func(b *bench, r ratelimit.Request) {
				t := b.t
				time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(80 * time.Second))) // 20 s after a full minute
				calls := b.calls(6, r)
				for _, c := range calls[:3] {
					c.respond(http.StatusOK, left(1000, 800, "Date", time.Now().UTC().Format(http.TimeFormat)))
				}
				pass(39 * time.Second)
				want(t, "sent before the minute ends", sent(calls), 3)
				pass(3 * time.Second)
				want(t, "sent after it has ended", sent(calls), 4)
				calls[3].respond(test.status, test.header)
				want(t, "sent after the response", sent(calls), test.want[0])
				pass(19 * time.Second)
				want(t, "sent 60 s after the first response", sent(calls), test.want[1])
				pass(81 * time.Second)
				want(t, "sent at last", sent(calls), test.want[2])
			})
		})
	}
}

// If a window had no response, nothing is known about minutes.
func TestMinuteOfThePreviousWindow(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		for i, c := range b.calls(3, r) {
			c.respond(http.StatusOK, left(1000, 800-i, "Date", time.Now().UTC().Format(http.TimeFormat)))
		}
		pass(61 * time.Second)
		for _, c := range b.calls(3, r) {
			c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
		}
		next := b.call(r)
		pass(59 * time.Second)
		want(b.t, "sent in the window", sent([]*call{next}), 0)
		pass(time.Second)
		want(b.t, "sent in the next one", sent([]*call{next}), 1)
	})
}

// The requests of a record are still counted while many other records are used.
func TestKnownLimitBesideOtherRecords(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		for i, c := range b.calls(3, r) {
			c.respond(http.StatusOK, left(1000, 800-i))
		}
		for i := range 20 {
			b.call(ratelimit.Request{Object: fmt.Sprint("other", i)}).respond(http.StatusOK, left(1000, 700-i))
		}
		want(b.t, "sent beyond the limit", sent(b.calls(2, r)), 0)
	})
}

// A call that is cancelled or times out leaves its place to the next one.
func TestPlaceOfACancelledCall(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		b.learn(1000, 0)
		other := b.call(plain)
		waiting := b.calls(3, r) // have a place each, and wait for the budget
		behind := b.call(r)
		for _, c := range waiting {
			c.cancel()
		}
		other.respond(http.StatusTooManyRequests, spent(1000, 5*time.Second))
		pass(6 * time.Second)
		if !behind.sent() {
			b.t.Error("the places of the cancelled calls are lost")
		}
	})
}
