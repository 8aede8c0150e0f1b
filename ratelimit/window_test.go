package ratelimit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The budget is spent before the first request, and nothing is known about the window.
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
		{"far ahead, which is one window", func(end time.Time) string { return unixReset(end.Add(time.Hour)) }, 1, 14 * time.Second},
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

// After a reset was seen, later windows are known: no request is refused again, and none waits too long.
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

// One request is sent to learn when the window ends. All others wait for its response, and then for the end.
func TestOneRequestLearnsTheReset(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 0)
		calls := b.calls(10, plain)
		want(t, "sent to learn the reset", sent(calls), 1)
		pass(10 * time.Second)
		want(t, "sent while that has no response", sent(calls), 1)
		calls[0].respond(http.StatusTooManyRequests, spent(100, 30*time.Second))
		pass(29 * time.Second)
		want(t, "sent before the window ends", sent(calls), 1)
		pass(2 * time.Second)
		want(t, "sent after it has ended", sent(calls), 2)
		calls[1].respond(http.StatusOK, left(100, 99))
		want(t, "sent in the new window", sent(calls), 10)
	})
}

// Shortly before the end of a window, no request is sent to learn it.
func TestNoRequestForTheResetShortlyBeforeTheEnd(t *testing.T) {
	for known, probes := range map[time.Duration]int{53 * time.Second: 1, 54 * time.Second: 0} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(100, 50)
			pass(known)
			b.learn(100, 0)
			want(t, fmt.Sprintf("sent after %v", known), sent(b.calls(3, plain)), probes)
		})
	}
}

// If refusals have no reset, no request is sent to be refused in later windows.
func TestNoRequestForAResetThatRefusalsLack(t *testing.T) {
	without := func() http.Header { return left(100, 0) }
	with := func() http.Header { return spent(100, 30*time.Second) }
	for _, test := range []struct {
		name     string
		refusals []func() http.Header // in the first window
		want     int                  // sent in the second one when it is spent
	}{
		{"with a reset", []func() http.Header{with}, 1},
		{"without a reset", []func() http.Header{without}, 0},
		{"the last one with a reset", []func() http.Header{without, with}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(100, 0)
				for _, h := range test.refusals {
					probe := b.call(plain)
					pass(20 * time.Second)
					probe.respond(http.StatusTooManyRequests, h())
				}
				pass(3 * time.Minute) // when the second one begins is not known
				b.learn(100, 99)
				b.learn(100, 0)
				want(t, "sent", sent(b.calls(3, plain)), test.want)
			})
		})
	}
}

// A window that was seen to begin ends 60 s later. A reset, which has whole seconds, may be that time rounded up.
func TestResetInWholeSeconds(t *testing.T) {
	for _, test := range []struct {
		name        string
		seen        bool // to begin
		reset, want time.Duration
	}{
		{"rounded up", true, 61 * time.Second, 60*time.Second + 400*time.Millisecond},
		{"rounded down", true, 60 * time.Second, 60 * time.Second},
		{"rounded up, on a clock known to a second", true, 62 * time.Second, 60*time.Second + 400*time.Millisecond},
		{"another moment", true, 63 * time.Second, 63 * time.Second},
		{"not seen to begin", false, 61 * time.Second, 61 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				if test.seen {
					b.call(plain).respond(http.StatusTooManyRequests, spent(2, time.Second))
					pass(time.Second)
				}
				began := time.Now() // a full second
				pass(200 * time.Millisecond)
				first := b.call(plain)
				pass(200 * time.Millisecond)
				first.respond(http.StatusOK, left(2, 1))
				b.call(plain).respond(http.StatusOK, left(2, 0, "X-Ratelimit-Reset", unixReset(began.Add(test.reset))))
				next := b.call(plain)
				pass(2 * time.Minute)
				if d := next.ended().Sub(began); d != test.want {
					t.Errorf("the next one went after %v, want %v", d, test.want)
				}
			})
		})
	}
}

// A late response of the previous window says when that one ends. Its reset has whole seconds, so it may be a moment ahead.
func TestResetOfThePreviousWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		resetIn := func(d time.Duration) string { return unixReset(time.Now().Add(d)) }
		b.call(plain).respond(http.StatusOK, left(9, 8, "X-Ratelimit-Reset", resetIn(time.Minute)))
		late := b.call(plain)
		pass(time.Minute + 100*time.Millisecond)
		b.call(plain).respond(http.StatusOK, left(9, 8, "X-Ratelimit-Reset", resetIn(time.Minute)))
		end := b.Snapshot().Reset
		late.respond(http.StatusOK, left(9, 7, "X-Ratelimit-Reset", resetIn(time.Second)))
		if got := b.Snapshot().Reset; !got.Equal(end) {
			t.Errorf("the window ends at %v, before the late response at %v", got, end)
		}
	})
}

// If the beginning of a window is known to half a minute, there are no probes: one would be refused in each window.
func TestProbesDependOnWhatIsKnown(t *testing.T) {
	type response struct {
		wait time.Duration
		left int
	}
	for _, test := range []struct {
		name      string
		responses []response
		probes    bool // before the window has surely ended
	}{
		{"not seen to begin", []response{{0, 50}, {30 * time.Second, 10}}, true},
		{"seen to begin", []response{{0, 50}, {30 * time.Second, 99}, {0, 10}}, false},
		{"seen to begin, after a pause", []response{{0, 50}, {31 * time.Second, 99}, {0, 10}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{ReserveCount: 10}, func(b *bench) {
				for _, a := range test.responses {
					pass(a.wait)
					b.learn(100, a.left)
				}
				end := b.Snapshot().Reset
				next := b.call(plain)
				pass(2 * time.Minute)
				if probes := next.ended().Before(end); probes != test.probes {
					t.Errorf("the next one went %v before the end", end.Sub(next.ended()))
				}
			})
		})
	}
}

// With a reserve, no request is sent to be refused, because the budget is never used up. Nor is one if refusals are
// known to have no reset. Probes are sent from time to time: less often if others use the budget too, and at the full
// minute of the server's clock, if it is known.
func TestTimeOfProbes(t *testing.T) {
	date := func() string { return time.Now().UTC().Format(http.TimeFormat) }
	for _, test := range []struct {
		name   string
		second int  // of the server's minute; 0 if no response has a Date
		others bool // draw on the budget too
		want   []int
	}{
		{"alone", 0, false, []int{12, 24, 36, 48, 60}},
		{"others", 0, true, []int{15, 30, 45, 60}},
		{"minute in sight", 20, false, []int{12, 24, 40, 50, 60}},
		{"minute soon", 55, false, []int{5, 16, 27, 38, 49, 60}},
		{"minute soon, others", 55, true, []int{5, 19, 33, 46, 60}},
	} {
		for _, refused := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/refused %t", test.name, refused), func(t *testing.T) {
				inBubble(t, ratelimit.Config{ReserveCount: 10}, func(b *bench) {
					pass(time.Duration(test.second) * time.Second)
					respond := func(status, remaining int) {
						h := left(100, remaining)
						if test.second > 0 {
							h.Set("Date", date())
						}
						b.call(plain).respond(status, h)
					}
					if test.others {
						respond(http.StatusOK, 90)
					}
					respond(http.StatusOK, 10)
					began := time.Now()
					var got []int
					for len(got) < len(test.want) {
						next := b.call(plain)
						for !next.sent() {
							pass(time.Second)
						}
						got = append(got, int(next.ended().Sub(began).Round(time.Second)/time.Second))
						if refused {
							next.respond(http.StatusTooManyRequests, left(100, 0))
						} else {
							next.respond(http.StatusOK, left(100, 10))
						}
					}
					if !slices.Equal(got, test.want) {
						t.Errorf("probed after %d s, want %d", got, test.want)
					}
				})
			})
		}
	}
}

// If all responses have a reset, no refusal is needed to learn it.
func TestResetInEachResponse(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		h := spent(100, 40*time.Second)
		b.call(plain).respond(http.StatusOK, h)
		calls := b.calls(5, plain)
		pass(39 * time.Second)
		want(t, "sent before the window ends", sent(calls), 0)
		pass(time.Second)
		want(t, "sent when it has ended", sent(calls), 1)
	})
}

// A minute without traffic ends the window, whatever was left: if nothing was, one request probes. After two minutes,
// others may have spent the current window, so one request probes first.
func TestIdleWindow(t *testing.T) {
	for _, test := range []struct {
		idle        time.Duration
		left, want  int
		now, wanted int // what is left, and then sent
	}{
		{time.Minute, 3, 4, 99, 10},
		{time.Minute, 0, 1, 99, 10},
		{2*time.Minute - time.Nanosecond, 3, 4, 99, 10},
		{2 * time.Minute, 90, 1, 99, 10},
		{time.Hour, 90, 1, 4, 5}, // fewer than before, and of another window
	} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(100, test.left)
			pass(test.idle)
			calls := b.calls(10, plain)
			want(t, "sent after "+test.idle.String(), sent(calls), test.want)
			calls[0].respond(http.StatusOK, left(100, test.now))
			want(t, "sent in the window that is now", sent(calls), test.wanted)
		})
	}
}

// A count that comes after the window has ended for certain belongs to another window, which ends in its turn.
func TestLowerCountOfAnotherWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 90)
		pass(61 * time.Second)
		b.call(plain).respond(http.StatusOK, left(100, 5))
		if s := b.Snapshot(); s.Reset.IsZero() || time.Until(s.Reset) > time.Minute {
			t.Errorf("the window ends at %v", s.Reset)
		}
	})
}

// So does a window in which all that was left is in flight and no response comes.
func TestWindowWithoutResponses(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 3)
		calls := b.calls(10, plain)
		pass(60*time.Second - time.Nanosecond)
		want(t, "sent with 3 left", sent(calls), 3)
		pass(time.Nanosecond)
		want(t, "sent when the window has ended", sent(calls), 4)
	})
}

// A reset that makes no sense has most likely just passed. If not, each further probe is sent later, up to 11 s, and
// soon again after a response that made sense.
func TestImplausibleResets(t *testing.T) {
	useless := func() http.Header { return left(100, 0, "X-Ratelimit-Reset", "soon") }
	for _, test := range []struct {
		name   string
		status int
		header func() http.Header
	}{
		{"a count", http.StatusOK, func() http.Header { return left(100, 0) }},
		{"a reset", http.StatusTooManyRequests, func() http.Header { return spent(100, time.Second) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				next := b.call(plain)
				refusedFor := func(want ...int) {
					t.Helper()
					for _, seconds := range want {
						next.respond(http.StatusTooManyRequests, useless())
						refused := time.Now()
						next = b.call(plain)
						pass(time.Minute)
						if d := next.ended().Sub(refused); d != time.Duration(seconds)*time.Second {
							t.Fatalf("probed after %v, want %d s", d, seconds)
						}
					}
				}
				refusedFor(1, 2, 4, 8)
				for range 80 {
					refusedFor(11)
				}
				next.respond(test.status, test.header())
				next = b.call(plain)
				pass(time.Minute)
				refusedFor(1, 2)
			})
		})
	}
}

// A refusal without a reset but with a count of 0 is about the budget, however much was left before.
func TestRefusalWithNothingLeft(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 0))
		next := b.call(plain)
		pass(3 * time.Second) // longer than for a refusal by an unknown limit
		want(b.t, "remaining", b.Snapshot().Remaining, 0)
		if next.sent() {
			b.t.Error("one is sent before the window has ended")
		}
	})
}

// Others have spent the budget, and the window ends in a few seconds: too few for more than one probe.
func TestOneProbeShortlyBeforeTheEnd(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 999)
		pass(53500 * time.Millisecond)
		b.learn(1000, 0)
		b.call(plain).respond(http.StatusTooManyRequests, left(1000, 0))
		late := b.call(plain)
		pass(7 * time.Second)
		if !late.sent() {
			b.t.Error("it still waits after the end of the window")
		}
	})
}
