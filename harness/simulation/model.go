package simulation

import (
	"math"
	"time"
)

// An OptimalClient computes how long a load takes a client that knows the limit, the windows and the neighbour in advance.
// No request is refused, and as many as possible arrive at the moment at which a window begins. As in the fake, half of
// the latency passes before a request is handled and half after.
//
// A neighbour that spends evenly competes with the client for the budget. One that spends in bursts is first.
type OptimalClient struct {
	Workers, Calls int
	Latency        func() time.Duration // of the next request
	Limit          int                  // per window
	Hold           int                  // the part of it that the client leaves alone
	Aligned        bool
	Start          time.Duration // of the client, after an aligned window began
	Neighbour      *Neighbour    // begins with the window
}

// Time returns the time from the first request to the last response.
func (c OptimalClient) Time() time.Duration {
	type request struct{ arrival, response time.Duration }
	sent := 0
	send := func(at time.Duration) request {
		if sent++; sent > c.Calls {
			return request{arrival: math.MaxInt64}
		}
		latency := c.Latency()
		return request{at + latency/2, latency - latency/2}
	}
	b := budget{OptimalClient: c}
	if c.Aligned {
		b.end = window
	} else {
		b.neighbourWindow = c.Start
	}
	next := make([]request, c.Workers) // of each worker
	for i := range next {
		next[i] = send(c.Start)
	}
	last := c.Start
	for range c.Calls {
		first := 0
		for i := range next {
			if next[i].arrival < next[first].arrival {
				first = i
			}
		}
		done := b.spend(next[first].arrival) + next[first].response
		next[first] = send(done)
		last = max(last, done)
	}
	return last - c.Start
}

// A budget is the server's budget while an optimal client spends it.
type budget struct {
	OptimalClient
	begin, end time.Duration // of the window
	used       int

	neighbourWindow time.Duration // when the neighbour's window began
	windows, spent  int           // windows that the neighbour has finished, and its requests since
}

// spend uses the budget for a request of the client, and returns when it is handled.
func (b *budget) spend(at time.Duration) time.Duration {
	for at = max(at, b.begin); ; at = b.end {
		b.spendAsNeighbour(at)
		if b.roll(at); b.used+b.Hold < b.Limit {
			b.used++
			return at
		}
	}
}

// roll begins a new window if the last one has ended.
func (b *budget) roll(at time.Duration) {
	for at >= b.end {
		b.used, b.begin = 0, at
		if b.Aligned {
			b.begin = b.end
		}
		b.end = b.begin + window
	}
}

// spendAsNeighbour uses the budget for the requests of the neighbour until then.
func (b *budget) spendAsNeighbour(until time.Duration) {
	n := b.Neighbour
	for n != nil && (n.Windows == 0 || b.windows < n.Windows) {
		next := b.neighbourWindow
		if !n.Burst {
			next += window * time.Duration(b.spent) / time.Duration(n.PerWindow)
		}
		if next > until {
			return
		}
		b.roll(next)
		b.used = min(b.used+1, b.Limit)
		if b.spent++; b.spent == n.PerWindow {
			b.windows, b.spent, b.neighbourWindow = b.windows+1, 0, b.end
		}
	}
}
