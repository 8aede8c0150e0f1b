package ratelimit

import (
	"container/heap"
	"time"
)

// The cost of a request must not grow with the number of key limiters that others wait for. So a key limiter with
// waiters is checked only when something has changed, or when it is due to open.

// reminders are the key limiters that open at a known time.Time, the earliest first. Somebody waits for each.
type reminders []*keyLimiter

func (r reminders) Len() int           { return len(r) }
func (r reminders) Less(i, j int) bool { return r[i].reminded.Before(r[j].reminded) }
func (r reminders) Swap(i, j int) {
	r[i], r[j] = r[j], r[i]
	r[i].slot, r[j].slot = i+1, j+1
}
func (r *reminders) Push(x any) {
	k := x.(*keyLimiter)
	*r = append(*r, k)
	k.slot = len(*r)
}
func (r *reminders) Pop() any {
	last := len(*r) - 1
	k := (*r)[last]
	(*r)[last] = nil
	*r = (*r)[:last]
	k.slot = 0
	return k
}

// block records that a call waits for a key limiter.
func (s *keyLimiters) block(k *keyLimiter) {
	s.blocked[k] = struct{}{}
	s.changed(k)
}

// unblock records that no call waits for a key limiter any longer.
func (s *keyLimiters) unblock(k *keyLimiter) {
	delete(s.blocked, k)
	if k.slot > 0 {
		heap.Remove(&s.reminders, k.slot-1)
	}
}

// changed records that a key limiter may be open now.
func (s *keyLimiters) changed(k *keyLimiter) {
	if k.waiting.len() > 0 && !k.changed {
		k.changed = true
		s.toCheck = append(s.toCheck, k)
	}
}

// remind has a key limiter checked at that time.Time.
func (s *keyLimiters) remind(k *keyLimiter, at time.Time) {
	k.reminded = at
	if k.slot > 0 {
		heap.Fix(&s.reminders, k.slot-1)
	} else {
		heap.Push(&s.reminders, k)
	}
}

// next returns a key limiter to check, nil if there is none.
func (s *keyLimiters) next(now time.Time) (k *keyLimiter) {
	if len(s.reminders) > 0 && !s.reminders[0].reminded.After(now) {
		return heap.Pop(&s.reminders).(*keyLimiter)
	}
	if last := len(s.toCheck) - 1; last >= 0 {
		k, s.toCheck[last] = s.toCheck[last], nil
		s.toCheck = s.toCheck[:last]
		k.changed = false
	}
	return k
}

// soonest returns when to check the next key limiter, or never.
func (s *keyLimiters) soonest() time.Time {
	if len(s.reminders) == 0 {
		return time.Time{}
	}
	return s.reminders[0].reminded
}
