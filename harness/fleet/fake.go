package main

import (
	"context"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A fake is the fake Kustomer of one row, over HTTP. It counts what the row is measured by.
type fake struct {
	*kustomertest.Server
	url    string
	limit  int
	server *http.Server

	mu         sync.Mutex
	refused    int               // 429s of the organisation's limit
	windows    map[time.Time]int // how many requests of a window were used, by its end
	keyRefused map[time.Time]int // 429s of the limit of a conversation or customer in it
}

// latencies returns a source of latencies from 50 to 150 ms. Unlike those in virtual time, they have no tail: in few windows,
// one slow response in the end would decide a row's time.
func latencies(seed uint64) func() time.Duration {
	rng := rand.New(rand.NewPCG(seed, 0))
	return func() time.Duration {
		return 50*time.Millisecond + time.Duration(rng.Int64N(int64(100*time.Millisecond)))
	}
}

func newFake(limit, objectLimit int, seed uint64) (*fake, error) {
	f := &fake{limit: limit, windows: map[time.Time]int{}, keyRefused: map[time.Time]int{}}
	f.Server = kustomertest.New(kustomertest.Config{
		BareResponses: true, OrgLimit: limit, ObjectLimit: objectLimit, Latency: latencies(seed), OmitRateHeaders: f.count,
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
	if !end.IsZero() { // the window has not ended meanwhile
		f.windows[end] = max(f.windows[end], used)
	}
	if r.Status == http.StatusTooManyRequests {
		if used < f.limit {
			f.keyRefused[end]++
		} else {
			f.refused++
		}
	}
	return false
}

// leastUsed returns the smallest share of the budget that was used in a window, the last one excepted.
func (f *fake) leastUsed() float64 {
	least := f.limit
	ends := f.ends()
	for _, end := range ends[:len(ends)-1] {
		least = min(least, f.windows[end])
	}
	return float64(least) / float64(f.limit)
}

// refusedPerWindow returns the 429s of the limit of a conversation or customer in each window.
func (f *fake) refusedPerWindow() (all []int) {
	for _, end := range f.ends() {
		all = append(all, f.keyRefused[end])
	}
	return all
}

// ends returns the windows in order.
func (f *fake) ends() []time.Time { return slices.SortedFunc(maps.Keys(f.windows), time.Time.Compare) }

func (f *fake) close() { _ = f.server.Shutdown(context.Background()) }
