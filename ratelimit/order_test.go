package ratelimit_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestWaitersGoInOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		var calls []*call
		for i := range 12 { // with and without a record
			calls = append(calls, b.call([]ratelimit.Request{plain, recordA, recordB, customerA}[i%4]))
		}
		calls[5].cancel()
		calls = slices.Delete(calls, 5, 6)
		for i, c := range calls {
			want(t, "sent", sent(calls), i+1)
			c.respond(http.StatusOK, left(1000, 800-i))
		}
	})
}

// Calls that wait for their record are sent in order as well, interactive ones first.
func TestWaitersOfARecordGoInOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.calls(4, recordA)
		late := ratelimit.Request{Object: "a", Background: true}
		order := []*call{4: b.call(late), 5: b.call(late)}
		for i := range 4 {
			order[i] = b.call(recordA)
		}
		inFlight = append(inFlight, order...)
		for i, c := range inFlight[:6] {
			c.respond(http.StatusOK, left(1000, 800-i))
			want(t, "sent", sent(inFlight), 5+i)
			if !inFlight[4+i].sent() {
				t.Errorf("%d is not next", i)
			}
		}
	})
}

func TestInteractiveCallsGoFirst(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(background)
		if !first.sent() {
			t.Fatal("a background call waits, and no other does")
		}
		second, third := b.call(background), b.call(background)
		a, c := b.call(plain), b.call(plain)
		for i, next := range []*call{first, a, c, second, third} {
			if !next.sent() {
				t.Fatalf("%d is not next", i)
			}
			next.respond(http.StatusOK, left(1000, 800-i))
		}
	})
}

// A background job at full speed delays other calls by at most one response.
func TestBackgroundAtFullSpeed(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 4}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(100, background)
		urgent := b.call(plain)
		calls[0].respond(http.StatusOK, left(1000, 890))
		if !urgent.sent() {
			t.Error("it waits for more than one response")
		}
		want(t, "in the background", sent(calls), 4)
	})
}

// No call overtakes: a late call whose record is free waits behind those that wait for the budget.
func TestNoCallOvertakes(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(plain)
		blocked := b.calls(3, recordB)
		first.respond(http.StatusTooManyRequests, left(1000, 800, "Retry-After", "5"))
		late := b.call(recordA)
		pass(6 * time.Second)
		if !blocked[0].sent() || late.sent() {
			t.Error("the late call overtook the others")
		}
	})
}

// A call that comes at the very moment at which others may be sent waits behind them.
func TestNoCallOvertakesAtTheSameMoment(t *testing.T) {
	for _, test := range []struct {
		name    string
		request ratelimit.Request
		refusal func() http.Header
	}{
		{"budget", plain, func() http.Header { return spent(1000, 30*time.Second) }},
		{"in the background", background, func() http.Header { return spent(1000, 30*time.Second) }},
		{"record", recordA, func() http.Header { return left(1000, 800, "Retry-After", "30") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 50 { // whose clock strikes first is left to chance
				inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
					b.learn(1000, 900)
					var late *call
					timer := time.AfterFunc(30*time.Second, func() { late = b.start(b.t.Context(), test.request) })
					defer timer.Stop()
					b.call(test.request).respond(http.StatusTooManyRequests, test.refusal())
					blocked := b.call(test.request)
					pass(30 * time.Second)
					if !blocked.sent() || late.sent() {
						b.t.Fatal("the late call overtook the other")
					}
				})
			}
		})
	}
}

// If there is room for both, it is sent as well, even if it does not wait.
func TestSentWithOthersAtTheSameMoment(t *testing.T) {
	for range 50 {
		inBubble(t, ratelimit.Config{MaxRate: 2}, func(b *bench) {
			var late *call
			timer := time.AfterFunc(time.Minute, func() { late = b.start(b.t.Context(), ratelimit.Request{MaxWait: -1}) })
			defer timer.Stop()
			b.learn(1000, 900)
			b.learn(1000, 899)
			blocked := b.call(plain)
			pass(time.Minute)
			if !blocked.sent() || !late.sent() {
				b.t.Fatalf("sent: %t and %t, %v", blocked.sent(), late.sent(), late.err())
			}
		})
	}
}

// The place of a cancelled call goes to the next one of its record, before later calls.
func TestPlaceOfACancelledCallInTheOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(plain)
		blocked := b.calls(5, recordA) // more than may be in flight for one record
		blocked[0].cancel()
		pass(0)
		order := append(append([]*call{first}, blocked[1:]...), b.call(plain))
		for i, c := range order {
			if !c.sent() {
				t.Fatalf("%d is not next", i)
			}
			c.respond(http.StatusOK, left(1000, 800-i))
		}
	})
}

// A background call that has passed its key limiter and waits for the budget lets an interactive call of the same
// record go first. Otherwise other interactive calls could overtake both forever.
func TestBackgroundLetsInteractiveCallsOfTheRecordGoFirst(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 2}, func(b *bench) {
		b.learn(10_000, 9000)
		inFlight := b.calls(2, plain)
		queue := b.calls(2, plain)
		background := b.calls(6, ratelimit.Request{Object: "a", Background: true}) // four of them pass the key limiter
		background = append(background, b.call(ratelimit.Request{Object: "b", Background: true}))
		urgent, later := b.calls(2, recordA), b.calls(2, plain)
		for i, c := range append(inFlight, queue...) {
			c.respond(http.StatusOK, left(10_000, 8999-i))
		}
		want(t, "urgent ones sent", sent(urgent), 2)
		want(t, "later calls sent", sent(append(background, later...)), 0)
		want(t, "waiting", b.Snapshot().Waiting, 7+2)
	})
}

// The background call that let it go first keeps its place.
func TestBackgroundKeepsItsPlaceAtTheRecord(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(10_000, 9000)
		first := b.call(plain)
		background := b.calls(6, ratelimit.Request{Object: "a", Background: true})
		urgent := b.call(recordA)
		first.respond(http.StatusOK, left(10_000, 8999))
		urgent.respond(http.StatusOK, left(10_000, 8998))
		for i, c := range background {
			if !c.sent() {
				t.Fatalf("%d was not sent in its turn", i)
			}
			c.respond(http.StatusOK, left(10_000, 8997-i))
		}
	})
}

// A retry goes before all other calls, also at its record, and even if it is a background call.
func TestRetriesGoFirst(t *testing.T) {
	retry := ratelimit.Request{Retry: true}
	backgroundRetry := ratelimit.Request{Retry: true, Background: true}
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		inFlight := b.call(plain)
		calls := []*call{b.call(background), b.call(plain), b.call(backgroundRetry), b.call(retry), b.call(plain)}
		for i, next := range []int{2, 3, 1, 4, 0} {
			inFlight.respond(http.StatusOK, left(1000, 899-i))
			want(t, "sent", sent(calls), i+1)
			if inFlight = calls[next]; !inFlight.sent() {
				t.Fatalf("%d was not sent in its turn", next)
			}
		}
	})
	for _, first := range []ratelimit.Request{{Object: "a"}, {Object: "a", Background: true}} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.learn(1000, 900)
			inFlight := b.calls(4, recordA)
			waiting := b.calls(3, first)
			again := b.call(ratelimit.Request{Object: "a", Retry: true, Background: true})
			inFlight[0].respond(http.StatusOK, left(1000, 890))
			if !again.sent() {
				t.Errorf("the retry waits behind %+v", first)
			}
			want(t, "others sent", sent(waiting), 0)
		})
		// Calls that have passed their key limiter and wait for the budget let the retry go first.
		inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
			b.learn(1000, 900)
			inFlight := b.call(plain)
			waiting := b.calls(6, first)
			again := b.call(ratelimit.Request{Object: "a", Retry: true, Background: true})
			inFlight.respond(http.StatusOK, left(1000, 890))
			if !again.sent() {
				t.Errorf("the retry waits behind %+v", first)
			}
			inFlight = again
			for i, c := range waiting {
				inFlight.respond(http.StatusOK, left(1000, 889-i))
				if inFlight = c; !c.sent() {
					t.Fatalf("%d was not sent in its turn", i)
				}
			}
		})
	}
}
