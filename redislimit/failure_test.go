package redislimit

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

var plenty = http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"900"}}

// send sends a request and receives its response.
func send(t *testing.T, l *ratelimit.Adaptive, counts http.Header) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	permit, err := l.Acquire(ctx, ratelimit.Request{Op: "search"})
	if err != nil {
		t.Fatal(err)
	}
	permit.Done(ratelimit.Result{Status: http.StatusOK, Header: counts})
}

func newLimiter(t *testing.T, rdb redis.UniversalClient, opts ...Option) *ratelimit.Adaptive {
	t.Helper()
	l, err := New(rdb, "acme", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(context.Background()) })
	return l
}

func TestLimitersShareOneBudget(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		a, b := newLimiter(t, rdb, WithPatience(mostPatience)), newLimiter(t, rdb, WithPatience(mostPatience))
		eventually(t, "the first limiter is attached", func() bool {
			send(t, a, plenty)
			return a.Snapshot().Members > 0
		})
		eventually(t, "the second limiter knows what the first has seen", func() bool {
			send(t, b, http.Header{})
			return b.Snapshot().Members == 2 && b.Snapshot().Limit == 1000
		})
	})
}

// A client without any timeout waits for ever for a store that hangs. Calls do not, and all is well when the store is back.
func TestCallsGoOnWhileStoreHangs(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	rdb := redis.NewClient(&redis.Options{Addr: p.addr, ReadTimeout: -1, WriteTimeout: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	events := make(chan Event, 100)
	l := newLimiter(t, rdb, WithObserver(func(e Event) { events <- e }))
	attached := func() bool {
		send(t, l, plenty)
		return l.Snapshot().Members == 1
	}
	eventually(t, "the limiter is attached", attached)
	for len(events) > 0 {
		<-events // the machine may be busy
	}
	p.stop(true)
	eventually(t, "calls go on without the store", func() bool { return !attached() })
	if e := <-events; e.Attached || !errors.Is(e.Err, context.DeadlineExceeded) {
		t.Errorf("event %+v", e)
	}
	p.stop(false)
	eventually(t, "the limiter is attached again", attached)
	if e := <-events; !e.Attached || e.Err != nil {
		t.Errorf("event %+v", e)
	}
}

func TestOneCommandInFlight(t *testing.T) {
	t.Parallel()
	store := newProxy(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.addr, ReadTimeout: -1, WriteTimeout: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	var events []Event
	p := testPool(t, rdb, "acme", WithObserver(func(e Event) { events = append(events, e) }))
	exchange(t, p, full("a"))
	store.stop(true)
	p.patience = 10 * time.Millisecond
	for range 5 {
		if _, err := p.Exchange(t.Context(), full("a")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	}
	p.patience = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Exchange(ctx, full("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	store.mu.Lock()
	blocked := store.blocked
	store.mu.Unlock()
	if blocked > 1 {
		t.Errorf("%d commands were sent", blocked)
	}
	store.stop(false)
	eventually(t, "no goroutine is left", func() bool { return len(p.inFlight) == 0 })
	exchange(t, p, full("a"))
	if len(events) != 2 || events[0].Attached || events[0].Err == nil || !events[1].Attached || events[1].Err != nil {
		t.Errorf("events %+v", events)
	}
}

func TestErrorsOfTheStore(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	p := testPool(t, rdb, "acme")
	for _, text := range []string{
		"OOM command not allowed when used memory > 'maxmemory'.", "READONLY You can't write against a read only replica.",
		"NOPERM this user has no permissions to run the 'evalsha' command", "LOADING Redis is loading the dataset in memory",
		"CLUSTERDOWN The cluster is down", "MISCONF Redis is configured to save RDB snapshots", "NOAUTH Authentication required.",
	} {
		m.SetError(text)
		if _, err := p.Exchange(t.Context(), full("a")); err == nil || !strings.Contains(err.Error(), strings.Fields(text)[0]) {
			t.Errorf("%s: error %v", text, err)
		}
		m.SetError("")
		exchange(t, p, full("a"))
	}
	for _, key := range p.keys {
		m.FlushAll()
		if err := rdb.Set(t.Context(), key, "another type", 0).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Exchange(t.Context(), full("a")); err == nil && key == p.keys[0] {
			t.Errorf("%s has another type: no error", key)
		}
	}
	m.FlushAll()
	if err := rdb.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	exchange(t, p, full("a"))
}

// A real server that is stopped, restarted empty and flushed.
func TestServerFails(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	rdb := connect(t, s.addr)
	events := make(chan Event, 1000)
	l := newLimiter(t, rdb, WithObserver(func(e Event) { events <- e }), WithPatience(mostPatience))
	attached := func() bool {
		send(t, l, plenty)
		return l.Snapshot().Members == 1
	}
	eventually(t, "the limiter is attached", attached)
	for name, fail := range map[string]struct{ begin, end func() }{
		"stopped": {func() { _ = s.process.Signal(syscall.SIGSTOP) }, func() { _ = s.process.Signal(syscall.SIGCONT) }},
		"killed":  {func() { s.kill() }, func() { s.start(t) }},
	} {
		fail.begin()
		eventually(t, name+": calls go on without the server", func() bool { return !attached() })
		fail.end()
		eventually(t, name+": the limiter is attached again", attached)
	}
	if err := rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := rdb.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the limiter reports to an empty server", func() bool {
		attached()
		f, err := Fleet(t.Context(), rdb, "acme")
		return err == nil && len(f.Members) == 1
	})
}
