package ratelimit

import (
	"net/http"
	"time"
)

// The organisation's budget renews every 60 seconds (Kustomer's reference, "Rate limits").
const windowLength = 60 * time.Second

// budget is what is known of the organisation's budget. All of it comes from responses: nearly each says how much is
// left, and only a refusal says when the window ends. Others draw on the same budget unseen.
//
// Responses arrive in another order than the server makes them. Within a window the counts fall, so the lowest one is
// the newest. A higher count belongs to a new window if its request left after the lowest one had arrived; otherwise it
// is late. Any count belongs to a new window if its request left after the previous window had surely ended.
type budget struct {
	limit int // requests per window; -1 before a response has said
	seen  bool
	// counted: a response other than a refusal had a count. noCounts: such responses have none.
	counted, noCounts bool

	// The newest count of this window, when its request left and when its response came.
	remaining          int
	countSent, countAt time.Time
	most               int // the highest count ever
	// lost is when responses without a count came. The newest count may not include their requests.
	lost []time.Time
	// missed is how many responses without a count came since the last count, missedSince is when the first of them came.
	missed      int
	missedSince time.Time

	// The window ends between earliest and latest: 60 s after its first response at the latest.
	earliest, latest time.Time
	began            time.Time // when the request of its first response left
	sawStart         bool      // that response was the first one of the window
	noReset          bool      // refusals come without the time of the reset
	useless          int       // refusals in a row with a reset that makes no sense
	resetsAlways     bool      // other responses have a reset too

	// top and own tell how much of what is spent is our own.
	top, own int
	share    float64

	others others
	people people

	clock serverClock
}

func newBudget() budget {
	return budget{limit: -1, remaining: -1, share: 1, others: others{expected: firstShare}}
}

// left is how many requests may still be spent.
func (b *budget) left() int { return b.remaining - len(b.lost) }

// size is how many requests a window has: the limit, or what was left at the window's first response if no response
// says the limit. A limit more than a thousand times the highest count makes no sense.
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
func (b *budget) over(now time.Time) bool { return b.seen && !now.Before(b.latest) }

// stale reports whether a whole window has passed unseen. Others may have used up the current one.
func (b *budget) stale(now time.Time) bool {
	return b.over(now) && !now.Before(b.latest.Add(windowLength))
}

// observe records a response. ofRecord says that the request counts against the limit of one record, customer or
// operation. It returns what a refusal means.
func (b *budget) observe(h http.Header, status int, ofRecord bool, sent, received time.Time) (v verdict) {
	refused := status == http.StatusTooManyRequests
	api := ofAPI(h, status)
	b.clock.observe(h, sent, received)
	said, reset := readCounts(h, refused), field(h, "X-Ratelimit-Reset") != ""
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
		// That refusals carry counts does not say that other responses do.
	case said.Remaining >= 0:
		b.counted, b.noCounts = true, false
		b.count(said.Remaining, sent, received)
		if end, ok := b.reset(h, received); ok && !b.tighter(end) {
			b.earliest, b.latest = end, end
		}
	case status >= http.StatusInternalServerError:
		b.lose(received) // from a proxy or a server in trouble: it does not show whether the API sends counts
	default:
		b.miss(sent, received)
	}
	return v
}

// known is what earlier responses said.
func (b *budget) known(ofRecord bool) Known {
	return Known{Record: ofRecord, Counts: b.seen, NearlySpent: b.seen && b.left() <= b.size()/10, ResetsAlways: b.resetsAlways}
}

// tighter reports whether the window's end is known better than end, which has whole seconds: a window whose first
// response was seen ends 60 s after it at the latest.
func (b *budget) tighter(end time.Time) bool {
	return b.sawStart && !end.Before(b.latest) && end.Sub(b.latest) < time.Second
}

// precise reports whether the window's end is known well enough to wait for it without probes. It is for windows that
// were seen to begin: a probe in each of them would be refused each time.
func (b *budget) precise() bool {
	enough := 6 * time.Second
	if b.sawStart {
		enough = windowLength / 2
	}
	return b.latest.Sub(b.earliest) <= enough
}

// reset returns when the window ends by what a response says.
func (b *budget) reset(h http.Header, received time.Time) (time.Time, bool) {
	if field(h, "X-Ratelimit-Reset") == "" {
		return time.Time{}, false
	}
	wait, _ := untilReset(h, b.clock.at(received), maxAhead)
	return received.Add(wait), wait > 0
}

// So many responses of the API in a row without a count show that none will come. Refusals do not count, because they
// may be the only responses with counts. Once counts have been seen it also takes two windows, because a firewall or a
// server in trouble may respond like that for a while.
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
		b.seen = false // the refused window has ended
	}
	b.lose(received)
}

// lose records a request that the newest count may not include. It keeps no more than could be left.
func (b *budget) lose(at time.Time) {
	if b.seen && len(b.lost) <= b.remaining {
		b.lost = append(b.lost, at)
		b.own++
	}
}

// refuse records a refusal for the whole organisation.
func (b *budget) refuse(v verdict, sent, received time.Time) {
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
		// Most likely a time that has just passed, because the server rounds it down. If not, probe less and less often.
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

// tellingSpent is how many requests have to be spent before they show whose they were.
const tellingSpent = 50

// renew begins a window with the first response that was seen of it.
func (b *budget) renew(remaining int, sent, received time.Time) {
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

// forgetLost drops the lost requests that the newest count includes: they ended before its request left.
func (b *budget) forgetLost() {
	kept := b.lost[:0]
	for _, at := range b.lost {
		if at.After(b.countSent) {
			kept = append(kept, at)
		}
	}
	b.lost = kept
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
