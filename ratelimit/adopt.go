package ratelimit

import "time"

// mostAge is the highest age of a window in a report. It is also the age of a window that began with a refusal, because
// that does not show when it began.
const mostAge = time.Hour

// window returns what is known about the window, for a report.
func (b *budget) window(now time.Time) Window {
	if !b.seen {
		return Window{Limit: b.limit, Remaining: -1}
	}
	return Window{
		Epoch: b.epoch, Limit: b.limit, Top: b.top, Remaining: b.remaining, SawStart: b.sawStart, Age: min(now.Sub(b.began), mostAge),
		Earliest: b.earliest.Sub(now), Latest: b.latest.Sub(now), Moved: b.moved, NoReset: b.noReset,
	}
}

// adopt takes over what all members of the pool know. A response that came since the report knows more.
func (b *budget) adopt(r *Report, g *Grant, asked, now time.Time) {
	w := &g.Window
	if w.Epoch == 0 || b.seen && w.Epoch < b.epoch {
		return
	}
	if w.Epoch > b.epoch || !b.seen {
		b.turn(w.Epoch, asked.Add(-max(w.Age, 0)))
		b.counted, b.noCounts, b.missed = true, false, 0
		b.top, b.remaining, b.countSent, b.countAt = w.Top, w.Remaining, asked, now
		b.sawStart, b.most = w.SawStart, max(b.most, w.Remaining)
		b.earliest, b.latest = asked.Add(w.Earliest), now.Add(w.Latest)
	}
	if w.Limit > 0 {
		b.limit = w.Limit
	}
	if w.Remaining < b.remaining {
		b.remaining, b.countSent, b.countAt = w.Remaining, asked, now
	}
	if !b.moved {
		b.noReset = w.NoReset
		b.latest = now.Add(w.Latest)
		b.earliest = earlier(later(b.earliest, asked.Add(w.Earliest)), b.latest)
	}
	b.fleet = g.Used
	b.others.seen = max(b.others.seen, w.Top-w.Remaining-g.Used)
	b.people.fleet = max(g.People, g.PeopleBefore)
	if g.PeopleAgo > 0 {
		b.people.last = later(b.people.last, now.Add(-g.PeopleAgo))
		b.people.since = now.Add(-g.PeopleSince)
	}
}

// lostFor is how long a request without a response may be missing in the counts of all members.
const lostFor = 3 * time.Second

// dropLost forgets the lost requests that the counts include by now.
func (b *budget) dropLost(now time.Time) {
	for len(b.lost) > 0 && now.Sub(b.lost[0]) >= lostFor {
		b.lost = b.lost[1:]
	}
}
