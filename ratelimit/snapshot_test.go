package ratelimit_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestSnapshot(t *testing.T) {
	inBubble(t, ratelimit.Config{Reserve: 0.05, CustomerLimit: 1, ObjectLimit: 1}, func(b *bench) {
		check := func(when string, want ratelimit.Snapshot) {
			t.Helper()
			if got := b.Snapshot(); !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\ngot  %+v\nwant %+v", when, got, want)
			}
		}
		check("new", ratelimit.Snapshot{Limit: -1, Remaining: -1})
		first := b.call(plain)
		b.call(background)
		check("first request", ratelimit.Snapshot{Limit: -1, Remaining: -1, InFlight: 1, Waiting: 1})
		pass(time.Second)
		end := time.Now().Add(time.Minute)
		first.answer(http.StatusOK, left(1000, 900))
		check("first answer", ratelimit.Snapshot{Limit: 1000, Remaining: 900, Reserve: 50, InFlight: 1, Reset: end})

		flying := b.call(recordB)
		b.calls(2, recordB)
		b.call(recordA).answer(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "30"))
		b.call(customerA).answer(http.StatusTooManyRequests, left(1000, 880, "Retry-After", "40"))
		now := time.Now()
		held := ratelimit.Snapshot{Limit: 1000, Remaining: 880, Reserve: 50, InFlight: 2, Waiting: 2, Reset: end, Blocked: []ratelimit.Blocked{
			{Kind: "customer", ID: "a", Until: now.Add(40 * time.Second)},
			{Kind: "object", ID: "a", Until: now.Add(30 * time.Second)},
			{Kind: "object", ID: "b", Waiting: 2},
		}}
		check("holds", held)
		flying.answer(http.StatusOK, left(1000, 870))
		held.Remaining, held.InFlight = 870, 1
		held.Blocked = []ratelimit.Blocked{{Kind: "object", ID: "b", Until: now.Add(time.Minute), Waiting: 2}, held.Blocked[0], held.Blocked[1]}
		check("limit reached", held)
		pass(time.Minute - time.Nanosecond)
		held.Blocked = held.Blocked[:1]
		check("before the window ends", held)
		pass(time.Nanosecond)
		held.Blocked[0] = ratelimit.Blocked{Kind: "object", ID: "b", Waiting: 1}
		held.InFlight, held.Waiting, held.Reset = 2, 1, time.Time{}
		check("after it", held)
	})
}

// What has not changed has the same time, so that snapshots can be compared.
func TestSnapshotIsTheSameTwice(t *testing.T) {
	l, err := ratelimit.New(ratelimit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Acquire(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	p.Done(ratelimit.Result{Status: http.StatusOK, Header: left(1000, 900)})
	first := l.Snapshot()
	for range 200 {
		if s := l.Snapshot(); !reflect.DeepEqual(s, first) {
			t.Fatalf("%+v, then %+v", first, s)
		}
	}
}

// Lost requests may have cost more than was left at the last count. Then nothing is left; the number is not unknown.
func TestSnapshotWithMoreLostThanLeft(t *testing.T) {
	inBubble(t, ratelimit.Config{Reserve: -1}, func(b *bench) {
		b.learn(100, 3)
		for range 4 {
			b.lost()
		}
		if s := b.Snapshot(); s.Remaining != 0 {
			t.Errorf("%d requests are left", s.Remaining)
		}
	})
}
