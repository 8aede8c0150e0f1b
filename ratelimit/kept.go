package ratelimit

import (
	"math"
	"time"
)

// A burst at the beginning of a window would leave only the reserve for those who send evenly over the window. So more is
// kept for two groups: people who use this limiter beside background requests, and others who were seen to use the same
// budget. The amount shrinks over the window, so that all of the budget is used by its end.

// people is how much of the budget the requests spend that are not background requests.
type people struct {
	used, before int       // in this window, and in the previous one
	since, last  time.Time // when the first one after a long pause and the last one came
	fleet        int       // the larger of used and before for all members of a pool together
}

const (
	// peopleFor is how long budget is kept for people after the last of their requests.
	peopleFor = 10 * time.Minute
	// peopleLearn is how long it takes to learn what they spend in a window. Until then, half of the budget is kept.
	peopleLearn = 2 * windowLength
	// peopleMore is the share of the budget that is kept on top of what they spend.
	peopleMore = 0.02
)

// came records a request of people.
func (p *people) came(now time.Time) {
	if now.Sub(p.last) >= peopleFor {
		p.since = now
	}
	p.last = now
}

// kept returns how much of a window of that size background requests leave to people, and by how much that shrinks in a
// whole window. part is the part of the window that is left.
func (p *people) kept(size int, part float64, now time.Time) (n, shrinks float64) {
	if now.Sub(p.last) >= peopleFor {
		return 0, 0
	}
	expected := float64(max(p.used, p.before, p.fleet))
	if now.Sub(p.since) < peopleLearn {
		expected = max(expected, float64(size)/2)
	}
	return expected*part + math.Ceil(peopleMore*float64(size)), expected
}

// others is how much of the budget agents, other integrations and other processes spend.
type others struct {
	seen     int     // in this window, at least
	expected float64 // share of the budget that they spent in the window before
}

const (
	// firstShare is what others are expected to spend before anything is known.
	firstShare = 0.1
	// ownShare is the share that this limiter has to spend before anything is kept for others, because less is no burst.
	ownShare = 0.1
	// mostShare is the largest share of others for which budget is kept. Others who spend more come in bursts, as this
	// limiter does, and need no budget kept.
	mostShare = 1. / 3
	// othersWeight is the observation time after which the observed share counts as much as the expected one.
	othersWeight = 5 * time.Second
	// othersMargin is the factor by which more than expected is kept.
	othersMargin = 1.5
	// reserveMore is the share of the budget that is kept on top of the reserve at the beginning of a window. It gives
	// some seconds to see whether others come.
	reserveMore = 0.01
)

// seeOthers records what others have spent: all that is neither our own nor in flight here.
func (b *budget) seeOthers(inFlight int) {
	b.others.seen = max(b.others.seen, b.top-b.remaining-b.own-inFlight)
}

// othersShare estimates from this window which share of the budget others spend evenly.
func (b *budget) othersShare() float64 {
	weight, span := othersWeight.Seconds(), max(b.countAt.Sub(b.began), 0).Seconds()
	seen := float64(b.others.seen) / float64(max(b.size(), 1))
	share := (seen*windowLength.Seconds() + b.others.expected*weight) / (span + weight)
	if share > mostShare {
		return 0
	}
	return share
}

// othersKept returns how much is kept for others, and by how much that shrinks in a whole window. part is the part of the
// window that is left.
func (b *budget) othersKept(reserve, inFlight int, part float64) (n, shrinks float64) {
	size := float64(b.size())
	if reserve == 0 || float64(max(b.own+inFlight, b.fleet)) < max(ownShare*size, tellingSpent) {
		return 0, 0
	}
	rate := max(b.othersShare()*size*othersMargin, float64(reserve)+reserveMore*size)
	return rate * part, rate
}

// kept returns how much of the budget a request leaves to others, and by how much that shrinks in a whole window.
func (l *Adaptive) kept(background bool, now time.Time) (n int, shrinks float64) {
	b, reserve := &l.budget, l.reserve()
	part := min(b.latest.Sub(now).Seconds()/windowLength.Seconds(), 1)
	if b.over(now) {
		part = 1 // the next window has begun
	}
	kept, shrinks := b.othersKept(reserve, l.inFlight, part)
	if kept <= float64(reserve) {
		kept, shrinks = float64(reserve), 0
	}
	if background {
		forPeople, rate := b.people.kept(b.size(), part, now)
		kept += max(forPeople, math.Ceil(l.config.BackgroundReserve*float64(b.size())))
		shrinks += rate
	}
	return int(math.Ceil(kept)), shrinks
}

// released returns when enough of what is kept is free for one more request. ok is false if that is not known.
func (l *Adaptive) released(background bool, now time.Time) (at time.Time, ok bool) {
	n, shrinks := l.kept(background, now)
	if shrinks == 0 {
		return time.Time{}, false
	}
	missing := max(n+l.inFlight+1-l.budget.left(), 1)
	return now.Add(time.Duration(float64(missing) / shrinks * float64(windowLength))), true
}
