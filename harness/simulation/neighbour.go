package simulation

import (
	"context"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A Neighbour is other integrations and agents, who draw on the same budget. It begins with the server's window.
type Neighbour struct {
	PerWindow int           // how many requests it makes in each
	Spread    time.Duration // over how long from its beginning; a whole window is evenly
	Windows   int           // in how many; 0 is as long as the run lasts
}

// spent is how a neighbour fared.
type spent struct{ asked, refused int }

// run makes the requests until all are made or ctx ends.
func (n *Neighbour) run(ctx context.Context, srv *kustomertest.Server) (s spent) {
	for w := 0; n.Windows == 0 || w < n.Windows; w++ {
		began := time.Now()
		for i := range n.PerWindow {
			if !sleepUntil(ctx, began.Add(n.Spread*time.Duration(i)/time.Duration(n.PerWindow))) {
				return s
			}
			s.asked++
			s.refused += 1 - srv.Spend(1)
		}
		_, end := srv.Budget()
		if !sleepUntil(ctx, end) {
			return s
		}
	}
	return s
}

// sleepUntil reports whether it slept that long before ctx ended.
func sleepUntil(ctx context.Context, at time.Time) bool {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
