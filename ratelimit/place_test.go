package ratelimit_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A call that waits for the budget keeps its place, whatever happens at its record: a call that goes first, even one
// that fails at once, or a refusal that blocks the record for a while.
func TestPlaceInTheBudgetsQueueIsKept(t *testing.T) {
	inBackground := func(id string) ratelimit.Request { return ratelimit.Request{Object: id, Background: true} }
	for _, test := range []struct {
		name  string
		own   []ratelimit.Request // calls for record a, the last of which is to keep its place
		comes func(b *bench) []*call
	}{
		{"one that does not wait", []ratelimit.Request{inBackground("a")}, func(b *bench) []*call {
			b.call(ratelimit.Request{Object: "a", MaxWait: -1}).waitError()
			return nil
		}},
		{"one that waits", []ratelimit.Request{inBackground("a")}, func(b *bench) []*call { return b.calls(1, recordA) }},
		{"a retry", []ratelimit.Request{recordA}, func(b *bench) []*call {
			return b.calls(1, ratelimit.Request{Object: "a", Retry: true})
		}},
		{"a full record, one that does not wait", []ratelimit.Request{3: inBackground("a"), 2: inBackground("a"), 1: inBackground("a"), 0: inBackground("a")}, func(b *bench) []*call {
			b.call(ratelimit.Request{Object: "a", MaxWait: -1}).waitError()
			return nil
		}},
		{"a full record, many that do not wait", []ratelimit.Request{3: inBackground("a"), 2: inBackground("a"), 1: inBackground("a"), 0: inBackground("a")}, func(b *bench) []*call {
			for range 5 {
				b.call(ratelimit.Request{Object: "a", MaxWait: -1}).waitError()
				pass(time.Second)
			}
			return nil
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
				b.learn(1000, 900)
				inFlight := b.call(plain)
				var order []*call
				for _, r := range test.own {
					order = append(order, b.call(r))
				}
				for i := range 5 {
					r := test.own[0]
					r.Object = "other" + strconv.Itoa(i)
					order = append(order, b.call(r))
				}
				order = append(test.comes(b), order...)
				for i, c := range order {
					inFlight.respond(http.StatusOK, left(1000, 890-i))
					if inFlight = c; !c.sent() {
						t.Fatalf("%d was not sent in its turn", i)
					}
				}
			})
		})
	}
}

// If a record is full, the last of the calls that wait for the budget lets an interactive call go first.
func TestInteractiveCallAtAFullRecord(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(2, plain)
		background := b.calls(5, ratelimit.Request{Object: "a", Background: true})
		urgent := b.call(recordA)
		for i, next := range []*call{urgent, background[0]} {
			inFlight[i].respond(http.StatusOK, left(1000, 898-i))
			if !next.sent() {
				t.Fatalf("%d is not next", i)
			}
		}
	})
}

func TestPlaceInTheBudgetsQueueIsKeptInABackoff(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(1000, 900)
		first, second := b.call(recordA), b.call(plain)
		blocked := b.call(recordA)
		late := b.calls(3, recordB)
		first.respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "10")) // the first of the late ones is sent
		pass(10 * time.Second)
		second.respond(http.StatusOK, left(1000, 889))
		if !blocked.sent() {
			t.Errorf("it was sent after later calls: %d of them are sent", sent(late))
		}
	})
}

// After an operation was refused, its calls are sent as probes one after the other, in order of arrival. No other one
// is in the queue for the budget meanwhile.
func TestOperationIsProbedInOrder(t *testing.T) {
	search := ratelimit.Request{Op: "search"}
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(1000, 900)
		b.call(search).respond(http.StatusTooManyRequests, left(1000, 899, "Retry-After", "10"))
		blocked := b.calls(6, search)
		inFlight := b.calls(2, plain)
		pass(10 * time.Second)
		if e := b.call(ratelimit.Request{Op: "search", MaxWait: -1}).waitError(); e.Scope != ratelimit.ScopeObject {
			t.Error("another call of the operation waits for the budget")
		}
		inFlight[0].respond(http.StatusOK, left(1000, 898))
		want(t, "probes sent", sent(blocked), 1)
		inFlight[1].respond(http.StatusOK, left(1000, 897))
		pass(2*time.Second - time.Nanosecond)
		want(t, "sent before the next probe is due", sent(blocked), 1)
		pass(time.Nanosecond)
		want(t, "sent while the first has no response", sent(blocked), 2)
		blocked[1].permit().Done(ratelimit.Result{})
		pass(2 * time.Second)
		want(t, "sent after one without a response", sent(blocked), 3)
		for i, c := range blocked {
			if !c.sent() {
				t.Fatalf("%d was not sent in its turn", i)
			}
			if i != 1 {
				c.respond(http.StatusOK, left(1000, 890-i))
			}
		}
	})
}
