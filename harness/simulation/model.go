package simulation

import (
	"container/heap"
	"time"
)

// A Model computes how long a workload takes a client that knows everything: limit, windows and neighbours. It never
// sends what would be refused, it sends so that a request arrives the moment a window begins, and it learns nothing
// from answers. As in the fake, half of a latency passes before a request is handled and half after.
//
// Running an all-knowing client against the fake instead would need a look into a fake that the simulated client must
// not have, and would cost each run a second time; a page of discrete events does not, and can be tested by hand.
//
// The budget is what is left to the caller. A neighbour who comes evenly is in a race with the caller, and loses it
// once a window is spent. One who comes in a burst takes its part before the caller can: a client that got hold of some
// of it would only be faster than the optimum.
type Model struct {
	Workers, Calls int
	Latency        func() time.Duration // of the coming call
	Limit          int                  // per window
	Hold           int                  // of that, what the caller leaves alone: a reserve, or what other calls of its own spend
	Aligned        bool
	Start          time.Duration // of the caller, after a window of the grid began; the neighbour comes with the window
	Neighbour      *Neighbour
}

// Time returns how long it is from the first request to the last answer.
func (m Model) Time() time.Duration {
	sim := modelRun{Model: m, now: m.Start}
	if m.Aligned {
		sim.end = window
	}
	if m.Neighbour != nil {
		sim.left = m.Neighbour.PerWindow
		if !m.Aligned {
			sim.next = m.Start
		}
		sim.began = sim.next
	}
	for range min(m.Workers, m.Calls) {
		sim.send(m.Start)
	}
	last := m.Start
	for len(sim.coming) > 0 {
		r := heap.Pop(&sim.coming).(arrival)
		sim.neighbours(r.at)
		if sim.roll(r.at); sim.used+m.Hold >= m.Limit {
			r.at = sim.end
			heap.Push(&sim.coming, r)
			continue
		}
		sim.used++
		answer := r.at + r.latency - r.latency/2
		last = max(last, answer)
		sim.send(answer)
	}
	return last - m.Start
}

// A modelRun is a Model under way.
type modelRun struct {
	Model
	coming arrivals
	sent   int
	now    time.Duration
	end    time.Duration // of the window
	used   int

	// The neighbour's window: when it began, how many requests it still has, when the next comes, how many windows are
	// done.
	began, next time.Duration
	left, done  int
}

// send sends the next call, if there is one.
func (s *modelRun) send(at time.Duration) {
	if s.sent == s.Calls {
		return
	}
	s.sent++
	latency := s.Latency()
	heap.Push(&s.coming, arrival{at + latency/2, latency})
}

// roll begins a new window where the old one has ended.
func (s *modelRun) roll(at time.Duration) {
	for at >= s.end {
		s.used = 0
		if s.Aligned {
			s.end += window
		} else {
			s.end = at + window
		}
	}
}

// neighbours lets the neighbour spend until then.
func (s *modelRun) neighbours(until time.Duration) {
	n := s.Neighbour
	for n != nil && (n.Windows == 0 || s.done < n.Windows) && s.next <= until {
		if s.roll(s.next); s.used < s.Limit {
			s.used++
		}
		s.left--
		s.next = s.began + n.spread()*time.Duration(n.PerWindow-s.left)/time.Duration(n.PerWindow)
		if s.left == 0 {
			s.done++
			s.left, s.next, s.began = n.PerWindow, s.end, s.end
		}
	}
}

// spread is over how long of a window the model's neighbour comes: a burst is over at once.
func (n *Neighbour) spread() time.Duration {
	if n.Spread < window/2 {
		return 0
	}
	return n.Spread
}

// An arrival is a request on its way.
type arrival struct{ at, latency time.Duration }

type arrivals []arrival

func (a arrivals) Len() int           { return len(a) }
func (a arrivals) Less(i, j int) bool { return a[i].at < a[j].at }
func (a arrivals) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *arrivals) Push(v any)        { *a = append(*a, v.(arrival)) }
func (a *arrivals) Pop() any {
	last := len(*a) - 1
	v := (*a)[last]
	*a = (*a)[:last]
	return v
}
