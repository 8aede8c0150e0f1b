package ratelimit_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestBeforeTheFirstAnswerOneIsSent(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(5, plain)
		want(t, "sent before the first answer", sent(calls), 1)
		calls[0].answer(http.StatusOK, left(100, 3))
		want(t, "sent with 3 left", sent(calls), 4)
	})
}

func TestUnansweredProbeReleasesMore(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(40, plain)
		for _, step := range []struct {
			pass time.Duration
			want int
		}{{1999 * time.Millisecond, 1}, {time.Millisecond, 2}, {2 * time.Second, 4}, {2 * time.Second, 8}, {1999 * time.Millisecond, 8}, {time.Millisecond, 16}} {
			pass(step.pass)
			want(t, "sent", sent(calls), step.want)
		}
		calls[0].answer(http.StatusOK, left(100, 17))
		want(t, "sent with 17 left and 15 under way", sent(calls), 18)
	})
}

// Doubling each time must not come to an end where a number overflows.
func TestProbesUnansweredForLong(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(1, plain)
		pass(time.Hour)
		calls = append(calls, b.calls(2, plain)...)
		want(t, "sent after an hour", sent(calls), 3)
	})
}

// That no answer came tells nothing of a budget.
func TestFirstProbeFails(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(5, plain)
		calls[0].permit().Done(ratelimit.Result{Err: errors.New("connection refused")})
		pass(0)
		want(t, "sent after the first failed", sent(calls), 2)
		calls[1].answer(http.StatusOK, left(100, 99))
		want(t, "sent after an answer", sent(calls), 5)
	})
}

func TestCancelledProbeIsReplaced(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		first := b.call(plain)
		second, third := b.call(plain), b.call(plain)
		second.cancel()
		pass(0)
		first.permit().Done(ratelimit.Result{Err: second.err()})
		pass(0)
		if !third.sent() {
			t.Error("nothing looks for a budget")
		}
	})
}

func TestAnswersWithoutCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(100, plain)
		// Each answer that says nothing lets twice as many look, until ten of them say that none will.
		for answered, look := range []int{1, 2 + 1, 4 + 2, 8 + 3, 16 + 4, 32 + 5, 64 + 6, 100, 100, 100} {
			want(t, "sent after "+strconv.Itoa(answered)+" answers without a count", sent(calls), look)
			calls[answered].answer(http.StatusOK, nil)
		}
		calls = append(calls, b.calls(1000, plain)...)
		want(t, "sent where answers have no counts", sent(calls), 1100)
		calls = calls[100:]
		want(t, "remaining", b.Snapshot().Remaining, -1)

		// A refusal holds all, and one goes first then.
		calls[0].answer(http.StatusTooManyRequests, nil)
		more := b.calls(10, plain)
		want(t, "sent after a refusal", sent(more), 0)
		pass(999 * time.Millisecond)
		want(t, "sent within a second of it", sent(more), 0)
		pass(time.Second + time.Millisecond)
		want(t, "sent after two seconds", sent(more), 1)
		more[0].answer(http.StatusOK, nil)
		want(t, "sent after a success", sent(more), 10)

		// A count is taken for true as soon as it comes.
		more[1].answer(http.StatusOK, left(100, 50))
		want(t, "sent with 50 left and more under way", sent(b.calls(5, plain)), 0)
	})
}

// An answer of the network's edge, which never has a count, says nothing of the others.
func TestFirstAnswerIsTheEdges(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(10, plain)
		calls[0].answer(http.StatusServiceUnavailable, nil)
		want(t, "sent after an answer of the edge", sent(calls), 2)
		calls[1].answer(http.StatusNotFound, nil)
		want(t, "sent after an answer of the API", sent(calls), 4)
	})
}

// Answers without a count tell that no more counts come if there are ten of them in a row, of the API, and in a window that
// should have begun: some server answers like that now and then.
func TestCountsComeAgain(t *testing.T) {
	miss := func(b *bench) { b.call(plain).answer(http.StatusOK, nil) }
	for _, test := range []struct {
		name string
		miss func(b *bench) // one answer without a count
	}{
		{"within a window", miss},
		{"a count between", func(b *bench) {
			b.learn(100, 90)
			pass(61 * time.Second)
			miss(b)
		}},
		{"a refusal between", func(b *bench) {
			b.call(plain).answer(http.StatusTooManyRequests, spent(100, time.Second))
			pass(61 * time.Second)
			miss(b)
		}},
		{"of the edge", func(b *bench) {
			pass(61 * time.Second)
			b.call(plain).answer(http.StatusServiceUnavailable, nil)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(100, 90)
				for i := range 20 {
					if test.miss(b); b.Snapshot().Remaining < 0 {
						t.Fatalf("after %d answers without a count none is expected any longer", i+1)
					}
				}
			})
		})
	}
}

// A server that stops to send counts must not be asked one by one for ever.
func TestCountsStop(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 2)
		pass(61 * time.Second)
		for range 3 {
			b.call(plain).answer(http.StatusOK, nil)
		}
		calls := b.calls(20, plain)
		if n := sent(calls); n > 2 {
			t.Errorf("%d sent while counts may come again", n)
		}
		for _, c := range calls[:9] {
			c.answer(http.StatusOK, nil)
		}
		want(t, "sent after many answers without a count", sent(calls), 20)
	})
}

// As soon as that is clear nobody waits any longer for those who look.
func TestCountsStopWhileOneLooks(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 20)
		calls := b.calls(20, plain)
		pass(61 * time.Second)
		waiting := b.calls(10, plain)
		want(t, "sent to look", sent(waiting), 1)
		for _, c := range calls[:10] {
			c.answer(http.StatusOK, nil)
		}
		want(t, "sent after many answers without a count", sent(waiting), 10)
	})
}

// silent has a limiter find out that answers have no counts.
func silent(b *bench) {
	for range 10 {
		b.call(plain).answer(http.StatusOK, nil)
	}
}

// Where answers have no counts, one that went first after a refusal and hangs holds up nobody once another has succeeded.
func TestOneThatLooksHangs(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		silent(b)
		b.call(plain).answer(http.StatusTooManyRequests, nil)
		calls := b.calls(10, plain)
		pass(4 * time.Second)
		want(t, "sent to look", sent(calls), 2)
		calls[1].answer(http.StatusOK, nil)
		want(t, "sent after a success", sent(calls), 10)
	})
}

// Those who looked before it was clear that answers have no counts are not among those who look later.
func TestThoseWhoLookedBefore(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		before := b.calls(40, plain)
		for _, c := range before[:10] {
			c.answer(http.StatusOK, nil)
		}
		b.call(plain).answer(http.StatusTooManyRequests, nil)
		for _, c := range before[10:20] {
			c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
		}
		calls := b.calls(10, plain)
		pass(2 * time.Second)
		want(t, "sent to look", sent(calls), 1)
	})
}
