package ratelimit

import "container/heap"

// What a request costs must not grow with the gates that others wait for. So a gate with waiters is looked at only when
// something has changed, or at the moment at which it was said to open.

// reminders are the gates that open at a known moment, the earliest first. Somebody waits for each.
type reminders []*gate

func (r reminders) Len() int           { return len(r) }
func (r reminders) Less(i, j int) bool { return r[i].reminded < r[j].reminded }
func (r reminders) Swap(i, j int) {
	r[i], r[j] = r[j], r[i]
	r[i].slot, r[j].slot = i+1, j+1
}
func (r *reminders) Push(x any) {
	g := x.(*gate)
	*r = append(*r, g)
	g.slot = len(*r)
}
func (r *reminders) Pop() any {
	last := len(*r) - 1
	g := (*r)[last]
	(*r)[last] = nil
	*r = (*r)[:last]
	g.slot = 0
	return g
}

// block takes in that somebody waits for a gate.
func (s *gates) block(g *gate) {
	s.blocked[g] = struct{}{}
	s.changed(g)
}

// unblock takes in that nobody waits for a gate any longer.
func (s *gates) unblock(g *gate) {
	delete(s.blocked, g)
	if g.slot > 0 {
		heap.Remove(&s.reminders, g.slot-1)
	}
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
	g.reminded = at
	if g.slot > 0 {
		heap.Fix(&s.reminders, g.slot-1)
	} else {
		heap.Push(&s.reminders, g)
	}
}

// next returns a gate to look at, nil if there is none.
func (s *gates) next(now moment) (g *gate) {
	if len(s.reminders) > 0 && !s.reminders[0].reminded.After(now) {
		return heap.Pop(&s.reminders).(*gate)
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
	return s.reminders[0].reminded
}
