package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/redislimit"
)

// A fleet is all that the table shows.
type fleet struct {
	srv     *kustomertest.Server
	store   *store
	workers []*worker
}

// count counts the response to a request.
func (f *fleet) count(r kustomertest.Request) {
	for _, w := range f.workers {
		switch {
		case !strings.HasPrefix(r.Header.Get("User-Agent"), w.name+" "):
		case r.Status == http.StatusTooManyRequests:
			w.refused.Add(1)
		default:
			w.served.Add(1)
		}
	}
}

// table returns the table. What the store knows comes from redislimit.Fleet, as in a dashboard of your own.
func (f *fleet) table(ctx context.Context) string {
	spent, end := f.srv.Budget()
	left, next, about := budget-spent, time.Until(end), f.store.about
	members := map[string]redislimit.Member{}
	if f.store.rdb != nil {
		ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		status, err := redislimit.Fleet(ctx, f.store.rdb, org)
		if err != nil {
			about += ", which fails: " + err.Error()
		} else if w := status.Window; w.Epoch > 0 {
			left, next = w.Remaining, w.Latest
		}
		for _, m := range status.Members {
			members[m.Name] = m
		}
	}
	served, refused := int64(0), int64(0)
	for _, w := range f.workers {
		served, refused = served+w.served.Load(), refused+w.refused.Load()
	}
	var text strings.Builder
	fmt.Fprintf(&text, "budget     %d of %d requests left, next window in %.0f s\n", left, budget, max(next, 0).Seconds())
	fmt.Fprintf(&text, "store      %s\nresponses  %d, and %d times 429\n\n", about, served, refused)
	tw := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PROCESS\tID\tREQUESTS\tSHARE\t429\tIN THIS WINDOW\tIN FLIGHT, LEASED\tSTATE")
	for _, w := range f.workers {
		sent, out := "-", "-"
		if m, found := members[w.name]; found {
			sent, out = fmt.Sprint(m.Sent), fmt.Sprint(m.Outstanding)
		}
		share := 100 * float64(w.served.Load()) / float64(max(served, 1))
		fmt.Fprintf(tw, "%s\t%d\t%d\t%.1f %%\t%d\t%s\t%s\t%.45s\n", w.name, w.pid.Load(), w.served.Load(), share, w.refused.Load(),
			sent, out, w.state.Load())
	}
	tw.Flush()
	return text.String()
}
