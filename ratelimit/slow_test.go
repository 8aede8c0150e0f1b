package ratelimit_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A server whose responses are slow, or that does not respond at all, does not get more and more requests.
func TestSlowServer(t *testing.T) {
	for _, test := range []struct {
		name    string
		latency func(i int) time.Duration
		most    int // in flight
		refused int // in each window
	}{
		{"20 to 29 s", func(i int) time.Duration { return 20*time.Second + time.Duration(i*7919%9000)*time.Millisecond }, 300, 20},
		{"no response", func(int) time.Duration { return time.Hour }, 31, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				t := b.t
				s := &server{limit: 300, reset: unixReset}
				ctx, cancel := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer cancel()
				for i := range 5000 {
					go func() {
						p, err := b.Acquire(ctx, plain)
						for ; err == nil; p, err = b.Acquire(ctx, plain) {
							r := ratelimit.Result{Sent: time.Now()}
							sleep(ctx, test.latency(i)/2)
							if ctx.Err() != nil {
								return
							}
							r.Status, r.Header = s.serve()
							sleep(ctx, test.latency(i)/2)
							p.Done(r)
							if r.Status == http.StatusOK {
								return
							}
						}
					}()
				}
				for end := time.Now().Add(time.Minute); time.Now().Before(end); {
					pass(time.Second)
					if n := b.Snapshot().InFlight; n > test.most {
						t.Fatalf("%d are in flight", n)
					}
				}
				for i := 0; i < 300 && test.refused > 0; i++ {
					pass(time.Second)
					if n := b.Snapshot().InFlight; n > test.most {
						t.Fatalf("%d are in flight", n)
					}
				}
				for i, n := range s.refused {
					if n > test.refused {
						t.Errorf("%d were refused in window %d", n, i)
					}
				}
			})
		})
	}
}
