package ratelimit_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// knownLimits are the two limits per record or customer that a caller can set.
var knownLimits = map[string]struct {
	config  ratelimit.Config
	request ratelimit.Request
}{
	"object":   {ratelimit.Config{ObjectLimit: 3}, recordA},
	"customer": {ratelimit.Config{CustomerLimit: 3}, customerA},
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
		for _, c := range calls[:3] {
			c.answer(http.StatusOK, left(1000, 800))
		}
		pass(60*time.Second - time.Nanosecond)
		want(t, "sent within the window, which begins with the first answer at the latest", sent(calls), 3)
		pass(time.Nanosecond)
		want(t, "sent in the next window", sent(calls), 6)
		for _, r := range []ratelimit.Request{recordB, {Customer: "b"}, plain} {
			if !b.call(r).sent() {
				t.Errorf("%+v waits too", r)
			}
		}
	})
}

// Where no answer shows when the window began, it ends all the same.
func TestKnownLimitWithoutAnswers(t *testing.T) {
	for name, end := range map[string]func(c *call){
		"no answer":  func(c *call) { c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")}) },
		"refused":    func(c *call) { c.answer(http.StatusTooManyRequests, left(1000, 800)) },
		"org's":      func(c *call) { c.answer(http.StatusTooManyRequests, spent(1000, 9*time.Second)) },
		"not a word": func(c *call) { c.answer(http.StatusTooManyRequests, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			inKnown(t, func(b *bench, r ratelimit.Request) {
				for _, c := range b.calls(3, r) {
					end(c)
				}
				next := b.call(r)
				pass(61 * time.Second)
				if !next.sent() {
					t.Errorf("not sent in the next window: %+v", b.Snapshot())
				}
			})
		})
	}
}

// A refusal for the budget costs the record nothing.
func TestBudgetsRefusalCostsTheRecordNothing(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		calls := b.calls(3, r)
		calls[0].answer(http.StatusTooManyRequests, spent(1000, 9*time.Second))
		pass(10 * time.Second)
		calls[1].answer(http.StatusOK, left(1000, 999))
		calls[2].answer(http.StatusOK, left(1000, 998))
		calls = append(calls, b.call(r), b.call(r))
		want(b.t, "sent", sent(calls), 4)
	})
}

// A refused request that had no room left either way is not held against the record: it waits for its window.
func TestLimitThatIsLowerThanKnown(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		calls := b.calls(2, r)
		calls[0].answer(http.StatusOK, left(1000, 800))
		calls[1].answer(http.StatusTooManyRequests, left(1000, 800))
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
	for _, renewed := range []bool{true, false} {
		t.Run(fmt.Sprint(renewed), func(t *testing.T) {
			inKnown(t, func(b *bench, r ratelimit.Request) {
				t := b.t
				date := func() (string, string) { return "Date", time.Now().UTC().Format(http.TimeFormat) }
				time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(80 * time.Second))) // 20 s after a full minute
				calls := b.calls(6, r)
				for _, c := range calls[:3] {
					name, value := date()
					c.answer(http.StatusOK, left(1000, 800, name, value))
				}
				pass(39 * time.Second)
				want(t, "sent before the minute ends", sent(calls), 3)
				pass(3 * time.Second)
				want(t, "sent after it has ended", sent(calls), 4)
				if renewed {
					calls[3].answer(http.StatusOK, left(1000, 700))
					want(t, "sent in the new window", sent(calls), 6)
					return
				}
				calls[3].answer(http.StatusTooManyRequests, left(1000, 700))
				pass(17 * time.Second)
				want(t, "sent after the refusal", sent(calls), 4)
				pass(2 * time.Second)
				want(t, "sent 60 s after the first answer", sent(calls), 6)
			})
		})
	}
}

// A call that is cancelled, or was never sent for want of time, leaves its place to the next.
func TestPlaceOfACancelledCall(t *testing.T) {
	inKnown(t, func(b *bench, r ratelimit.Request) {
		b.learn(1000, 0)
		ask := b.call(plain)
		waiting := b.calls(3, r) // have a place each, and wait for the budget
		behind := b.call(r)
		for _, c := range waiting {
			c.cancel()
		}
		ask.answer(http.StatusTooManyRequests, spent(1000, 5*time.Second))
		pass(6 * time.Second)
		if !behind.sent() {
			b.t.Error("the places are lost")
		}
	})
}
