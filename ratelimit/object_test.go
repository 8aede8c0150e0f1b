package ratelimit_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
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
