package ratelimit_test

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	manyRecords = 100_000
	// mostRecords is how many the limiter keeps state for, and mostBytes is what that may take: some 300 bytes each.
	mostRecords = 10_000
	mostBytes   = 6 << 20
)

// memory calls each of many records once and checks by how much the heap has grown. A goroutine left over fails it too: the
// bubble does not end before all of its goroutines have.
func memory(t *testing.T, c ratelimit.Config, status int, h func(i int) http.Header) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, c)
		b.learn(1<<30, 1<<29)
		before := heap()
		for i := range manyRecords {
			p, err := b.Acquire(t.Context(), ratelimit.Request{Object: fmt.Sprintf("65f0a1b2c3d4e5f6%08x", i)})
			if err != nil {
				t.Fatal(err)
			}
			p.Done(ratelimit.Result{Status: status, Header: h(i)})
		}
		if grown := heap() - before; grown > mostBytes {
			t.Errorf("the heap grew by %d bytes, more than %d", grown, mostBytes)
		}
		if n := len(b.Snapshot().Holds); n > mostRecords {
			t.Errorf("%d records are held, more than %d", n, mostRecords)
		} else if status == http.StatusTooManyRequests && n < mostRecords {
			t.Errorf("only %d of %d records are remembered", n, mostRecords)
		}
		runtime.KeepAlive(b)
	})
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestMemoryOfRecords(t *testing.T) {
	success := func(i int) http.Header { return left(1<<30, 1<<29-i) }
	t.Run("no limit known", func(t *testing.T) { memory(t, ratelimit.Config{}, http.StatusOK, success) })
	t.Run("limit known", func(t *testing.T) { memory(t, ratelimit.Config{ObjectLimit: 100}, http.StatusOK, success) })
	t.Run("held back", func(t *testing.T) {
		memory(t, ratelimit.Config{}, http.StatusTooManyRequests, func(i int) http.Header {
			return left(1<<30, 1<<29-i, "Retry-After", "3600")
		})
	})
}

// Answers without a count are kept until the next one with a count, but no more than could be spent.
func TestMemoryOfLostAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ratelimit.Config{})
		b.learn(100, 50)
		before := heap()
		for i := range 200_000 {
			b.lost()
			if i%1000 == 0 {
				time.Sleep(time.Second)
			}
		}
		if grown := heap() - before; grown > 1<<20 {
			t.Errorf("the heap grew by %d bytes", grown)
		}
		runtime.KeepAlive(b)
	})
}

// lost sends a request that gets no answer.
func (b *bench) lost() {
	p, err := b.Acquire(b.t.Context(), plain)
	if err != nil {
		b.t.Fatal(err)
	}
	p.Done(ratelimit.Result{})
}
