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
		first.respond(http.StatusOK, left(1000, 900))
		check("first response", ratelimit.Snapshot{Limit: 1000, Remaining: 900, Reserve: 50, InFlight: 1, Reset: end})

		inFlight := b.call(recordB)
		b.calls(2, recordB)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 890, "Retry-After", "30"))
		b.call(customerA).respond(http.StatusTooManyRequests, left(1000, 880, "Retry-After", "40"))
		now := time.Now()
		blocked := ratelimit.Snapshot{Limit: 1000, Remaining: 880, Reserve: 50, InFlight: 2, Waiting: 2, Reset: end, Blocked: []ratelimit.Blocked{
			{Kind: "customer", ID: "a", Until: now.Add(40 * time.Second)},
			{Kind: "object", ID: "a", Until: now.Add(30 * time.Second)},
			{Kind: "object", ID: "b", Waiting: 2},
		}}
		check("blocked", blocked)
		inFlight.respond(http.StatusOK, left(1000, 870))
		blocked.Remaining, blocked.InFlight = 870, 1
		blocked.Blocked = []ratelimit.Blocked{{Kind: "object", ID: "b", Until: now.Add(time.Minute), Waiting: 2}, blocked.Blocked[0], blocked.Blocked[1]}
		check("limit reached", blocked)
		pass(time.Minute - time.Nanosecond)
		blocked.Blocked = blocked.Blocked[:1]
		check("before the window ends", blocked)
		pass(time.Nanosecond)
		blocked.Blocked[0] = ratelimit.Blocked{Kind: "object", ID: "b", Waiting: 1}
		blocked.InFlight, blocked.Waiting, blocked.Reset = 2, 1, time.Time{}
		check("after it", blocked)
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
