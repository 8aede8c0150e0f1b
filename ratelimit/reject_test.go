package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A waiting call is rejected as soon as it becomes known that its wait is too long.
func TestWaitersAreRejected(t *testing.T) {
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		status  int
		header  func() http.Header
		object  bool
	}{
		{"refused", plain, http.StatusTooManyRequests, func() http.Header { return spent(1000, 40*time.Second) }, false},
		{"refused, behind others for the record", recordA, http.StatusTooManyRequests, func() http.Header { return spent(1000, 40*time.Second) }, false},
		{"Retry-After", recordA, http.StatusTooManyRequests, func() http.Header { return header("Retry-After", "40") }, true},
		{"spent", plain, http.StatusOK, func() http.Header { return spent(1000, 40*time.Second) }, false},
		{"blocked record", recordA, http.StatusTooManyRequests, func() http.Header { return left(1000, 900, "Retry-After", "40") }, true},
	} {
		for name, acquire := range impatient {
			if name == "no wait" {
				continue
			}
			t.Run(test.name+"/"+name, func(t *testing.T) {
				inBubble(t, ratelimit.Config{MaxInFlight: 4}, func(b *bench) {
					b.learn(1000, 900)
					inFlight := b.calls(4, recordA)
					calls := []*call{acquire(b, test.request), acquire(b, ratelimit.Request{Object: test.request.Object, Background: true})}
					patient := b.call(plain)
					pass(time.Second)
					inFlight[0].respond(test.status, test.header())
					for _, c := range calls {
						if e := c.waitError(); e.Wait != 40*time.Second || (e.Scope == ratelimit.ScopeObject) != test.object || !c.ended().Equal(time.Now()) {
							t.Errorf("%+v at %v", e, c.ended())
						}
					}
					if patient.err() != nil {
						t.Errorf("one that may wait is rejected: %v", patient.err())
					}
					pass(3 * time.Minute)
					if !patient.sent() {
						t.Errorf("one that may wait was not sent: %+v", b.Snapshot())
					}
				})
			})
		}
	}
}

// The same happens after a response that makes the wait longer.
func TestWaitersAreRejectedWhenTheWaitGrows(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(2, plain)
		inFlight[0].respond(http.StatusOK, spent(1000, 10*time.Second))
		c := b.call(ratelimit.Request{MaxWait: 20 * time.Second})
		pass(time.Second)
		want(t, "waiting", b.Snapshot().Waiting, 1)
		inFlight[1].respond(http.StatusOK, spent(1000, 40*time.Second))
		if e := c.waitError(); e.Wait != 40*time.Second || !c.ended().Equal(time.Now()) {
			t.Errorf("%+v at %v", e, c.ended())
		}
	})
}

// The waiters ahead count too, but only those that are not rejected themselves.
func TestWaitersAreRejectedByTheirPlaces(t *testing.T) {
	short := func(r ratelimit.Request, d time.Duration) ratelimit.Request {
		r.MaxWait = d
		return r
	}
	lateA := ratelimit.Request{Object: "a", Background: true}
	for _, test := range []struct {
		name     string
		ahead    []ratelimit.Request // 15 of each, where a window has room for 10
		call     ratelimit.Request   // waits for a minute at most
		rejected bool
	}{
		{"behind others", []ratelimit.Request{plain}, plain, true},
		{"in the background behind others", []ratelimit.Request{plain}, background, true},
		{"before those in the background", []ratelimit.Request{background}, plain, false},
		{"behind others that are rejected", []ratelimit.Request{short(plain, 5*time.Second)}, plain, false},
		{"at its record behind others", []ratelimit.Request{recordA}, recordA, true},
		{"at its record, in the background", []ratelimit.Request{recordA}, lateA, true},
		{"at its record, before those in the background", []ratelimit.Request{lateA}, recordA, false},
		{"at another record", []ratelimit.Request{recordA, {Object: "c"}, {Object: "d"}, {Object: "e"}, {Customer: "a"}, {Customer: "b"}}, recordB, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{MaxInFlight: 30}, func(b *bench) {
				b.learn(1000, 900)
				var inFlight []*call
				for _, r := range append(test.ahead, test.call) {
					if r.Object != "" || r.Customer != "" {
						inFlight = append(inFlight, b.calls(4, r)...)
					}
				}
				inFlight = append(inFlight, b.calls(30-len(inFlight), plain)...)
				for _, r := range test.ahead {
					b.calls(15, r)
				}
				c := b.call(short(test.call, time.Minute))
				if !c.waiting() {
					t.Fatalf("it does not wait: sent %t, %v", c.sent(), c.err())
				}
				inFlight[len(inFlight)-1].respond(http.StatusTooManyRequests, spent(10, 40*time.Second))
				if rejected := !c.waiting(); rejected != test.rejected {
					t.Errorf("rejected: %t, %v", rejected, c.err())
				}
			})
		})
	}
}

// A call is rejected and its context ends at the same moment: either is its error, and no state is left.
func TestCancelledWhenRejected(t *testing.T) {
	for range 50 {
		inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
			b.learn(1000, 900)
			first, second := b.call(plain), b.call(ratelimit.Request{MaxWait: 5 * time.Second})
			second.cancel()
			first.respond(http.StatusTooManyRequests, spent(1000, 40*time.Second))
			if second.waiting() || second.sent() {
				t.Fatalf("waiting %t, sent %t", second.waiting(), second.sent())
			}
			if s := b.Snapshot(); s.Waiting != 0 || s.InFlight != 0 {
				t.Fatalf("state is left: %+v", s)
			}
		})
	}
}

// One request that never gets a response blocks nothing beyond the end of the window.
func TestWindowWithARequestThatHangs(t *testing.T) {
	for _, c := range []ratelimit.Config{{}, {Reserve: 0.05}} {
		inBubble(t, c, func(b *bench) {
			b.learn(20, 19)
			calls := b.calls(19, plain)
			n := sent(calls)
			for i, c := range calls[:n-1] {
				c.respond(http.StatusOK, left(20, 17-i))
			}
			calls = append(calls, b.calls(3, plain)...)
			before := sent(calls)
			pass(time.Minute)
			if sent(calls) == before {
				t.Errorf("no probe is sent: %+v", b.Snapshot())
			}
		})
	}
}

// Calls that have passed their key limiter and wait for the budget are rejected as well if the record is refused.
func TestWaitersForTheBudgetAreRejected(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(2, recordA)
		waiting := []*call{b.call(ratelimit.Request{Object: "a", MaxWait: 5 * time.Second}), b.call(ratelimit.Request{Object: "b", MaxWait: 5 * time.Second})}
		inFlight[0].respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "40"))
		if e := waiting[0].waitError(); e.Wait != 40*time.Second || e.Scope != ratelimit.ScopeObject {
			t.Errorf("%+v", e)
		}
		if !waiting[1].sent() {
			t.Error("another record's was not sent")
		}
	})
}
