package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/redislimit"
)

// A crew is members that make calls all the time.
type crew struct {
	members []*crewMember
	stop    context.CancelFunc
	callers sync.WaitGroup
}

// A crewMember counts its calls and keeps its events.
type crewMember struct {
	member
	calls atomic.Int64

	mu     sync.Mutex // guards the fields below
	events []redislimit.Event
	errs   []error
}

const (
	crewMembers = 3
	crewCallers = 2 // of each member
)

// newCrew returns a crew at work, whose members are all attached. It ends with the test.
func newCrew(t *testing.T, address storeAddress) *crew {
	t.Helper()
	fake := kustomertest.New(kustomertest.Config{
		BareResponses: true, OrgLimit: 1_000_000, Latency: func() time.Duration { return 40 * time.Millisecond },
	})
	customer := fake.AddCustomer()
	ctx, stop := context.WithCancel(context.Background())
	c := &crew{stop: stop}
	t.Cleanup(func() { c.end(t) })
	for range crewMembers {
		rdb := address.connect()
		t.Cleanup(func() { _ = rdb.Close() })
		m := &crewMember{}
		var err error
		m.member, err = newMember(rdb, "acme", fake.URL, fake.HTTPClient(), redislimit.WithObserver(m.observe))
		if err != nil {
			t.Fatal(err)
		}
		c.members = append(c.members, m)
		for range crewCallers {
			conversation := fake.AddConversation(customer)
			c.callers.Go(func() {
				for ctx.Err() == nil {
					m.call(conversation)
				}
			})
		}
	}
	c.eventuallyAttached(t)
	return c
}

func (m *crewMember) call(conversation string) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if _, err := m.AppendTagsToConversation(ctx, conversation, []string{"vip"}); err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.errs = append(m.errs, err)
	}
	m.calls.Add(1)
}

func (m *crewMember) observe(e redislimit.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, e)
}

// seen returns the events so far.
func (m *crewMember) seen() []redislimit.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.events[:len(m.events):len(m.events)]
}

func (m *crewMember) detached() bool {
	events := m.seen()
	return len(events) > 0 && !events[len(events)-1].Attached
}

func (c *crew) eventuallyDetached(t *testing.T) {
	t.Helper()
	for i, m := range c.members {
		eventually(t, m.detached, "member %d is detached", i)
	}
}

// eventuallyAttached waits until all members know each other.
func (c *crew) eventuallyAttached(t *testing.T) {
	t.Helper()
	for i, m := range c.members {
		eventually(t, func() bool { return m.limiter.Snapshot().Members == crewMembers },
			"member %d knows %d members", i, crewMembers)
	}
}

// eventuallyCalls waits until each member has made some more calls.
func (c *crew) eventuallyCalls(t *testing.T) {
	t.Helper()
	const more = 10
	for i, m := range c.members {
		before := m.calls.Load()
		eventually(t, func() bool { return m.calls.Load() >= before+more }, "member %d makes %d more calls", i, more)
	}
}

// end waits until all calls have ended, and checks them and the events. After that, members give back their leases.
func (c *crew) end(t *testing.T) {
	t.Helper()
	c.stop()
	c.callers.Wait() // a call that is stuck fails at its deadline
	for i, m := range c.members {
		if err := errors.Join(m.errs...); err != nil {
			t.Errorf("member %d: calls fail: %v", i, err)
		}
		for n, e := range m.seen() {
			if e.Attached != (n%2 == 1) {
				t.Errorf("member %d: detached and attached do not take turns: %v", i, m.seen())
				break
			}
		}
		_ = m.limiter.Close(context.Background()) // it fails if the store is still down
		if t.Failed() {
			t.Logf("member %d: %v", i, m.seen())
		}
	}
}

// replied reports whether the store has responded with an error.
func replied(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}
