package ratelimit

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

// A MemoryPool is a [Pool] in the memory of one process. It shares one budget among limiters with different configs, and
// it is the model for pools of a store, such as Redis. An exchange takes the same time however many members there are.
type MemoryPool struct {
	mu    sync.Mutex
	now   func() time.Time
	start time.Time // 0 of the pool's clock
	state poolState
}

// NewMemoryPool returns an empty pool. now is its clock; nil means [time.Now].
func NewMemoryPool(now func() time.Time) *MemoryPool {
	if now == nil {
		now = time.Now
	}
	// The pool's times are positive. They come from the monotonic clock, because the other one may be set at any time.
	return &MemoryPool{now: now, start: now().Add(-24 * time.Hour), state: newPoolState()}
}

// Exchange implements [Pool]. It fails if the report is not valid, or is about a window about a million windows ahead.
func (p *MemoryPool) Exchange(_ context.Context, r Report) (Grant, error) {
	if err := r.Validate(); err != nil {
		return Grant{}, fmt.Errorf("ratelimit: the report is not valid: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.state.window.Epoch; e > 0 && r.Window.Epoch > e+mostEpochStep {
		return Grant{}, fmt.Errorf("ratelimit: the report is about window %d, but the pool is in window %d", r.Window.Epoch, e)
	}
	return p.state.exchange(r, p.now().Sub(p.start).Microseconds()), nil
}

// The pool's times are in microseconds.
const (
	poolSecond = int64(time.Second / time.Microsecond)
	poolWindow = 60 * poolSecond
	// memberSilence is after which time the lease of a silent member returns.
	memberSilence = 3 * poolSecond
	// memberKept is how long the count of a silent member is kept.
	memberKept = 2 * poolWindow
	// settleTime is how long nothing is granted if the reports of other members are missing. In this time, all report.
	settleTime = 12 * poolSecond / 10
	// expirePerExchange is how many members an exchange forgets at most. It adds one member at most, so two would suffice.
	expirePerExchange = 8
	// probeSlack is how much later than a member knows the window may end for a probe of that member. Otherwise, another
	// probe has shown that it has not ended.
	probeSlack = poolSecond / 2
	// wantsTime is the time for which [Report.Interactive] and [Report.Background] are.
	wantsTime = poolSecond / 4
	poolPause = 10 * poolWindow // see [Grant.PeopleSince]
)

// poolState is the state of a pool. The sums are over all members, so no exchange has to visit them all.
type poolState struct {
	window                poolEpoch
	settled               int64 // nothing is granted before
	prober                string
	proberUntil           int64
	people, peopleBefore  int
	peopleSince, peopleAt int64
	fairBefore            int // what the members that wanted had sent on average in the window before
	gone                  int // Own of the members that were forgotten in this window
	own, out              int
	interactive, all      poolWants // of the members that want interactive requests, and of those that want any

	members    map[string]*poolMember
	live, idle *list.List // of *poolMember, the one that was silent longest first
	records    map[Record]*poolRecord
	recordList *list.List // of Record, the least recently used first
}

// poolEpoch is a [Window] with times of the pool's clock. Moved: a response has said when it ends.
type poolEpoch struct {
	Window
	began, earliest, latest int64
}

// poolWants has sums over some members. sent is what they have sent in this window, less their credit. asleep is how many
// silent members wanted requests in their last report. Most of them sleep until the window ends.
type poolWants struct{ members, want, sent, out, asleep int }

type poolMember struct {
	name              string
	epoch             int64
	own, out          int // out is requests in flight and the lease
	interactive, want int // want is both classes
	people            int
	credit            int // what it has had less than its fair share in earlier windows
	seen              int64
	elem              *list.Element
	silent            bool // it has no lease, and counts as asleep if it wants requests
}

func newPoolState() poolState {
	return poolState{
		window:  poolEpoch{Window: Window{Limit: -1, Remaining: -1}},
		members: map[string]*poolMember{}, live: list.New(), idle: list.New(),
		records: map[Record]*poolRecord{}, recordList: list.New(),
	}
}

// exchange merges a report and returns the grant.
func (s *poolState) exchange(r Report, now int64) Grant {
	s.expire(now)
	alone := s.live.Len() == 0
	s.merge(r.Window, now)
	if r.Rejoining && alone {
		s.settled = now + settleTime
	}
	m := s.update(r, now)
	if s.prober == m.name && !r.Probing {
		s.proberUntil = 0
	}
	g := Grant{}
	if r.Window.Epoch >= s.window.Epoch && now >= s.settled {
		s.grant(&g, r, m, now)
	}
	g.Wait = micros(max(s.settled-now, 0))
	reserve := r.Reserve
	if r.Interactive == 0 {
		reserve = r.ReserveBackground
	}
	g.Busy = s.proberUntil > now || s.window.Remaining-reserve > m.out
	g.Window, g.Members, g.Used = s.windowAt(now), s.live.Len()+s.all.asleep, s.own+s.gone+s.out
	g.People, g.PeopleBefore = s.people, s.peopleBefore
	if s.peopleAt > 0 {
		g.PeopleSince, g.PeopleAgo = micros(max(now-s.peopleSince, 1)), micros(max(now-s.peopleAt, 1))
	}
	for _, record := range r.Records {
		g.Records = append(g.Records, s.exchangeRecord(record, m.name, now))
	}
	return g
}

// merge merges what a member knows about the window.
func (s *poolState) merge(w Window, now int64) {
	e := &s.window
	began, earliest, latest := now-w.Age.Microseconds(), now+w.Earliest.Microseconds(), now+w.Latest.Microseconds()
	switch {
	case w.Epoch > e.Epoch:
		if e.Epoch == 0 && w.Epoch > 1 {
			s.settled = now + settleTime // the pool has lost its memory
		}
		s.peopleBefore, s.people = s.people, 0
		s.fairBefore = max(s.all.sent/max(s.all.members, 1), 0)
		s.own, s.interactive.sent, s.all.sent, s.gone, s.proberUntil = 0, 0, 0, 0, 0
		*e = poolEpoch{Window: w, began: began, earliest: earliest, latest: latest}
		e.Moved = w.Moved && !w.NoReset
	case w.Epoch == e.Epoch && w.Epoch > 0:
		e.Remaining = min(e.Remaining, w.Remaining)
		if w.Limit > 0 {
			e.Limit = w.Limit
		}
		switch {
		case w.Moved:
			e.earliest, e.latest, e.NoReset, e.Moved = earliest, latest, w.NoReset, !w.NoReset
		case !e.Moved: // or else the member may not know yet what a response has said
			e.earliest, e.latest = max(e.earliest, earliest), min(e.latest, latest)
		}
		e.earliest = min(e.earliest, e.latest)
	}
}

// windowAt returns the window relative to now.
func (s *poolState) windowAt(now int64) Window {
	w := s.window.Window
	w.Age, w.Earliest, w.Latest = micros(now-s.window.began), micros(s.window.earliest-now), micros(s.window.latest-now)
	w.Moved = false
	return w
}

// update replaces what is known about a member.
func (s *poolState) update(r Report, now int64) *poolMember {
	m := s.members[r.Member]
	if m == nil {
		m = &poolMember{name: r.Member}
		m.elem = s.live.PushBack(m)
		s.members[r.Member] = m
	}
	s.add(m, -1)
	if r.Window.Epoch != m.epoch {
		credit := 0
		if m.want > 0 && r.Window.Epoch == m.epoch+1 {
			credit = min(max(m.credit+s.fairBefore-m.own, 0), s.fairBefore)
		}
		m.credit = credit
	}
	m.epoch, m.own, m.out, m.people = r.Window.Epoch, r.Own, r.InFlight+r.Lease, r.People
	m.interactive, m.want, m.seen = r.Interactive, r.Interactive+r.Background, now
	if m.silent {
		m.silent = false
		s.idle.Remove(m.elem)
		m.elem = s.live.PushBack(m)
	}
	s.add(m, 1)
	s.live.MoveToBack(m.elem)
	if r.PeopleAgo > 0 {
		s.came(now-r.PeopleAgo.Microseconds(), now-r.PeopleSince.Microseconds())
	}
	return m
}

// came notes that people have sent requests since a moment, and the last one at another one.
func (s *poolState) came(at, since int64) {
	switch {
	case s.peopleAt == 0, at-s.peopleAt >= poolPause:
		s.peopleSince = min(at, since)
	case at > s.peopleSince-poolPause: // the member has seen these requests, perhaps before the pool lost its memory
		s.peopleSince = min(s.peopleSince, since)
	}
	s.peopleAt = max(s.peopleAt, at)
}

// add adds a member to the sums, or takes it out of them if sign is -1.
func (s *poolState) add(m *poolMember, sign int) {
	s.out += sign * m.out
	if m.epoch == s.window.Epoch {
		s.own += sign * m.own
		s.people += sign * m.people
	}
	s.interactive.add(m, sign, m.interactive, s.sent(m, min(m.people, m.own)))
	s.all.add(m, sign, m.want, s.sent(m, m.own))
}

// sent returns what counts of a member's requests when what is left is shared out.
func (s *poolState) sent(m *poolMember, requests int) int {
	if m.epoch != s.window.Epoch {
		return 0
	}
	return requests - m.credit
}

func (w *poolWants) add(m *poolMember, sign, want, sent int) {
	switch {
	case want == 0:
	case m.silent:
		w.asleep += sign
	default:
		w.members += sign
		w.want += sign * want
		w.sent += sign * sent
		w.out += sign * m.out
	}
}

// expire takes back what silent members have.
func (s *poolState) expire(now int64) {
	for range expirePerExchange {
		if e := s.live.Front(); e != nil && now-e.Value.(*poolMember).seen >= memberSilence {
			m := e.Value.(*poolMember)
			s.add(m, -1)
			m.out, m.silent = 0, true
			s.add(m, 1)
			s.live.Remove(e)
			m.elem = s.idle.PushBack(m)
		}
		if e := s.idle.Front(); e != nil && now-e.Value.(*poolMember).seen >= memberKept {
			m := e.Value.(*poolMember)
			if m.epoch == s.window.Epoch {
				s.gone += m.own
			}
			s.add(m, -1)
			s.idle.Remove(e)
			delete(s.members, m.name)
		}
	}
	s.expireRecords(now)
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
