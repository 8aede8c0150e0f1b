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
			c.answer(http.StatusOK, left(1000, 800-i))
		}
	})
}

// Those who are held by their record go in order as well, and interactive ones first.
func TestWaitersOfARecordGoInOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1000, 900)
		flying := b.calls(4, recordA)
		late := ratelimit.Request{Object: "a", Background: true}
		order := []*call{4: b.call(late), 5: b.call(late)}
		for i := range 4 {
			order[i] = b.call(recordA)
		}
		flying = append(flying, order...)
		for i, c := range flying[:6] {
			c.answer(http.StatusOK, left(1000, 800-i))
			want(t, "sent", sent(flying), 5+i)
			if !flying[4+i].sent() {
				t.Errorf("%d is not next", i)
			}
		}
	})
}

func TestInteractiveGoFirst(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(background)
		if !first.sent() {
			t.Fatal("one in the background waits, and nobody else does")
		}
		second, third := b.call(background), b.call(background)
		a, c := b.call(plain), b.call(plain)
		for i, next := range []*call{first, a, c, second, third} {
			if !next.sent() {
				t.Fatalf("%d is not next", i)
			}
			next.answer(http.StatusOK, left(1000, 800-i))
		}
	})
}

// A job in the background at full speed delays nobody by more than one answer.
func TestBackgroundAtFullSpeed(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 4}, func(b *bench) {
		b.learn(1000, 900)
		calls := b.calls(100, background)
		urgent := b.call(plain)
		calls[0].answer(http.StatusOK, left(1000, 890))
		if !urgent.sent() {
			t.Error("it waits for more than one answer")
		}
		want(t, "in the background", sent(calls), 4)
	})
}

// Nobody overtakes: a late call with a free record waits behind those who wait for the budget.
func TestNobodyOvertakes(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(plain)
		held := b.calls(3, recordB)
		first.answer(http.StatusTooManyRequests, left(1000, 800, "Retry-After", "5"))
		late := b.call(recordA)
		pass(6 * time.Second)
		if !held[0].sent() || late.sent() {
			t.Error("the late call overtook the others")
		}
	})
}

// A call that comes at the very moment at which the others may go on waits behind them.
func TestNobodyOvertakesAtTheMoment(t *testing.T) {
	for range 50 { // whose clock strikes first is left to chance
		inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
			b.learn(1000, 900)
			var late *call
			strike := time.AfterFunc(30*time.Second, func() { late = b.asked(b.t.Context(), plain) })
			defer strike.Stop()
			b.call(plain).answer(http.StatusTooManyRequests, spent(1000, 30*time.Second))
			held := b.call(plain)
			pass(30 * time.Second)
			if !held.sent() || late.sent() {
				b.t.Fatal("the late call overtook the other")
			}
		})
	}
}
