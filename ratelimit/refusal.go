package ratelimit

import (
	"net/http"
	"time"
)

// refusesAll tells a refusal for the whole organisation from one for a single record or customer.
func (b *budget) refusesAll(said Budget, reset bool) bool {
	switch {
	case said.Remaining == 0:
		return true
	case said.Remaining > 0:
		return reset && !b.resetsAlways
	}
	return reset || b.nearlySpent()
}

// roomLeft reports whether a refusal that is not for the whole organisation is one for a single record, customer or operation: it
// says itself that there is room in the budget, or, of a record, it says nothing and there was plenty.
func (b *budget) roomLeft(h http.Header, ofRecord bool) bool {
	said := readCounts(h).Remaining
	return said > 0 || said < 0 && b.seen && ofRecord
}

// nearlySpent reports whether a refusal that says nothing is probably one for the budget.
func (b *budget) nearlySpent() bool { return b.seen && b.left() <= b.size()/10 }

// refuse takes in a refusal for the whole organisation, and what it says of the reset.
func (b *budget) refuse(reset string, sent, received moment) {
	if sent.Before(b.began) {
		return // of the window before, and late
	}
	b.seen = true
	b.remaining, b.countSent, b.countAt = 0, sent, received
	b.missed = 0
	if end, ok := b.reset(reset, received); ok {
		b.earliest, b.latest, b.silent, b.useless = end, end, false, 0
		return
	}
	b.earliest = later(b.earliest, sent)
	if reset != "" {
		// Most likely a time that has just passed, for the server rounds it down. If not, look less and less often.
		end := received.Add(min(time.Second<<b.useless, lookEvery))
		b.useless = min(b.useless+1, 4)
		b.earliest, b.latest = end, end
		return
	}
	b.silent = true
	if !b.latest.After(received) {
		b.latest = received.Add(windowLength)
	}
}
