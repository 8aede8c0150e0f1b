package client_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// The results of the tests in virtual time also hold over real sockets. 64 workers share a budget that is spent and
// renewed, some attempts are lost, and all calls succeed. Windows are shorter than the limiter assumes, so each response
// has the reset time.
func TestWorkersOverRealSockets(t *testing.T) {
	const workers, calls, limit = 64, 700, 400
	before := runtime.NumGoroutine()
	t.Run("run", func(t *testing.T) {
		srv := kustomertest.NewServer(t, kustomertest.Config{OrgLimit: limit, Window: time.Second, ResetHeader: kustomertest.ResetAlways})
		c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey))
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseIdleConnections()
		customer := srv.AddCustomer()
		ids := make([]string, workers)
		for i := range ids {
			ids[i] = srv.AddConversation(customer)
		}
		lost := kustomertest.CutAfter()
		lost.Times = 5
		srv.Fail(lost)
		var left atomic.Int64
		left.Store(calls)
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				for left.Add(-1) >= 0 {
					if conv, err := c.AppendTagsToConversation(t.Context(), id, []string{"vip"}); err != nil || conv.ID != id {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		refused := 0
		for _, r := range srv.Requests() {
			if r.Status == 429 {
				refused++
			}
		}
		if n := len(srv.Requests()); n != calls+5+refused || refused > 1 {
			t.Errorf("%d requests for %d calls, of which %d were refused", n, calls, refused)
		}
		if s, _ := c.RateLimit(); s.InFlight != 0 || s.Waiting != 0 {
			t.Errorf("the limiter is left with %+v", s)
		}
	})
	// The server's goroutines end shortly after their connections.
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
		}
	}
}
