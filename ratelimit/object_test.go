package ratelimit_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

var (
	recordA   = ratelimit.Request{Object: "a"}
	recordB   = ratelimit.Request{Object: "b"}
	customerA = ratelimit.Request{Customer: "a"}
)

func TestRefusalWithRoomLeftBlocksOneRecord(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 899))
		blocked := b.calls(2, recordA)
		others := []*call{b.call(recordB), b.call(plain), b.call(customerA)}
		want(t, "others sent", sent(others), 3)
		pass(999 * time.Millisecond)
		want(t, "sent within a second", sent(blocked), 0)
		pass(time.Second + time.Millisecond)
		want(t, "probes sent after two seconds", sent(blocked), 1)
		blocked[0].respond(http.StatusOK, left(1000, 890))
		want(t, "sent after a success", sent(blocked), 2)
	})
}

// If only refusals for the organisation have a reset, a refusal with room left and a reset is one of them. If every
// response has a reset, the reset shows nothing.
func TestRefusalWithRoomLeftAndAReset(t *testing.T) {
	reset := func(remaining int) http.Header {
		h := spent(1000, 30*time.Second)
		h.Set("X-Ratelimit-Remaining", strconv.Itoa(remaining))
		return h
	}
	for _, test := range []struct {
		name  string
		first []http.Header // of earlier responses
		want  int
	}{
		{"no other response has it", []http.Header{left(1000, 900)}, 0},
		{"each response has it", []http.Header{reset(900)}, 2},
		{"most responses have it", []http.Header{reset(900), left(1000, 899)}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				for _, h := range test.first {
					b.call(plain).respond(http.StatusOK, h)
				}
				b.call(recordA).respond(http.StatusTooManyRequests, reset(890))
				want(t, "records blocked", len(b.Snapshot().Blocked), test.want/2)
				want(t, "others sent", sent([]*call{b.call(recordB), b.call(plain)}), test.want)
			})
		})
	}
}

// Calls that have passed the key limiter and wait for the budget are blocked as well.
func TestRefusalBlocksWaitersForTheBudget(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 2)
		first, other := b.call(recordA), b.call(plain)
		blocked := b.calls(6, recordA) // some of them still wait at the key limiter
		last := b.call(recordB)
		short := ratelimit.Request{Object: "a", MaxWait: 30 * time.Second}
		want(t, "sent", sent([]*call{first, other}), 2)
		h := left(1000, 1, "Retry-After", "100")
		first.respond(http.StatusTooManyRequests, h)
		pass(61 * time.Second)
		other.respond(http.StatusOK, left(1000, 999))
		pass(0)
		want(t, "sent to the blocked record", sent(blocked), 0)
		if !last.sent() {
			t.Error("another record waits too")
		}
		if e := b.call(short).waitError(); e.Scope != ratelimit.ScopeObject || e.Wait < 38*time.Second {
			t.Errorf("the wait is %+v", e)
		}
		pass(41 * time.Second)
		for i, c := range blocked {
			if !c.sent() {
				t.Fatalf("%d was not sent in its turn", i)
			}
			c.respond(http.StatusOK, left(1000, 900))
		}
	})
}

// They are sent when it opens.
func TestBlockedWaitersAreSentLater(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first, blocked := b.call(recordA), b.call(recordA)
		first.respond(http.StatusTooManyRequests, left(1000, 800, "Retry-After", "30"))
		pass(30*time.Second - time.Nanosecond)
		want(t, "sent before the backoff ends", sent([]*call{blocked}), 0)
		pass(time.Nanosecond)
		want(t, "sent when it ends", sent([]*call{blocked}), 1)
	})
}

// If some of them are cancelled, their places are free.
func TestBlockedWaitersAreCancelled(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 8}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(recordA)
		others := b.calls(7, plain)
		blocked := b.calls(3, recordA)
		first.respond(http.StatusTooManyRequests, left(1000, 800, "Retry-After", "30"))
		for i, c := range blocked {
			c.cancel()
			others[i].respond(http.StatusOK, left(1000, 790-i))
		}
		pass(30 * time.Second)
		b.call(recordA).respond(http.StatusOK, left(1000, 780))
		for i, c := range others[3:] {
			c.respond(http.StatusOK, left(1000, 770-i))
		}
		want(t, "sent at once for the record", sent(b.calls(8, recordA)), 2)
	})
}

// Each backoff ends at its own time, whichever began first.
func TestBackoffsEndInTime(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		began := time.Now()
		var calls []*call
		for _, seconds := range []int{40, 20, 60, 30, 10, 50} {
			r := ratelimit.Request{Object: strconv.Itoa(seconds)}
			b.call(r).respond(http.StatusTooManyRequests, left(1000, 800, "Retry-After", r.Object))
			calls = append(calls, b.call(r))
		}
		pass(time.Minute)
		for i, seconds := range []int{40, 20, 60, 30, 10, 50} {
			if d := calls[i].ended().Sub(began); d != time.Duration(seconds)*time.Second {
				t.Errorf("the backoff of %d s ended after %v", seconds, d)
			}
		}
	})
}

// Each refusal doubles the backoff. It lasts from half of that time to all of it, between a second and a minute.
func TestBackoffDoubles(t *testing.T) {
	longest := map[int]time.Duration{}
	for range 20 {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1_000_000, 900_000)
			b.call(recordA).respond(http.StatusTooManyRequests, left(1_000_000, 800_000))
			for i := range 9 {
				most := min(2*time.Second<<i, time.Minute)
				next, began := b.call(recordA), time.Now()
				for !next.sent() {
					pass(100 * time.Millisecond)
					if time.Since(began) > most+100*time.Millisecond {
						t.Fatalf("backoff %d is longer than %v", i, most)
					}
				}
				blocked := next.ended().Sub(began)
				if longest[i] = max(longest[i], blocked); blocked < most/2 {
					t.Errorf("backoff %d is %v, less than %v", i, blocked, most/2)
				}
				b.call(recordB).respond(http.StatusOK, left(1_000_000, 700_000-i)) // makes room among the records
				next.respond(http.StatusTooManyRequests, left(1_000_000, 600_000-i))
			}
		})
	}
	if longest[1] < 2500*time.Millisecond {
		t.Errorf("in 20 runs the second backoff was %v at most: is there jitter?", longest[1])
	}
}

// A refusal after the backoff has ended doubles it, but not after another minute.
func TestBackoffDoublesAfterItHasEnded(t *testing.T) {
	for _, test := range []struct {
		after           time.Duration
		atLeast, atMost time.Duration
	}{{10 * time.Second, 30 * time.Second, time.Minute}, {time.Minute, time.Second, 2 * time.Second}} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1000, 900)
			for range 6 {
				b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
				opens := b.Snapshot().Blocked[0].Until
				time.Sleep(time.Until(opens) + test.after)
				b.call(ratelimit.Request{Object: opens.String()}).respond(http.StatusOK, left(1000, 700))
			}
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
			if d := time.Until(b.Snapshot().Blocked[0].Until); d < test.atLeast || d > test.atMost {
				t.Errorf("%v after the last backoff, the seventh one is %v", test.after, d)
			}
		})
	}
}

// A success resets the backoff.
func TestSuccessResetsTheBackoff(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		for range 6 {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
			time.Sleep(time.Minute)
		}
		b.call(recordA).respond(http.StatusOK, left(1000, 999))
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
		if d := time.Until(b.Snapshot().Blocked[0].Until); d > 2*time.Second {
			t.Errorf("the backoff is %v", d)
		}
	})
}

// The window of a record ends 60 s after its first success at the latest, so no backoff lasts longer than that.
func TestBackoffEndsWithTheRecordsWindow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(4, recordA)
		calls[0].respond(http.StatusOK, left(1000, 890))
		pass(30 * time.Second)
		calls[1].respond(http.StatusOK, left(1000, 889))
		calls = append(calls[1:], b.calls(2, recordA)...)
		pass(10 * time.Second)
		end := time.Now().Add(20 * time.Second)
		for _, c := range calls[1:5] {
			c.respond(http.StatusTooManyRequests, left(1000, 880))
		}
		// One probe after the other is refused: the backoff is at most 2, 4, 8, 16 and 32 s.
		opens := b.Snapshot().Blocked[0].Until
		for opens.Before(end) {
			next := b.call(recordA)
			pass(time.Until(opens))
			next.respond(http.StatusTooManyRequests, left(1000, 870))
			opens = b.Snapshot().Blocked[0].Until
		}
		if !opens.Equal(end) {
			t.Errorf("a backoff ends %v after the window", opens.Sub(end))
		}
	})
}

// If several requests for a record are in flight and all are refused, that counts as one refusal.
func TestRefusalsOfTheSameMoment(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(4, recordA)
		pass(100 * time.Millisecond)
		calls[0].respond(http.StatusTooManyRequests, left(1000, 899))
		until := b.Snapshot().Blocked[0].Until
		for _, c := range calls[1:3] {
			pass(10 * time.Millisecond)
			c.respond(http.StatusTooManyRequests, left(1000, 898))
		}
		if opens := b.Snapshot().Blocked[0].Until; !opens.Equal(until) || time.Until(opens) > 2*time.Second {
			t.Errorf("the backoff has grown from %v to %v", until, opens)
		}
		// The wait that one of them asks for still applies.
		calls[3].respond(http.StatusTooManyRequests, left(1000, 898, "Retry-After", "30"))
		if d := time.Until(b.Snapshot().Blocked[0].Until); d != 30*time.Second {
			t.Errorf("the backoff is %v", d)
		}
	})
}

// A refusal with room left is never about the whole organisation: a search, for example, has its own limit. It blocks
// requests of the same operation that are for no record either.
func TestRefusalOfAnOperation(t *testing.T) {
	search, update := ratelimit.Request{Op: "search"}, ratelimit.Request{Op: "update", Object: "a"}
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(20, search)
		pass(100 * time.Millisecond)
		for i, c := range calls {
			c.respond(http.StatusTooManyRequests, left(1000, 890-i))
		}
		others := []*call{b.call(update), b.call(ratelimit.Request{Op: "search", Object: "b"}), b.call(ratelimit.Request{Op: "read"}), b.call(plain)}
		want(t, "others sent", sent(others), 4)
		blocked := b.calls(3, search)
		want(t, "sent of the same", sent(blocked), 0)
		if h := b.Snapshot().Blocked; len(h) != 1 || h[0].Kind != "operation" || h[0].ID != "search" || h[0].Waiting != 3 {
			t.Errorf("blocked: %+v", h)
		}
		if e := b.call(ratelimit.Request{Op: "search", MaxWait: -1}).waitError(); e.Scope != ratelimit.ScopeObject {
			t.Errorf("error is %+v", e)
		}
		pass(2 * time.Second)
		want(t, "probes sent after two seconds", sent(blocked), 1)
		blocked[0].respond(http.StatusOK, left(1000, 860))
		want(t, "sent after a success", sent(blocked), 3)
		want(t, "sent at once", sent(b.calls(10, search)), 10)
	})
}

// A success of a request that was in flight does not end the backoff, even while other records are used.
func TestBackoffBesideOtherRecords(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(2, recordA)
		inFlight[0].respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "60"))
		inFlight[1].respond(http.StatusOK, left(1000, 889))
		for i := range 20 {
			b.call(ratelimit.Request{Object: strconv.Itoa(i)}).respond(http.StatusOK, left(1000, 880-i))
		}
		want(t, "sent to the blocked record", sent(b.calls(2, recordA)), 0)
	})
}

// After a refusal, the next success may be the first one of another window.
func TestBackoffAfterALaterSuccess(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusOK, left(1000, 890))
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 889))
		pass(20 * time.Second)
		b.call(recordA).respond(http.StatusOK, left(1000, 888))
		pass(10 * time.Second)
		pass(10 * time.Second) // 40 s after the first success, 20 s after the last one
		end := time.Now().Add(20 * time.Second)
		for time.Now().Before(end) {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 880))
			opens := b.Snapshot().Blocked[0].Until
			if opens.Equal(end) {
				t.Error("a backoff ends with the previous window")
			}
			pass(time.Until(opens))
		}
	})
}

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

func TestOneRecordsRequestsInFlight(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(10, recordA)
		want(t, "sent for one record at once", sent(calls), 4)
		calls[0].permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
		pass(0)
		want(t, "sent after one has ended", sent(calls), 5)
	})
}

// A record that was refused lately has a limit, so fewer of its requests are in flight: all would be refused again.
func TestFewerInFlightAfterARefusal(t *testing.T) {
	for _, test := range []struct {
		after time.Duration
		want  int
	}{{0, 2}, {119 * time.Second, 2}, {120 * time.Second, 4}} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1000, 900)
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 800))
			refused := time.Now()
			pass(2 * time.Second)
			b.call(recordA).respond(http.StatusOK, left(1000, 790))
			pass(time.Until(refused.Add(test.after)))
			b.learn(1000, 780)
			want(t, "sent after "+test.after.String(), sent(b.calls(8, recordA)), test.want)
		})
	}
}

// If the probe after a backoff gets no response, another one follows.
func TestProbeOfARecordHangs(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 899, "Retry-After", "5"))
		blocked := b.calls(3, recordA)
		pass(5 * time.Second)
		want(t, "sent when the backoff ends", sent(blocked), 1)
		pass(2 * time.Second)
		want(t, "sent after two more seconds", sent(blocked), 2)
	})
}

// An HTML page of a firewall is not a success of the probe.
func TestProbeOfARecordMeetsAFirewall(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 899, "Retry-After", "5"))
		blocked := b.calls(4, recordA)
		pass(5 * time.Second)
		blocked[0].respond(http.StatusForbidden, header("Content-Type", "text/html"))
		want(t, "sent after it", sent(blocked), 2)
	})
}

// A window that ends before a backoff is not forgotten.
func TestWindowEndsBeforeABackoff(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.call(plain)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "100"))
		blocked := b.call(recordA)
		inFlight.respond(http.StatusTooManyRequests, spent(1000, 30*time.Second))
		next := b.call(plain)
		pass(31 * time.Second)
		want(t, "sent in the next window", sent([]*call{blocked, next}), 1)
	})
}
