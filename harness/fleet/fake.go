package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/harness/simulation"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A fake is the fake Kustomer of one row, over HTTP. It counts what the row is measured by.
type fake struct {
	*kustomertest.Server
	url    string
	limit  int
	server *http.Server

	mu                  sync.Mutex
	refused, keyRefused int               // 429s of the organisation's limit, and of that of a conversation or customer
	windows             map[time.Time]int // how many requests of a window were used, by its end
}

func newFake(limit, objectLimit int, seed uint64) (*fake, error) {
	f := &fake{limit: limit, windows: map[time.Time]int{}}
	f.Server = kustomertest.New(kustomertest.Config{
		BareResponses: true, OrgLimit: limit, ObjectLimit: objectLimit, Latency: simulation.Latencies(seed, 1), OmitRateHeaders: f.count,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f.url, f.server = "http://"+l.Addr().String(), &http.Server{Handler: f.Server}
	go func() { _ = f.server.Serve(l) }() // until close
	return f, nil
}

// count counts a request. All responses keep their headers.
func (f *fake) count(r kustomertest.Request) bool {
	used, end := f.Budget()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.windows[end] = max(f.windows[end], used)
	if r.Status == http.StatusTooManyRequests {
		if used < f.limit {
			f.keyRefused++
		} else {
			f.refused++
		}
	}
	return false
}

// leastUsed returns the smallest share of the budget that was used in a window, the last one excepted.
func (f *fake) leastUsed() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := time.Time{}
	for end := range f.windows {
		if end.After(last) {
			last = end
		}
	}
	least := f.limit
	for end, used := range f.windows {
		if end.Before(last) {
			least = min(least, used)
		}
	}
	return float64(least) / float64(f.limit)
}

func (f *fake) close() { _ = f.server.Shutdown(context.Background()) }
