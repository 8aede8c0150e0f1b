package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A refusal whose limit is unknown blocks all requests.
func TestUnclearRefusalBlocksAll(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(b *bench)
		request ratelimit.Request
		header  http.Header
	}{
		"no record and no headers": {func(b *bench) { b.learn(1000, 900) }, plain, nil},
		"nothing is known": {func(b *bench) {
			for range 10 {
				b.call(plain).respond(http.StatusOK, nil)
			}
		}, recordA, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				test.before(b)
				b.call(test.request).respond(http.StatusTooManyRequests, test.header)
				calls := b.calls(5, ratelimit.Request{Op: "another"})
				pass(999 * time.Millisecond)
				want(t, "sent within a second", sent(calls), 0)
				pass(time.Second + time.Millisecond)
				want(t, "sent after two seconds", sent(calls), 1)
				calls[0].respond(http.StatusTooManyRequests, test.header)
				pass(1999 * time.Millisecond)
				want(t, "sent within two seconds of the second refusal", sent(calls), 1)
				pass(2*time.Second + time.Millisecond)
				want(t, "sent after four seconds", sent(calls), 2)
				calls[1].respond(http.StatusOK, left(1000, 700))
				want(t, "sent after a success", sent(calls), 5)
			})
		})
	}
}

// If several such requests are in flight and all are refused, that counts as one refusal.
func TestUnclearRefusalsOfTheSameMoment(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(20, plain)
		pass(100 * time.Millisecond)
		for _, c := range calls {
			c.respond(http.StatusTooManyRequests, nil)
		}
		next := b.call(recordB)
		pass(2 * time.Second)
		want(t, "sent after two seconds", sent([]*call{next}), 1)
	})
}

// A late refusal, after a success, of a request that was in flight at the first refusal shows nothing new.
func TestLateRefusal(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(2, recordA)
		pass(100 * time.Millisecond)
		calls[0].respond(http.StatusTooManyRequests, left(1000, 890))
		pass(4 * time.Second)
		b.call(recordA).respond(http.StatusOK, left(1000, 880))
		calls[1].respond(http.StatusTooManyRequests, left(1000, 879))
		want(t, "sent after it", sent(b.calls(2, recordA)), 2)
	})
}

// A refusal that says nothing is for the budget if little is left or a request was refused before. So is one with a
// reset.
func TestRefusalThatIsProbablyForTheBudget(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(b *bench)
		header http.Header
		want   int // remaining
		others int // sent
	}{
		{"much is left", func(b *bench) { b.learn(1000, 101) }, nil, 100, 5},
		{"little is left", func(b *bench) { b.learn(1000, 100) }, nil, 0, 0},
		{"a reset", func(b *bench) { b.learn(1000, 900) }, header("X-Ratelimit-Reset", "30"), 0, 0},
		{"a refusal", func(b *bench) {
			b.learn(1000, 900)
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, time.Second))
			pass(time.Second)
		}, nil, 0, 0},
		{"a refusal in the previous window", func(b *bench) {
			b.learn(1000, 900)
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, time.Second))
			pass(time.Second)
			b.learn(1000, 900)
		}, nil, 899, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				test.before(b)
				b.call(recordA).respond(http.StatusTooManyRequests, test.header)
				want(t, "remaining", b.Snapshot().Remaining, test.want)
				want(t, "sent", sent(b.calls(5, plain)), test.others)
				want(t, "sent to the record", sent(b.calls(1, recordA)), 0)
			})
		})
	}
}

// After an unclear refusal, counts apply as before: a spent budget is not probed again and again.
func TestUnclearRefusalThenSpent(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(plain).respond(http.StatusTooManyRequests, nil)
		pass(2 * time.Second)
		b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 50*time.Second))
		calls := b.calls(5, plain)
		pass(49 * time.Second)
		want(t, "sent before the window ends", sent(calls), 0)
		pass(2 * time.Second)
		want(t, "sent afterwards", sent(calls), 1)
	})
}
