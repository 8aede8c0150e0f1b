package ratelimit

// grant decides what a member may send.
func (s *poolState) grant(g *Grant, r Report, m *poolMember, now int64) {
	left := s.window.Remaining - s.out
	if now >= s.window.latest+poolWindow {
		left = 0 // a whole window has passed unseen
	}
	s.add(m, -1)
	// Interactive requests compete with those of other members only. Or else a fair share of what all members sent would
	// keep from them what background requests have left to them. People counts what is in flight too, so Own bounds it.
	interactive := s.share(&s.interactive, m, r.Interactive, min(m.people, m.own), left-r.Reserve, now)
	background := s.share(&s.all, m, r.Background, m.own, left-interactive-r.ReserveBackground, now)
	current := now+r.Window.Earliest.Microseconds() >= s.window.earliest-probeSlack
	if interactive+background == 0 && r.Probe && current && s.proberUntil <= now {
		g.Probe, background = true, 1
		s.prober, s.proberUntil = m.name, now+max(r.Patience.Microseconds(), 2*poolSecond)
	}
	g.Lease, g.Background = interactive+background, background
	m.out += g.Lease
	s.add(m, 1)
}

// share returns how many of the requests that are left a member gets of those it wants. It is half of what the member
// lacks to its fair share, so that others who ask later get as much. It is more if the others cannot use up what is left
// in the rest of the window. w is about these others.
func (s *poolState) share(w *poolWants, m *poolMember, want, sent, left int, now int64) int {
	if want <= 0 || left <= 0 {
		return 0
	}
	rest := int(max(s.window.latest-now, 0)/wantsTime) + 1
	has, members, spare := m.out+s.sent(m, sent), w.members+1, left-w.want*rest
	if w.asleep > 0 && now < s.window.began+memberSilence { // they wake in the first seconds of a window
		members, spare = members+w.asleep, 0
	}
	fair := (left + w.sent + w.out + has + members - 1) / members // rounded up
	return max(min(want, left, max((fair-has+1)/2, spare)), 0)
}
