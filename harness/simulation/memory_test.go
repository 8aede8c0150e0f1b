package simulation

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// raceDetector says that the race detector is on.
var raceDetector bool

// maxObjectState bounds what a client keeps of the conversations it has called: it must not grow with their number.
const maxObjectState = 4 << 20

// 100,000 different conversations are called once each, within one window, so that none of them may be forgotten for
// its age.
func TestMemoryOfManyConversations(t *testing.T) {
	calls, workers := 100_000, 500
	if raceDetector {
		calls = 20_000 // it makes each call ten times as slow, and the heap is not that of a user
	}
	before := runtime.NumGoroutine()
	synctest.Test(t, func(t *testing.T) {
		server := &endless{began: time.Now()}
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
		grown := heapInUse() - heap
		if grown > maxObjectState {
			t.Errorf("the heap grew by %d bytes, more than %d", grown, maxObjectState)
		}
		tell("the heap grew by %d KiB of %d, %d calls", grown>>10, maxObjectState>>10, server.calls.Load())
		if d := time.Since(server.began); d > window {
			t.Errorf("the calls took %s, which is more than a window", d)
		}
		if n := server.calls.Load(); n != int64(calls) {
			t.Errorf("%d calls were sent", n)
		}
		runtime.KeepAlive(c)
	})
	// Those that have done their work may need a moment to be gone.
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
		}
	}
	tell("no goroutine left")
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // a second time for what has a finalizer, or is in a pool
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// endless is a server with a budget for everybody. It keeps nothing, so that the heap is the client's.
type endless struct {
	began time.Time
	calls atomic.Int64
}

func (s *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	const budget = 1_000_000
	time.Sleep(50 * time.Millisecond)
	left := budget - s.calls.Add(1)
	body := []byte(`{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000001"}}`)
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{
			"Date":                  {time.Now().UTC().Format(http.TimeFormat)},
			"X-Ratelimit-Limit":     {strconv.Itoa(budget)},
			"X-Ratelimit-Remaining": {strconv.FormatInt(left, 10)},
		},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}
