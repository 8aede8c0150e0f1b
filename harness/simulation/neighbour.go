package simulation

import (
	"context"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A Neighbour is other integrations and people, who use the same budget.
type Neighbour struct {
	PerWindow int  // requests
	Burst     bool // all of them within a second of the window's begin; otherwise evenly
	Windows   int  // in so many windows; 0 is as long as the scenario runs
}

// run sends the requests until ctx ends.
func (n *Neighbour) run(ctx context.Context, srv *kustomertest.Server) (sent, refused int) {
	length := window
	if n.Burst {
		length = time.Second
	}
	for w := 0; n.Windows == 0 || w < n.Windows; w++ {
		began := time.Now()
		for i := range n.PerWindow {
			if !sleepUntil(ctx, began.Add(length*time.Duration(i)/time.Duration(n.PerWindow))) {
				return sent, refused
			}
			sent++
			refused += 1 - srv.Spend(1)
		}
		if _, end := srv.Budget(); !sleepUntil(ctx, end) {
			break
		}
	}
	return sent, refused
}

// sleepUntil returns false if ctx ends first.
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
