package ratelimit

import (
	"math"
	"net/http"
	"time"
)

// The organisation's budget renews every 60 seconds (Kustomer's reference, "Rate limits").
const windowLength = 60 * time.Second

// budget is what is known about the organisation's budget. All of it comes from responses: nearly all of them have a
// count of what is left, and only a refusal has the time at which the window ends. Others use the same budget, unseen.
//
// Responses may arrive in another order than the server sent them. Within a window the counts fall, so the lowest one is
// the newest. A higher count belongs to a new window if its request was sent after the lowest count arrived; otherwise
// it is late. Any count belongs to a new window if its request was sent after the previous window ended for certain.
type budget struct {
	limit int  // requests per window; -1 until a response has it
	seen  bool // a count or a refusal has shown what is left of the latest window
	// counted: a response other than a refusal had a count. noCounts: no such response is expected to have one.
	counted, noCounts bool

	// The newest count of this window, when its request was sent and when its response came.
	remaining          int
	countSent, countAt time.Time
	most               int // the highest count ever
	// lost has the times at which requests ended without a count. The newest count may not include them.
	lost []time.Time
	// missed is how many responses without a count came since the last count, and missedSince is when the first one came.
	missed      int
	missedSince time.Time

	// The window ends between earliest and latest: 60 s after its first response at the latest.
	earliest, latest time.Time
	began            time.Time // when the request of its first response was sent
	sawStart         bool      // that response was the first one after an earlier window
	noReset          bool      // refusals come without the time of the reset
	useless          int       // refusals in a row with a reset that makes no sense
	resetsAlways     bool      // other responses have a reset too

	// top is what was left before the first response of the window. own is how much of what was spent since is our own.
	top, own int
	share    float64

	others others
	people people

	clock serverClock

	// epoch is the number of the window, which the members of a pool count together. moved: a response has said when the
	// window ends since the last report to the pool. fleet is how many requests all members have sent or may send.
	epoch int64
	moved bool
	fleet int
}

func newBudget() budget {
	return budget{limit: -1, remaining: -1, share: 1, others: others{expected: firstShare}}
}

// left returns how many requests the window still has.
func (b *budget) left() int { return b.remaining - len(b.lost) }

// size returns how many requests a window has: the limit or, if no response has it, what was left when the window was
// first seen. A limit more than a thousand times the highest count makes no sense.
func (b *budget) size() int {
	switch {
	case b.limit <= 0:
		return b.top
	case b.most > 0 && b.limit/1000 > b.most:
		return b.most
	}
	return b.limit
}

// over reports whether the window has ended for certain.
func (b *budget) over(now time.Time) bool { return b.seen && !now.Before(b.latest) }

// stale reports whether a whole window has passed unseen. Others may have used up the current one.
func (b *budget) stale(now time.Time) bool {
	return b.over(now) && !now.Before(b.latest.Add(windowLength))
}

// observe records a response, and returns what it means if it is a refusal. ofRecord reports whether the request counts
// against a limit of its own: that of one record, customer or operation, or of searches.
func (b *budget) observe(h http.Header, status int, ofRecord bool, sent, received time.Time) (v verdict) {
	refused := status == http.StatusTooManyRequests
	api := ofAPI(h, status)
	b.clock.observe(h, sent, received)
	said, reset := readCounts(h, refused), h.Get("X-Ratelimit-Reset") != ""
	if said.Limit > 0 && api {
		b.limit = said.Limit
	}
	if refused {
		v = classify(h, received, b.clock.at(received), b.known(ofRecord))
	} else if api && reset {
		b.resetsAlways = true
	}
	switch {
	case v.scope == ScopeOrg:
		b.refuse(v, sent, received)
	case !api:
		b.lose(received)
	case refused && !b.counted:
		// Other responses may have no counts though refusals have them.
	case said.Remaining >= 0:
		b.counted, b.noCounts = true, false
		b.count(said.Remaining, sent, received)
		// A response to a request from before the window may be about the previous one.
		if end, ok := b.reset(h, received); ok && !sent.Before(b.began) && !b.tighter(end) {
			b.earliest, b.latest, b.moved = end, end, true
		}
	case status >= http.StatusInternalServerError:
		b.lose(received) // from a proxy or a failing server: it does not show whether the API sends counts
	default:
		b.miss(sent, received)
	}
	return v
}

// known returns what earlier responses showed.
func (b *budget) known(ofRecord bool) Known {
	return Known{Record: ofRecord, Counts: b.seen, NearlySpent: b.seen && b.left() <= b.size()/10, ResetsAlways: b.resetsAlways}
}

// tighter reports whether the end of the window is known better than end, which has whole seconds, on a clock that is
// known to a second at first. A window ends 60 s after its first response at the latest.
func (b *budget) tighter(end time.Time) bool {
	return b.sawStart && !end.Before(b.latest) && end.Sub(b.latest) < 2*time.Second
}

// precise reports whether the end of the window is known well enough to wait for it without probes. For windows that
// were seen to begin, less precision is enough: a probe would be refused in each of them.
func (b *budget) precise() bool {
	enough := 6 * time.Second
	if b.sawStart {
		enough = windowLength / 2
	}
	return b.latest.Sub(b.earliest) <= enough
}

// reset returns when the window ends according to a response.
func (b *budget) reset(h http.Header, received time.Time) (time.Time, bool) {
	if h.Get("X-Ratelimit-Reset") == "" {
		return time.Time{}, false
	}
	wait, _ := untilReset(h, b.clock.at(received), maxAhead)
	return received.Add(wait), wait > 0
}

// After noCountsAfter responses of the API in a row without a count, none is expected. Refusals are ignored here, because
// they may be the only responses with counts. If counts were seen before, it also takes two windows, because a firewall
// or a failing server may respond like that for a while.
const (
	noCountsAfter     = 10
	noCountsAfterTime = 2 * windowLength
)

// miss records a response of the API without a count.
func (b *budget) miss(sent, received time.Time) {
	if b.missed == 0 {
		b.missedSince = received
	}
	b.missed++
	if b.missed >= noCountsAfter && (!b.counted || received.Sub(b.missedSince) >= noCountsAfterTime) {
		b.counted, b.noCounts = false, true
	}
	if b.noCounts && !sent.Before(b.countAt) {
		b.seen = false // a refusal was seen in a window that has ended
	}
	b.lose(received)
}

// lose records a request that the newest count may not include. It records no more than may be left.
func (b *budget) lose(at time.Time) {
	if b.seen && len(b.lost) <= b.remaining {
		b.lost = append(b.lost, at)
		b.own++
	}
}

// refuse records a refusal for the whole organisation.
func (b *budget) refuse(v verdict, sent, received time.Time) {
	if sent.Before(b.began) {
		return // late, of the previous window
	}
	b.seen = true
	b.epoch, b.moved = max(b.epoch, 1), true
	b.remaining, b.countSent, b.countAt = 0, sent, received
	if v.reset > 0 {
		end := received.Add(v.reset)
		b.earliest, b.latest, b.noReset, b.useless = end, end, false, 0
		return
	}
	b.earliest = later(b.earliest, sent)
	if v.resetSaid {
		// Most likely a time that has just passed, because the server rounds down. If not, probes become less frequent.
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

// count records how many requests are left.
func (b *budget) count(remaining int, sent, received time.Time) {
	b.missed, b.useless = 0, 0
	b.most = max(b.most, remaining)
	switch renewed := remaining > b.remaining && !sent.Before(b.countAt); {
	case !b.seen || renewed || !sent.Before(b.latest):
		b.renew(remaining, sent, received)
	case sent.Before(b.began) && remaining < b.remaining:
		// Late, of the previous window.
	case remaining <= b.remaining:
		b.own++
		b.remaining, b.countSent, b.countAt = remaining, sent, received
		b.earliest = later(b.earliest, sent) // the window had not ended then
		b.forgetLost()
	default:
		b.own++ // late; the newest count includes it
	}
	if spent := b.top - b.remaining; spent >= tellingSpent {
		b.share = float64(b.own) / float64(spent)
	}
}

// tellingSpent is how many requests have to be spent before share is computed from them.
const tellingSpent = 50

// renew starts a window with its first response.
func (b *budget) renew(remaining int, sent, received time.Time) {
	b.sawStart = b.seen
	b.turn(b.epoch+1, sent)
	b.remaining, b.countSent, b.countAt = remaining, sent, received
	b.top, b.own = min(remaining, math.MaxInt32-1)+1, 1 // no report may have more
	b.latest = received.Add(windowLength)
	// It began when the previous one ended, and had not ended when that request was sent.
	b.earliest = earlier(later(b.earliest.Add(windowLength), sent), b.latest)
}

// turn forgets the previous window.
func (b *budget) turn(epoch int64, began time.Time) {
	b.others = others{expected: b.othersShare()}
	b.people.used, b.people.before = 0, b.people.used
	b.epoch, b.began, b.seen, b.moved = epoch, began, true, false
	b.lost = b.lost[:0]
	b.own, b.fleet = 0, 0
}

// forgetLost drops the lost requests that the newest count includes: they ended before its request was sent.
func (b *budget) forgetLost() {
	kept := b.lost[:0]
	for _, at := range b.lost {
		if at.After(b.countSent) {
			kept = append(kept, at)
		}
	}
	b.lost = kept
}
