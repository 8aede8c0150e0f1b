package ratelimit

import "container/heap"

// What a request costs must not grow with the gates that others wait for. So a gate with waiters is looked at only when
// something has changed, or at the moment at which it was said to open.

// reminders are those moments, the earliest first. One that has become wrong is harmless.
type reminders []reminder

type reminder struct {
	at   moment
	gate *gate
}

func (r reminders) Len() int           { return len(r) }
func (r reminders) Less(i, j int) bool { return r[i].at < r[j].at }
func (r reminders) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *reminders) Push(x any)        { *r = append(*r, x.(reminder)) }
func (r *reminders) Pop() any {
	last := len(*r) - 1
	x := (*r)[last]
	(*r)[last] = reminder{}
	*r = (*r)[:last]
	return x
}

// block takes in that somebody waits for a gate.
func (s *gates) block(g *gate) {
	s.blocked[g] = struct{}{}
	s.changed(g)
}

// changed takes in that a gate may be open now, for those who wait for it.
func (s *gates) changed(g *gate) {
	if g.waiting.len() > 0 && !g.changed {
		g.changed = true
		s.toLookAt = append(s.toLookAt, g)
	}
}

// remind has a gate looked at then.
func (s *gates) remind(g *gate, at moment) {
	if g.reminded != at {
		g.reminded = at
		heap.Push(&s.reminders, reminder{at, g})
	}
}

// next returns a gate to look at, nil if there is none.
func (s *gates) next(now moment) (g *gate) {
	if len(s.reminders) > 0 && !s.reminders[0].at.After(now) {
		return heap.Pop(&s.reminders).(reminder).gate
	}
	if last := len(s.toLookAt) - 1; last >= 0 {
		g, s.toLookAt[last] = s.toLookAt[last], nil
		s.toLookAt = s.toLookAt[:last]
		g.changed = false
	}
	return g
}

// soonest returns when to look at the next gate, never if nobody has to.
func (s *gates) soonest() moment {
	if len(s.reminders) == 0 {
		return never
	}
	return s.reminders[0].at
}
