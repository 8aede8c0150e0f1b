package ratelimit_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The budget is spent before the first request, and nothing is known of the window.
func TestSpentBudget(t *testing.T) {
	always := func(text string) func(time.Time) string { return func(time.Time) string { return text } }
	for _, test := range []struct {
		name  string
		reset func(time.Time) string
		first int           // refusals in the first window
		late  time.Duration // how long after its end the next one may be found
	}{
		{"seconds", unixReset, 1, time.Second},
		{"milliseconds", func(end time.Time) string { return strconv.FormatInt(end.UnixMilli(), 10) }, 1, time.Second},
		{"delta", deltaReset, 1, 2 * time.Second},
		{"none", nil, 10, 12 * time.Second},
		{"malformed", always("soon"), 10, 12 * time.Second},
		{"far ahead", func(end time.Time) string { return unixReset(end.Add(121 * time.Second)) }, 10, 12 * time.Second},
		{"past", func(time.Time) string { return unixReset(time.Now().Add(-time.Hour)) }, 10, 12 * time.Second},
		{"zero", always("0"), 10, 12 * time.Second},
	} {
		for _, grid := range []bool{true, false} {
			t.Run(test.name+"/grid "+strconv.FormatBool(grid), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, ratelimit.Config{})
					s := &server{limit: 50, grid: grid, reset: test.reset}
					time.Sleep(60*time.Second + 300*time.Millisecond)
					s.spend()
					time.Sleep(13 * time.Second)
					end := s.end
					s.run(t, b, 50, 20)
					if late := time.Since(end); late > test.late+time.Second {
						t.Errorf("the next window was found and used %v after it began", late)
					}
					if s.refused[0] == 0 || s.refused[0] > test.first {
						t.Errorf("%d refusals in the first window, want 1 to %d", s.refused[0], test.first)
					}
					want(t, "accepted in the second window", s.accepted[1], 50)
				})
			})
		}
	}
}

// Once a reset was seen, later windows are known: nobody is refused again, and none of them is waited for too long.
func TestLaterWindowsAreKnown(t *testing.T) {
	for _, grid := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := &server{limit: 50, grid: grid, reset: unixReset}
			time.Sleep(17 * time.Second)
			began := time.Now()
			s.run(t, newBench(t, ratelimit.Config{}), 500, 20)
			refused := 0
			for i, n := range s.refused {
				if refused += n; i > 0 && n > 0 {
					t.Errorf("%d refusals in window %d", n, i)
				}
			}
			if refused > 1 {
				t.Errorf("%d refusals", refused)
			}
			if d := time.Since(began); d > 10*time.Minute {
				t.Errorf("10 windows took %v", d)
			}
			want(t, "windows", len(s.accepted), 10)
		})
	}
}

// One is sent to be told when the window ends; all others wait for it, and for that end then.
func TestOneAsksWhenTheWindowEnds(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 0)
		calls := b.calls(10, plain)
		want(t, "sent to be told the end", sent(calls), 1)
		pass(10 * time.Second)
		want(t, "sent while that is unanswered", sent(calls), 1)
		calls[0].answer(http.StatusTooManyRequests, spent(100, 30*time.Second))
		pass(29 * time.Second)
		want(t, "sent before the window ends", sent(calls), 1)
		pass(2 * time.Second)
		want(t, "sent after it has ended", sent(calls), 2)
		calls[1].answer(http.StatusOK, left(100, 99))
		want(t, "sent in the new window", sent(calls), 10)
	})
}

// With a reserve nobody is refused, for the budget is never used up: from time to time one looks.
func TestReserveIsNotSpentToAsk(t *testing.T) {
	inBubble(t, ratelimit.Config{ReserveCount: 10}, func(b *bench) {
		b.learn(100, 10)
		calls := b.calls(20, plain)
		want(t, "sent at once", sent(calls), 0)
		looks := 0
		for range 59 {
			pass(time.Second)
			if n := sent(calls); n > looks {
				want(t, "sent at a time", n-looks, 1)
				calls[looks].answer(http.StatusOK, left(100, 9-looks))
				looks = n
			}
		}
		if looks < 2 || looks > 8 {
			t.Errorf("looked %d times in a window", looks)
		}
	})
}

// Answers that all say when the window ends need no refusal to tell.
func TestResetOnEveryAnswer(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		h := spent(100, 40*time.Second)
		b.call(plain).answer(http.StatusOK, h)
		calls := b.calls(5, plain)
		pass(39 * time.Second)
		want(t, "sent before the window ends", sent(calls), 0)
		pass(time.Second)
		want(t, "sent when it has ended", sent(calls), 1)
	})
}

// A minute without traffic ends the window, whatever was left: one looks when nothing is.
func TestIdleWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 3)
		pass(time.Hour)
		calls := b.calls(10, plain)
		want(t, "sent with 3 left long ago, and one that looks", sent(calls), 4)
		calls[0].answer(http.StatusOK, left(100, 99))
		want(t, "sent in the new window", sent(calls), 10)
	})
}
