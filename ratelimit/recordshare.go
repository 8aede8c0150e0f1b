package ratelimit

import (
	"math/rand/v2"
	"time"
)

// A recordShare is the state of a key limiter whose limit the members of a pool share. A member may send requests for the
// record only while it holds it. It holds it for a short time, and gives it back when its requests have landed. So the
// holder decides alone, with the state that the last holder has left.
type recordShare struct {
	pool   *membership
	joined bool      // the pool knows what this member has sent and learned without it
	told   int       // how many requests of this member were in the last report
	held   bool      // until the member gives it back
	until  time.Time // no request is sent after it
	askAt  time.Time // when to ask for it again
	polls  int       // in a row without getting it
}

const (
	// holdTime is how long a member sends requests for a record before another one may.
	holdTime = time.Second
	// drainTime is how long it then waits for the responses.
	drainTime = time.Second
	// sharedPart is the part of a known limit that a member uses by itself before the limit is shared.
	sharedPart = 16
	// newWindow is how much later than expected a window ends if it is the next one.
	newWindow = time.Second
	// mostRecords is how many records are in one report at most.
	mostRecords = 64
)

// closed reports whether requests have to wait until the member holds the record.
func (s *recordShare) closed(now time.Time) bool {
	return s != nil && s.pool.attached() && !(s.held && now.Before(s.until))
}

// shareRecord starts to share the limit of k once it matters to other members. What a member does without the pool, it
// reports when it is back.
func (l *Adaptive) shareRecord(k *keyLimiter, refused bool) {
	switch {
	case k.share != nil && !l.pool.attached():
		k.share.joined = false
	case k.share == nil && l.pool.attached() && (refused || k.limit > 0 && k.spent >= max(k.limit/sharedPart, 1)):
		k.share = &recordShare{pool: l.pool}
	default:
		return
	}
	l.pool.records[k] = struct{}{}
}

// seekRecord starts an exchange if k is shared, and has to be asked for or can be given back.
func (l *Adaptive) seekRecord(k *keyLimiter, now time.Time) {
	if k.share == nil || !l.pool.attached() {
		return
	}
	l.pool.records[k] = struct{}{}
	if k.asks(now) {
		// Before that, or without budget, the record is of no use.
		budget := l.pool.askAt[index(k.waiting.first().request.patient())]
		k.share.askAt = later(later(k.share.askAt, budget), k.renewalAlone(now))
	}
	if k.releasable(now) || k.asks(now) && !k.blocked(now) {
		l.exchange()
	}
}

// asks reports whether a request waits for the record.
func (k *keyLimiter) asks(now time.Time) bool {
	return !k.share.held && k.waiting.len() > 0 && !k.share.askAt.After(now)
}

// releasable reports whether the record can be given back: the time is over, or its limit is reached.
func (k *keyLimiter) releasable(now time.Time) bool {
	s := k.share
	if !s.held || k.inFlight > 0 && now.Before(s.until.Add(drainTime)) {
		return false
	}
	return !now.Before(s.until) || k.blocked(now)
}

// blocked reports whether the limit allows no request soon, whoever holds the record.
func (k *keyLimiter) blocked(now time.Time) bool {
	at, ok := k.opensAlone(now)
	return !ok || at.After(now.Add(pollEvery/2))
}

// unneeded reports whether a record that is held can be given back: its time is over, or no request is for it.
func (k *keyLimiter) unneeded(now time.Time) bool {
	return k.releasable(now) || k.share.held && !k.inUse() && now.Sub(k.sentAt) >= idleAfter
}

// recordReports returns what is to be reported about shared records.
func (l *Adaptive) recordReports(now time.Time) (all []RecordReport) {
	p := l.pool
	p.reported = nil
	for k := range p.records {
		s := k.share
		release := p.closed && s.held || k.unneeded(now)
		want := !p.closed && k.waiting.len() > 0 && (release || k.asks(now)) && !k.blocked(now)
		switch {
		case (release || want || !s.joined && !k.idle(now)) && len(all) < mostRecords:
			p.reported = append(p.reported, k)
			r := RecordReport{Record: Record{k.key.kind, k.key.id}, Join: !s.joined, Release: release, Want: want, State: k.state(now)}
			s.told = k.spent - k.other
			r.Sent = max(r.State.Spent-k.other, 0)
			all = append(all, r)
		case !s.held && !k.inUse() && (s.joined || k.idle(now)):
			delete(p.records, k)
		}
	}
	return all
}

// applyRecords takes over what the pool knows about records, and opens those that this member holds now.
func (l *Adaptive) applyRecords(g *Grant, asked, now time.Time) {
	for i, k := range l.pool.reported {
		s := k.share
		s.held, s.until = g.Records[i].Held, asked.Add(holdTime)
		k.adopt(g.Records[i].State, now)
		if s.held {
			s.polls = 0
		} else {
			every := pollEvery << min(s.polls, 1)
			s.askAt = later(k.renewalAlone(now), now.Add(every/2+rand.N(every/2)))
			s.polls++
		}
		l.open(k, now)
	}
}

// renewalAlone returns when the limit allows a request, whoever holds the record.
func (k *keyLimiter) renewalAlone(now time.Time) time.Time {
	at, _ := k.opensAlone(now)
	return later(at, now)
}

// state returns the state of a key limiter for the pool.
func (k *keyLimiter) state(now time.Time) RecordState {
	k.expire(now)
	spent := k.spent
	if k.limit == 0 && k.end.IsZero() {
		spent = 0 // there is no window in which to count
	}
	return RecordState{
		Spent: spent, End: gap(now, k.end), Try: gap(now, k.tryAt), Blocked: gap(now, k.until),
		Refusals: k.refusals, Refused: gap(k.refusedAt, now), First: gap(k.first, now),
	}
}

// gap returns the time between two moments, at least a microsecond, or 0 if one of them is not known.
func gap(from, to time.Time) time.Duration {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return max(to.Sub(from), time.Microsecond)
}

// adopt takes over the state that the pool has.
func (k *keyLimiter) adopt(s RecordState, now time.Time) {
	at := func(d time.Duration) time.Time {
		if d == 0 {
			return time.Time{}
		}
		return now.Add(d)
	}
	end, sent := at(s.End), k.spent-k.other
	since := max(sent-k.share.told, 0) // the report, without the pool
	k.share.joined = since == 0
	if k.other = s.Spent - (sent - since); k.other < 0 || !k.end.IsZero() && end.Sub(k.end) > newWindow {
		sent, k.other = since, s.Spent // a new window
	}
	k.spent, k.refusals = k.other+sent, s.Refusals
	k.end, k.tryAt, k.until = at(s.End), at(s.Try), at(s.Blocked)
	k.refusedAt, k.first = at(-s.Refused), at(-s.First)
	k.bound(now)
}
