package ratelimit

import (
	"net/http"
	"time"
)

// The organisation's budget renews every 60 seconds (Kustomer's reference, "Rate limits").
const windowLength = 60 * time.Second

// budget is what is known of the organisation's budget. It learns from answers alone: how much is left comes with
// nearly every one, when the window ends only with a refusal, and others draw on the same budget unseen.
//
// Answers come in another order than the server made them. Within a window the server's own order is that of falling
// counts, so the lowest one is the newest. A higher one is of a new window if its request left after the lowest had
// arrived; otherwise it is merely late. Any is of a new window if its request left after the one before had surely ended.
type budget struct {
	limit int // requests per window; -1 before an answer has said
	seen  bool
	// counted says that a response which refuses nothing came with a count, noCounts that such responses come without.
	counted, noCounts bool

	// The newest count of this window, when its request left and when its answer came.
	remaining          int
	countSent, countAt moment
	most               int // the highest count ever
	// lost are answers without a count, by when they came: each may have cost one that the newest count does not show.
	lost []moment
	// missed are the responses without a count since the last one that had one, missedSince is when the first of them came.
	missed      int
	missedSince moment

	// The window ends between earliest and latest: 60 s after its first answer at the latest.
	earliest, latest moment
	began            moment // when the request of its first answer left
	sawStart         bool   // that answer was the first one of the window
	noReset          bool   // refusals come without the time of the reset
	useless          int    // how many did in a row with one that makes no sense
	resetsAlways     bool   // answers that are no refusals come with it too

	// top and own tell how much of what is spent is our own.
	top, own int
	share    float64

	others others
	people people

	clock serverClock
}

func newBudget(e epoch) budget {
	return budget{limit: -1, remaining: -1, share: 1, others: others{expected: firstShare}, clock: serverClock{epoch: e}}
}

// left is how many requests may still be spent.
func (b *budget) left() int { return b.remaining - len(b.lost) }

// size is how many requests a window has: the limit, or, where no answer says that, what was there when the window was first
// seen. A limit that is more than a thousand times what was ever left makes no sense.
func (b *budget) size() int {
	switch {
	case b.limit <= 0:
		return b.top
	case b.most > 0 && b.limit/1000 > b.most:
		return b.most
	}
	return b.limit
}

// over reports whether the window has surely ended.
func (b *budget) over(now moment) bool { return b.seen && !now.Before(b.latest) }

// stale reports whether a whole window has gone by unseen: others may have used up the one that is now.
func (b *budget) stale(now moment) bool {
	return b.over(now) && !now.Before(b.latest.Add(windowLength))
}

// observe takes in a response to a request of ours. ofRecord says that the request counts against the limit of one record,
// customer or operation. Of a refusal it returns what it is about.
func (b *budget) observe(h http.Header, status int, ofRecord bool, sent, received moment) (v verdict) {
	refused := status == http.StatusTooManyRequests
	api := ofAPI(h, status)
	b.clock.observe(h, sent, received)
	said, reset := readCounts(h, refused), field(h, "X-Ratelimit-Reset") != ""
	if said.Limit > 0 && api {
		b.limit = said.Limit
	}
	if refused {
		v = classify(h, b.clock.epoch.time(received), b.clock.at(received), b.known(ofRecord))
	} else if api && reset {
		b.resetsAlways = true
	}
	switch {
	case v.scope == ScopeOrg:
		b.refuse(v, sent, received)
	case !api:
		b.lose(received)
	case refused && !b.counted:
		// That refusals carry counts does not say that other responses do.
	case said.Remaining >= 0:
		b.counted, b.noCounts = true, false
		b.count(said.Remaining, sent, received)
		if end, ok := b.reset(h, received); ok && !b.tighter(end) {
			b.earliest, b.latest = end, end
		}
	case status >= http.StatusInternalServerError:
		b.lose(received) // made by the network's edge, or by a server in trouble: it does not tell how the API's responses are
	default:
		b.miss(sent, received)
	}
	return v
}

// known is what earlier responses said.
func (b *budget) known(ofRecord bool) Known {
	return Known{Record: ofRecord, Counts: b.seen, NearlySpent: b.seen && b.left() <= b.size()/10, ResetsAlways: b.resetsAlways}
}

// tighter reports whether more is known of the window's end than end, which has whole seconds: a window whose first answer
// was seen ends 60 s after it at the latest.
func (b *budget) tighter(end moment) bool {
	return b.sawStart && !end.Before(b.latest) && end.Sub(b.latest) < time.Second
}

// precise reports whether the window's end is known well enough to wait for it, rather than to look whether it has come. In
// windows that were seen to begin it is: looking as well in each of them would be refused in each.
func (b *budget) precise() bool {
	enough := 6 * time.Second
	if b.sawStart {
		enough = windowLength / 2
	}
	return b.latest.Sub(b.earliest) <= enough
}

// reset returns when the window ends by what a response says.
func (b *budget) reset(h http.Header, received moment) (moment, bool) {
	if field(h, "X-Ratelimit-Reset") == "" {
		return never, false
	}
	wait, _ := untilReset(h, b.clock.at(received), maxAhead)
	return received.Add(wait), wait > 0
}

// Where no counts come: so many responses of the API in a row without one say that none will. Those that refuse do not count, for
// they may be the only ones with counts. Once counts have been seen it takes two windows as well, for a firewall or a server in trouble may answer like that for a while.
const (
	noCountsAfter     = 10
	noCountsAfterTime = 2 * windowLength
)

// miss takes in a response of the API without a count.
func (b *budget) miss(sent, received moment) {
	if b.missed == 0 {
		b.missedSince = received
	}
	b.missed++
	if b.missed >= noCountsAfter && (!b.counted || received.Sub(b.missedSince) >= noCountsAfterTime) {
		b.counted, b.noCounts = false, true
	}
	if b.noCounts && !sent.Before(b.countAt) {
		b.seen = false // what was refused before has come to an end
	}
	b.lose(received)
}

// lose takes in that the newest count may not show a request. No more are kept than could be left.
func (b *budget) lose(at moment) {
	if b.seen && len(b.lost) <= b.remaining {
		b.lost = append(b.lost, at)
		b.own++
	}
}

// refuse takes in a refusal for the whole organisation, and what it says of the reset.
func (b *budget) refuse(v verdict, sent, received moment) {
	if sent.Before(b.began) {
		return // of the window before, and late
	}
	b.seen = true
	b.remaining, b.countSent, b.countAt = 0, sent, received
	if v.reset > 0 {
		end := received.Add(v.reset)
		b.earliest, b.latest, b.noReset, b.useless = end, end, false, 0
		return
	}
	b.earliest = later(b.earliest, sent)
	if v.resetSaid {
		// Most likely a time that has just passed, for the server rounds it down. If not, look less and less often.
		end := received.Add(min(time.Second<<b.useless, probeEvery))
		b.useless = min(b.useless+1, 4)
		b.earliest, b.latest = end, end
		return
	}
	b.noReset = true
	if !b.latest.After(received) {
		b.latest = received.Add(windowLength)
	}
}

// count takes in how many requests are left.
func (b *budget) count(remaining int, sent, received moment) {
	b.missed, b.useless = 0, 0
	b.most = max(b.most, remaining)
	switch renewed := remaining > b.remaining && !sent.Before(b.countAt); {
	case !b.seen || renewed || !sent.Before(b.latest):
		b.renew(remaining, sent, received)
	case sent.Before(b.began) && remaining < b.remaining:
		// Of the window before, and late.
	case remaining <= b.remaining:
		b.own++
		b.remaining, b.countSent, b.countAt = remaining, sent, received
		b.earliest = later(b.earliest, sent) // it has not ended before
		b.forgetLost()
	default:
		b.own++ // late; the newest count includes it
	}
	if spent := b.top - b.remaining; spent >= tellingSpent {
		b.share = float64(b.own) / float64(spent)
	}
}

// tellingSpent is how many requests have to be spent before they tell whose they were.
const tellingSpent = 50

// renew begins a window, of which this is the first answer that was seen.
func (b *budget) renew(remaining int, sent, received moment) {
	b.others = others{expected: b.othersShare()}
	b.people.used, b.people.before = 0, b.people.used
	b.sawStart = b.seen
	b.seen = true
	b.began = sent
	b.remaining, b.countSent, b.countAt = remaining, sent, received
	b.lost = b.lost[:0]
	b.top, b.own = remaining+1, 1
	b.latest = received.Add(windowLength)
	// It began when the old one ended, and has not ended before that request left.
	b.earliest = earlier(later(b.earliest.Add(windowLength), sent), b.latest)
}

// forgetLost drops the lost answers that the newest count includes: they came before its request left.
func (b *budget) forgetLost() {
	kept := b.lost[:0]
	for _, at := range b.lost {
		if at.After(b.countSent) {
			kept = append(kept, at)
		}
	}
	b.lost = kept
}

func later(a, b moment) moment {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b moment) moment {
	if a.Before(b) {
		return a
	}
	return b
}
