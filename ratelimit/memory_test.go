package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

const (
	manyRecords = 3 * mostRecords
	// mostRecords is how many the limiter keeps state for, and mostBytes is what that may take: some 400 bytes each.
	mostRecords = 10_000
	mostBytes   = 6 << 20
	// peakBytes is what may stay after far more were in use at once, because a map does not shrink: some 100 bytes each.
	peakBytes = 10 << 20
)

// memory calls each of many records once and checks by how much the heap has grown. A leaked goroutine makes it fail
// too, because the bubble waits for all of its goroutines.
func memory(t *testing.T, c ratelimit.Config, status int, h func(i int) http.Header) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, c)
		b.learn(1<<30, 1<<29)
		for _, id := range []string{"a", "b", "c", "d"} {
			b.call(ratelimit.Request{Object: id}) // is in flight all the time
		}
		before := heap()
		for i := range manyRecords {
			id := fmt.Sprintf("65f0a1b2c3d4e5f6%08x", i)
			p, err := b.Acquire(t.Context(), ratelimit.Request{Object: id})
			if err != nil {
				t.Fatal(err)
			}
			p.Done(ratelimit.Result{Status: status, Header: h(i)})
			if status != http.StatusOK {
				// This call is blocked, and leaves no state.
				if _, err := b.Acquire(t.Context(), ratelimit.Request{Object: id, MaxWait: -1}); err == nil {
					t.Fatal("the record is not blocked")
				}
			}
		}
		if grown := heap() - before; grown > mostBytes {
			t.Errorf("the heap grew by %d bytes, more than %d", grown, mostBytes)
		}
		if n := len(b.Snapshot().Blocked); n > mostRecords {
			t.Errorf("%d records are blocked, more than %d", n, mostRecords)
		} else if status == http.StatusTooManyRequests && n < mostRecords-4 {
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
	t.Run("blocked", func(t *testing.T) {
		memory(t, ratelimit.Config{}, http.StatusTooManyRequests, func(i int) http.Header {
			return left(1<<30, 1<<29-i, "Retry-After", "3600")
		})
	})
}

// Beyond so many records, the least recently used ones are forgotten, but not those with requests in flight or
// waiting.
func TestRecordsThatAreRemembered(t *testing.T) {
	refuse := func(b *bench) {
		b.call(recordA).respond(http.StatusTooManyRequests, left(1<<30, 1<<29, "Retry-After", "3600"))
	}
	for _, test := range []struct {
		name         string
		first, again func(b *bench) // what is done with the record before many others, and between them
		want         bool
	}{
		{"used long ago", refuse, func(*bench) {}, false},
		{"used lately", refuse, func(b *bench) { b.call(ratelimit.Request{Object: "a", MaxWait: -1}).waitError() }, true},
		{"waited for", func(b *bench) { refuse(b); b.call(recordA) }, func(*bench) {}, true},
		{"in flight", func(b *bench) { b.calls(4, recordA) }, func(*bench) {}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1<<30, 1<<29)
				test.first(b)
				b.blockOthers("early", mostRecords/2)
				test.again(b)
				b.blockOthers("late", mostRecords-1)
				if got := b.call(recordA).waiting(); got != test.want {
					t.Errorf("remembered: %t, want %t", got, test.want)
				}
			})
		})
	}
}

// No state is left of a backoff that no call waits for, once its record is forgotten.
func TestMemoryOfBackoffsWithoutWaiters(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1<<30, 1<<29)
		refuse := func(name string, n int) {
			for i := range n {
				r := ratelimit.Request{Object: fmt.Sprint(name, i)}
				p, err := b.Acquire(b.t.Context(), r)
				if err != nil {
					b.t.Fatal(err)
				}
				p.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: left(1<<30, 1<<29, "Retry-After", strconv.Itoa(3600+i%100))})
				for range 2 {
					r.MaxWait = -1
					if _, err := b.Acquire(b.t.Context(), r); err == nil {
						b.t.Fatal("the record is not blocked")
					}
				}
			}
		}
		refuse("first", 2*mostRecords)
		before := heap()
		refuse("more", 10*mostRecords)
		if grown := heap() - before; grown > 1<<20 {
			b.t.Errorf("the heap grew by %d bytes", grown)
		}
		runtime.KeepAlive(b)
	})
}

// The least recently used records are forgotten.
func TestRecordsAreForgottenInTurn(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		const late = 10
		b.learn(1<<30, 1<<29)
		b.blockOthers("early", mostRecords)
		b.blockOthers("late", late)
		for i := range late {
			b.call(ratelimit.Request{Object: fmt.Sprint("early", i), MaxWait: -1}).respond(http.StatusOK, left(1<<30, 1<<28))
		}
		for i := range late {
			b.call(ratelimit.Request{Object: fmt.Sprint("late", i), MaxWait: -1}).waitError()
		}
	})
}

// A new record is the most recently used one, even if others are in flight and one was forgotten for it.
func TestNewestRecordIsRemembered(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1<<30, 1<<29)
		all := map[string]*call{}
		for _, id := range []string{"gone", "x", "y"} {
			all[id] = b.call(ratelimit.Request{Object: id})
		}
		all["gone"].respond(http.StatusOK, left(1<<30, 1<<28))
		all["new"] = b.call(ratelimit.Request{Object: "new"})
		for _, id := range []string{"x", "y", "new"} {
			all[id].respond(http.StatusTooManyRequests, left(1<<30, 1<<28, "Retry-After", "3600"))
		}
		b.blockOthers("other", mostRecords-2) // one of the three is forgotten
		b.call(ratelimit.Request{Object: "new", MaxWait: -1}).waitError()
	})
}

// No state of a call is left once it has ended.
func TestMemoryOfEndedCalls(t *testing.T) {
	l, err := ratelimit.New(ratelimit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	for i := range 8 {
		p, err := l.Acquire(t.Context(), ratelimit.Request{Op: strings.Repeat("x", 1<<20)})
		if err != nil {
			t.Fatal(err)
		}
		p.Done(ratelimit.Result{Status: http.StatusOK, Header: left(1000, 800-i)})
	}
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(l)
}

// A record that was forgotten together with others is remembered when it is used again.
func TestForgottenRecordComesAgain(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1<<30, 1<<29)
		var calls []*call
		for _, id := range []string{"a0", "b", "c", "d"} {
			calls = append(calls, b.call(ratelimit.Request{Object: id}))
		}
		for _, c := range calls {
			c.respond(http.StatusOK, left(1<<30, 1<<28))
		}
		b.call(ratelimit.Request{Object: "e"}).respond(http.StatusOK, left(1<<30, 1<<28))
		b.blockOthers("a", 1)
		b.blockOthers("f", 1)
		b.call(ratelimit.Request{Object: "a0", MaxWait: -1}).waitError()
	})
}

// blockOthers blocks so many other records for an hour.
func (b *bench) blockOthers(name string, n int) {
	for i := range n {
		p, err := b.Acquire(b.t.Context(), ratelimit.Request{Object: fmt.Sprint(name, i)})
		if err != nil {
			b.t.Fatal(err)
		}
		p.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: left(1<<30, 1<<29, "Retry-After", "3600")})
	}
}

// Requests without a count are recorded until the next count, but no more than could be spent, and none after counts
// have stopped.
func TestMemoryOfLostRequests(t *testing.T) {
	for _, test := range []struct {
		name    string
		stopped bool
		left    int
	}{{"counts may come", false, 50}, {"counts have stopped", true, 1 << 30}} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1<<30, test.left)
				if test.stopped {
					pass(61 * time.Second)
					for range 10 {
						b.call(plain).respond(http.StatusOK, nil)
						pass(15 * time.Second)
					}
				}
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
		})
	}
}

// lost sends a request that gets no response.
func (b *bench) lost() {
	p, err := b.Acquire(b.t.Context(), plain)
	if err != nil {
		b.t.Fatal(err)
	}
	p.Done(ratelimit.Result{})
}

// Many records are kept while they are in flight, and forgotten afterwards even if no new one comes.
func TestMemoryOfRecordsInFlight(t *testing.T) {
	const records = 100_000
	for name, end := range map[string]func(p ratelimit.Permit, i int){
		"success": func(p ratelimit.Permit, i int) {
			p.Done(ratelimit.Result{Status: http.StatusOK, Header: left(1<<30, 1<<29-i)})
		},
		"refused": func(p ratelimit.Permit, i int) {
			p.Done(ratelimit.Result{Status: http.StatusTooManyRequests, Header: left(1<<30, 1<<29-i, "Retry-After", "3600")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1<<30, 1<<30)
				before := heap()
				permits := make([]ratelimit.Permit, records)
				for i := range permits {
					p, err := b.Acquire(b.t.Context(), ratelimit.Request{Object: fmt.Sprint("record ", i)})
					if err != nil {
						b.t.Fatal(err)
					}
					permits[i] = p
				}
				for i := range permits {
					end(permits[records-1-i], i) // the ones that were used longest ago are in use the longest
				}
				permits = nil
				if grown := heap() - before; grown > mostBytes+peakBytes {
					b.t.Errorf("the heap grew by %d bytes, more than %d", grown, mostBytes+peakBytes)
				}
				if n := len(b.Snapshot().Blocked); n > mostRecords {
					b.t.Errorf("%d records are blocked, more than %d", n, mostRecords)
				}
			})
		})
	}
}

// The same applies to records whose calls waited and were cancelled.
func TestMemoryOfCancelledWaiters(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.call(plain).respond(http.StatusTooManyRequests, spent(100, time.Minute))
		many := func(f func(ctx context.Context, i int)) {
			ctx, cancel := context.WithCancel(b.t.Context())
			var wg sync.WaitGroup
			for i := range 3 * mostRecords {
				wg.Go(func() { f(ctx, i) })
			}
			synctest.Wait()
			cancel()
			wg.Wait()
		}
		many(func(ctx context.Context, _ int) { <-ctx.Done() }) // the runtime keeps what goroutines took
		before := heap()
		many(func(ctx context.Context, i int) {
			_, _ = b.Acquire(ctx, ratelimit.Request{Object: fmt.Sprint("record ", i)})
		})
		if grown := heap() - before; grown > mostBytes+peakBytes {
			b.t.Errorf("the heap grew by %d bytes, more than %d", grown, mostBytes+peakBytes)
		}
		runtime.KeepAlive(b)
	})
}

// However many records are in use, their state is kept. No others are remembered then.
func TestRecordInUseIsRemembered(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(1<<30, 1<<29)
		for i := range mostRecords + 10 {
			if _, err := b.Acquire(b.t.Context(), ratelimit.Request{Object: fmt.Sprint("other", i)}); err != nil {
				b.t.Fatal(err)
			}
		}
		b.calls(4, recordA)[0].respond(http.StatusOK, left(1<<30, 1<<29-1))
		want(b.t, "sent where four may be in flight", sent(b.calls(3, recordA)), 1)
		b.blockOthers("refused", 100)
		want(b.t, "records blocked", len(b.Snapshot().Blocked), 1) // the one that is waited for
	})
}
