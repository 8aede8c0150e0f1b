package simulation

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// The memory of a client does not grow with the number of conversations that it calls, even if they are called within one
// window and so none is forgotten for its age.
func TestMemoryOfManyConversations(t *testing.T) {
	const calls, workers, maxGrowth = 30_000, 500, 2 << 20
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		server := new(endless)
		c, err := client.New(client.WithOrg("acme"), client.WithAPIKey("key-of-a-test"), client.WithHTTPClient(&http.Client{Transport: server}))
		if err != nil {
			t.Fatal(err)
		}
		heap := heapInUse()
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := w; i < calls; i += workers {
					if _, err := c.AppendTagsToConversation(t.Context(), fmt.Sprintf("65f0a1b2c3d4e5f6%08x", i), []string{"vip"}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if growth := heapInUse() - heap; growth > maxGrowth {
			t.Errorf("the heap grew by %d bytes, more than %d", growth, maxGrowth)
		}
		if d := time.Since(began); d > window {
			t.Errorf("the calls took %s, more than a window", d)
		}
		if n := server.calls.Load(); n != calls {
			t.Errorf("%d requests were sent", n)
		}
		runtime.KeepAlive(c)
	})
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // frees what has a finalizer or is in a pool
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// An endless server has budget for all calls. It keeps nothing, so the heap is the client's.
type endless struct{ calls atomic.Int64 }

func (s *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	const budget = 1_000_000
	time.Sleep(50 * time.Millisecond)
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{
			"Date":                  {time.Now().UTC().Format(http.TimeFormat)},
			"X-Ratelimit-Limit":     {strconv.Itoa(budget)},
			"X-Ratelimit-Remaining": {strconv.FormatInt(budget-s.calls.Add(1), 10)},
		},
		Body:          io.NopCloser(strings.NewReader(`{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000001"}}`)),
		ContentLength: -1,
	}, nil
}
