package ratelimit

import "time"

// rateCap keeps to MaxRate: so many requests in any 60 seconds.
type rateCap struct {
	perWindow int
	sent      []time.Time // a ring of the last perWindow requests
	oldest    int
}

// next returns when one more may be sent, after so many others.
func (p *rateCap) next(now time.Time, ahead int) time.Time {
	i := len(p.sent) + ahead - p.perWindow
	if p.perWindow == 0 || i < 0 {
		return now
	}
	windows, i := time.Duration(i/p.perWindow), i%p.perWindow
	at := now.Add(windowLength) // a window after one that is still to be sent
	if i < len(p.sent) {
		at = later(now, p.sent[(p.oldest+i)%len(p.sent)].Add(windowLength))
	}
	return at.Add(windows * windowLength)
}

func (p *rateCap) spend(now time.Time) {
	switch {
	case p.perWindow == 0:
	case len(p.sent) < p.perWindow:
		p.sent = append(p.sent, now)
	default:
		p.sent[p.oldest] = now
		p.oldest = (p.oldest + 1) % p.perWindow
	}
}

// refund forgets the latest request, which was not sent.
func (p *rateCap) refund() {
	n := len(p.sent)
	switch {
	case n == 0:
	case n < p.perWindow:
		p.sent = p.sent[:n-1]
	default:
		p.oldest = (p.oldest + n - 1) % n
		p.sent[p.oldest] = p.sent[p.oldest].Add(-windowLength)
	}
}
