package ratelimit_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// Members that want requests are silent while the budget is spent. For the first three seconds of the next window, they
// count as if they were awake, so those who wake first do not take their share.
func TestPoolExpectsSleepingMembers(t *testing.T) {
	for _, test := range []struct{ members, limit, wants, lease int }{
		{10, 200, 200, 10},
		{2, 1000, 900, 250},
	} {
		now := time.Unix(1e9, 0)
		p := ratelimit.NewMemoryPool(func() time.Time { return now })
		report := func(member string, w ratelimit.Window) ratelimit.Grant {
			return exchange(t, p, ratelimit.Report{Member: member, Window: w, Interactive: test.wants})
		}
		for i := range test.members {
			report(fmt.Sprint(i), known(1, test.limit, 0))
		}
		now = now.Add(30 * time.Second)
		report("0", known(1, test.limit, 0)) // the others become silent
		g := report("0", known(2, test.limit, test.limit))
		want(t, "members", g.Members, test.members)
		want(t, "granted to the first one: half of its fair share", g.Lease, test.lease)
		now = now.Add(3 * time.Second)
		if g = report("0", known(2, test.limit, test.limit)); g.Lease < test.limit/2 {
			t.Errorf("granted %d of %d after the others have not come", g.Lease, test.limit)
		}
	}
}

// What a response has said about the end of the window holds, although other members do not know it yet.
func TestPoolKeepsTheEndThatAResponseSaid(t *testing.T) {
	window := func(end time.Duration) ratelimit.Window {
		w := known(1, 100, 50)
		w.Earliest, w.Latest = end, end
		return w
	}
	for _, test := range []struct {
		name    string
		noReset bool
		end     time.Duration
	}{
		{"said", false, time.Minute},
		{"refused without a reset", true, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := time.Unix(1e9, 0)
			p := ratelimit.NewMemoryPool(func() time.Time { return now })
			exchange(t, p, ratelimit.Report{Member: "a", Window: window(30 * time.Second)})
			said := window(time.Minute)
			said.Moved, said.NoReset = true, test.noReset
			exchange(t, p, ratelimit.Report{Member: "b", Window: said})
			g := exchange(t, p, ratelimit.Report{Member: "a", Window: window(time.Second)})
			if g.Window.Latest != test.end {
				t.Errorf("the window ends in %v, want %v", g.Window.Latest, test.end)
			}
		})
	}
}

// When a window ends, members do not ask all at once: that might be too much for a store.
func TestMembersWakeOneByOne(t *testing.T) {
	const members = 200
	inPool(t, ratelimit.Config{}, members, func(t *testing.T, p *testPool, m []*bench) {
		m[0].call(plain).respond(http.StatusTooManyRequests, spent(1000, 30*time.Second))
		end := m[0].Snapshot().Reset
		for _, b := range m {
			b.call(plain)
		}
		pass(time.Until(end) - time.Nanosecond)
		before := p.count()
		pass(20*time.Millisecond + time.Nanosecond)
		// 66 on average: the first members knew of few others when they fell asleep.
		if n := p.count() - before; n == 0 || n > members*6/10 {
			t.Errorf("%d of %d members asked within 20 ms of the window's end", n, members)
		}
		pass(time.Second)
		if n := p.count() - before; n < members {
			t.Errorf("%d of %d members asked within a second of it", n, members)
		}
	})
}

// A member whose request is slow wakes when the window ends, and does not conclude that the pool grants nothing any more.
func TestMemberWithASlowRequestStays(t *testing.T) {
	inPool(t, ratelimit.Config{}, 3, func(t *testing.T, p *testPool, m []*bench) {
		m[0].learn(100, 3)
		m[1].call(plain) // is slow
		m[0].call(plain).respond(http.StatusTooManyRequests, spent(100, 56*time.Second))
		end := m[0].Snapshot().Reset
		for _, b := range m {
			b.calls(5, plain)
		}
		pass(time.Until(end))
		for time.Since(end) < 2*time.Second {
			for i, b := range m {
				if b.Snapshot().Members == 0 {
					t.Fatalf("member %d has left the pool %v after the end", i, time.Since(end))
				}
			}
			pass(10 * time.Millisecond)
		}
	})
}
