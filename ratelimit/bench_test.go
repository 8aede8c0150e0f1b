package ratelimit_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// cycle sends one request through a limiter that has room for all.
func cycle(b testing.TB, l ratelimit.Limiter, r ratelimit.Request, h http.Header) {
	p, err := l.Acquire(context.Background(), r)
	if err != nil {
		b.Fatal(err)
	}
	sent := time.Time{} // reading the clock is not the limiter's part
	p.Done(ratelimit.Result{Status: http.StatusOK, Header: h, Sent: sent, Received: sent})
}

// uncontended are requests that are sent again and again.
var uncontended = map[string]ratelimit.Request{"no record": plain, "same record": recordA, "same customer": customerA}

// BenchmarkUncontended measures a request that does not wait.
func BenchmarkUncontended(b *testing.B) {
	h := left(1<<30, 1<<29, "Date", received.Format(http.TimeFormat))
	for name, r := range uncontended {
		b.Run(name, func(b *testing.B) {
			l := newBench(b, ratelimit.Config{Reserve: 0.05, MaxInFlight: 100})
			b.ReportAllocs()
			for b.Loop() {
				cycle(b, l, r, h)
			}
		})
	}
	b.Run("other records", func(b *testing.B) {
		ids := make([]string, 20_000)
		for i := range ids {
			ids[i] = strconv.Itoa(i)
		}
		l := newBench(b, ratelimit.Config{})
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			cycle(b, l, ratelimit.Request{Object: ids[i%len(ids)]}, h)
		}
	})
}

// BenchmarkParallel is the same with 64 goroutines per processor.
func BenchmarkParallel(b *testing.B) {
	h := left(1<<30, 1<<29, "Date", received.Format(http.TimeFormat))
	l := newBench(b, ratelimit.Config{})
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			cycle(b, l, plain, h)
		}
	})
}

// BenchmarkRefusalBesideWaiters measures the refusal of one record while calls for other records wait. Their number
// must not matter.
func BenchmarkRefusalBesideWaiters(b *testing.B) {
	h := left(1<<30, 1<<29, "Retry-After", "3600")
	refuse := func(l *bench, r ratelimit.Request) {
		p, err := l.Acquire(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		p.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: h})
	}
	for _, waiters := range []int{0, 1000, 9000} {
		b.Run(strconv.Itoa(waiters), func(b *testing.B) {
			l := newBench(b, ratelimit.Config{})
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			for i := range waiters {
				r := ratelimit.Request{Object: strconv.Itoa(i)}
				refuse(l, r)
				wg.Go(func() { _, _ = l.Acquire(ctx, r) })
			}
			for l.Snapshot().Waiting < waiters {
				time.Sleep(time.Millisecond)
			}
			for i := 0; b.Loop(); i++ {
				refuse(l, ratelimit.Request{Object: "other " + strconv.Itoa(i)})
			}
			cancel()
			wg.Wait()
		})
	}
}

// BenchmarkCrowd measures 10,000 calls that come while nothing can be sent, and are then cancelled together.
func BenchmarkCrowd(b *testing.B) {
	for name, r := range map[string]func(i int) ratelimit.Request{
		"no record":     func(int) ratelimit.Request { return plain },
		"one record":    func(int) ratelimit.Request { return recordA },
		"many records":  func(i int) ratelimit.Request { return ratelimit.Request{Object: strconv.Itoa(i)} },
		"long deadline": func(int) ratelimit.Request { return ratelimit.Request{MaxWait: time.Hour} },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				l := newBench(b, ratelimit.Config{})
				p, err := l.Acquire(b.Context(), recordA)
				if err != nil {
					b.Fatal(err)
				}
				p.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: left(1000, 0, "Retry-After", "600")})
				ctx, cancel := context.WithCancel(b.Context())
				var wg sync.WaitGroup
				for i := range crowd {
					wg.Go(func() { _, _ = l.Acquire(ctx, r(i)) })
				}
				for l.Snapshot().Waiting < crowd {
					time.Sleep(time.Millisecond)
				}
				cancel()
				wg.Wait()
			}
		})
	}
}
