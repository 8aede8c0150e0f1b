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
	mute  bool // where none was seen: answers come without a count

	// The newest count of this window, when its request left and when its answer came.
	remaining          int
	countSent, countAt moment
	// lost are answers without a count, by when they came: each may have cost one that the newest count does not show.
	lost   []moment
	missed int // how many answers came without a count since the window has surely ended

	// The window ends between earliest and latest: 60 s after its first answer at the latest.
	earliest, latest moment
	began            moment // when the request of its first answer left
	sawStart         bool   // that answer was the first one of the window
	silent           bool   // refusals come without the time of the reset
	useless          int    // how many did in a row with one that makes no sense
	resetsAlways     bool   // answers that are no refusals come with it too

	// top and own tell how much of what is spent is our own.
	top, own int
	share    float64

	clock serverClock
}

func newBudget(e epoch) budget {
	return budget{limit: -1, remaining: -1, share: 1, clock: serverClock{epoch: e}}
}

// left is how many requests may still be spent.
func (b *budget) left() int { return b.remaining - len(b.lost) }

// size is how many requests a window has: the limit, or, where no answer says that, what was there when the window was first
// seen.
func (b *budget) size() int {
	if b.limit > 0 {
		return b.limit
	}
	return b.top
}

// over reports whether the window has surely ended.
func (b *budget) over(now moment) bool { return b.seen && !now.Before(b.latest) }

// stale reports whether a whole window has gone by unseen: others may have used up the one that is now.
func (b *budget) stale(now moment) bool {
	return b.over(now) && !now.Before(b.latest.Add(windowLength))
}

// observe takes in an answer to a request of ours, and reports whether it is a refusal for the whole organisation.
func (b *budget) observe(h http.Header, status int, sent, received moment) (refusal bool) {
	b.clock.observe(h, sent, received)
	said, reset := readCounts(h), field(h, "X-Ratelimit-Reset")
	if said.Limit > 0 {
		b.limit = said.Limit
	}
	if status != http.StatusTooManyRequests {
		b.resetsAlways = b.resetsAlways || reset != ""
	} else {
		refusal = b.refusesAll(said, reset != "")
	}
	switch {
	case refusal:
		b.refuse(reset, sent, received)
	case said.Remaining >= 0:
		b.count(said.Remaining, sent, received)
		if end, ok := b.reset(reset, received); ok && !b.tighter(end) {
			b.earliest, b.latest = end, end
		}
	case status >= http.StatusInternalServerError:
		b.lose(received) // an answer of the network's edge says nothing of how the API's answers are
	default:
		b.miss(received)
	}
	return refusal
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

// reset returns when the window ends by what an answer says.
func (b *budget) reset(text string, received moment) (moment, bool) {
	if text == "" {
		return never, false
	}
	wait, ok := untilReset(text, b.clock.at(received))
	if !ok {
		return never, false
	}
	return received.Add(wait), true
}

// muteAfter is how many answers without a count in a row, before the first count or after the end of a window, say that no more
// counts come.
const muteAfter = 10

// miss takes in an answer without a count.
func (b *budget) miss(received moment) {
	if !b.seen || b.over(received) {
		b.missed++
	}
	if b.missed >= muteAfter {
		b.seen, b.mute = false, true
		return
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

// count takes in how many requests are left.
func (b *budget) count(remaining int, sent, received moment) {
	b.missed, b.useless = 0, 0
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
