package ratelimit

import (
	"math"
	"time"
)

// Of the budget more than the reserve is kept back for those who come evenly and cannot wait: people who use this limiter
// beside calls in the background, and others who were seen to draw on the same budget. A burst at the beginning of a window
// would leave them nothing. What is kept shrinks over the window, so that in the end all of it is used.

// people is what requests that are not in the background spend.
type people struct {
	used, before int    // in this window, and in the one before
	since, last  moment // when the first and the last of them came; after a long pause one is the first again
}

const (
	// peopleFor is how long after the last of them something is kept for people.
	peopleFor = 10 * time.Minute
	// peopleLearn is how long it takes to know what they spend in a whole window. Until then half of the budget is kept.
	peopleLearn = 2 * windowLength
	// peopleMore is the share of the budget that is kept on top of what they are known to spend.
	peopleMore = 0.02
)

// came takes in that one of them asks to be sent.
func (p *people) came(now moment) {
	if now.Sub(p.last) >= peopleFor {
		p.since = now
	}
	p.last = now
}

// kept returns how much of a window of that size background requests leave to people who came lately, and by how much that
// shrinks in a whole window, of which a part is left.
func (p *people) kept(size int, part float64, now moment) (n, shrinks float64) {
	if now.Sub(p.last) >= peopleFor {
		return 0, 0
	}
	expected := float64(max(p.used, p.before))
	if now.Sub(p.since) < peopleLearn {
		expected = max(expected, float64(size)/2)
	}
	return expected*part + math.Ceil(peopleMore*float64(size)), expected
}

// others is what is spent besides our own requests: by agents, other integrations, other processes.
type others struct {
	seen     int     // in this window, at the least
	expected float64 // share of the budget that they spent in the window before
}

const (
	// firstShare is what others are expected to spend before anything is known.
	firstShare = 0.1
	// ownShare is what has to be spent here before anything is kept for others: little spent is no burst.
	ownShare = 0.1
	// mostShare is what they may spend of a window that something is kept for them. Those who spend faster come in bursts as we
	// do, and find their part as we do.
	mostShare = 1. / 3
	// othersWeight is how long what was expected counts as much as what is seen.
	othersWeight = 5 * time.Second
	// othersMargin is how much more than expected is kept.
	othersMargin = 1.5
	// reserveMore is the share of the budget that is kept on top of the reserve at the beginning of a window, to see over some
	// seconds whether others come.
	reserveMore = 0.01
)

// seeOthers takes in what others have spent: all that is neither answered to us nor on its way.
func (b *budget) seeOthers(inFlight int) {
	b.others.seen = max(b.others.seen, b.top-b.remaining-b.own-inFlight)
}

// othersShare is the share of a window's budget that others spend who come evenly, by what was seen in this one.
func (b *budget) othersShare() float64 {
	weight, span := othersWeight.Seconds(), max(b.countAt.Sub(b.began), 0).Seconds()
	seen := float64(b.others.seen) / float64(max(b.size(), 1))
	share := (seen*windowLength.Seconds() + b.others.expected*weight) / (span + weight)
	if share > mostShare {
		return 0
	}
	return share
}

// othersKept returns how much is kept for others of a window of which a part is left, and by how much that shrinks in a
// whole window.
func (b *budget) othersKept(reserve, inFlight int, part float64) (n, shrinks float64) {
	size := float64(b.size())
	if reserve == 0 || float64(b.own+inFlight) < max(ownShare*size, tellingSpent) {
		return 0, 0
	}
	rate := max(b.othersShare()*size*othersMargin, float64(reserve)+reserveMore*size)
	return rate * part, rate
}

// kept returns how much of the budget a request leaves to others, and by how much that shrinks in a whole window.
func (l *Adaptive) kept(background bool, now moment) (n int, shrinks float64) {
	b, reserve := &l.budget, l.reserve()
	part := min(b.latest.Sub(now).Seconds()/windowLength.Seconds(), 1)
	if b.over(now) {
		part = 1 // another one has begun
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

// released returns when enough of what is kept has become free for one more request, and false where that is not known.
func (l *Adaptive) released(background bool, now moment) (moment, bool) {
	n, shrinks := l.kept(background, now)
	if shrinks == 0 {
		return never, false
	}
	missing := max(n+l.inFlight+1-l.budget.left(), 1)
	return now.Add(time.Duration(float64(missing) / shrinks * float64(windowLength))), true
}
