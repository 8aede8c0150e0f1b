package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/webhook"
)

// claim claims an event and records it if it is new.
func claim(t testing.TB, seen webhook.Seen, id string) webhook.State {
	t.Helper()
	state, err := seen.Claim(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if state == webhook.Claimed {
		if err := seen.Record(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	return state
}

func TestIDsAreKeptForTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		h, _ := handler(t, accept(&calls))
		deliver(t, h, event)
		// Kustomer repeats a delivery after 1, 1, 2, 5, 10, 15 and 30 minutes.
		for _, minutes := range []time.Duration{1, 1, 2, 5, 10, 15, 30} {
			time.Sleep(minutes * time.Minute)
			if status := deliver(t, h, event); status != 200 || calls != 1 {
				t.Errorf("after %d minutes more: status %d, %d calls", minutes, status, calls)
			}
		}
		time.Sleep(56*time.Minute - time.Second) // two hours less a second in all
		if deliver(t, h, event); calls != 1 {
			t.Errorf("after almost two hours: %d calls", calls)
		}
		time.Sleep(time.Second)
		if deliver(t, h, event); calls != 2 {
			t.Errorf("after two hours: %d calls", calls)
		}
	})
}

func TestOldestAreForgottenFirst(t *testing.T) {
	seen := webhook.InMemory(3)
	for _, id := range []string{"a", "b", "c", "a"} { // a stays the oldest
		claim(t, seen, id)
	}
	claim(t, seen, "d")
	for _, test := range []struct {
		id   string
		want webhook.State
	}{{"b", webhook.Handled}, {"c", webhook.Handled}, {"d", webhook.Handled}, {"a", webhook.Claimed}, {"b", webhook.Claimed}} {
		if got := claim(t, seen, test.id); got != test.want {
			t.Errorf("%s is %d, want %d", test.id, got, test.want)
		}
	}
}

// However many events are handled, those in progress are not forgotten.
func TestClaimsAreNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := webhook.InMemory(3)
		if state, _ := seen.Claim(t.Context(), "slow"); state != webhook.Claimed {
			t.Fatal(state)
		}
		for i := range 100 {
			claim(t, seen, fmt.Sprint(i))
		}
		time.Sleep(3 * time.Hour)
		if state, _ := seen.Claim(t.Context(), "slow"); state != webhook.InProgress {
			t.Errorf("the event in progress is %d", state)
		}
		if err := seen.Release(t.Context(), "slow"); err != nil {
			t.Error(err)
		}
		if state, _ := seen.Claim(t.Context(), "slow"); state != webhook.Claimed {
			t.Errorf("the released event is %d", state)
		}
	})
}

func TestReleaseDoesNotForgetHandledEvents(t *testing.T) {
	seen := webhook.InMemory(0)
	claim(t, seen, "a")
	if err := seen.Release(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if state := claim(t, seen, "a"); state != webhook.Handled {
		t.Errorf("it is %d", state)
	}
	if err := errors.Join(seen.Release(t.Context(), "unknown"), seen.Record(t.Context(), "a")); err != nil {
		t.Error(err)
	}
}

// 20,000 ids of 1,000 bytes would need 20 MB.
func TestMemoryIsBounded(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	seen := webhook.InMemory(1000)
	before := heap()
	for i := range 20_000 {
		claim(t, seen, fmt.Sprintf("%01000d", i))
	}
	if grown := heap() - before; grown > 1e6 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	runtime.KeepAlive(seen)
}

// A sharedStore is a store of several processes, as its documentation asks for: claims end by themselves.
type sharedStore struct {
	lease time.Duration
	mu    sync.Mutex
	rows  map[string]row
}

type row struct {
	handled bool
	ends    time.Time
}

func (s *sharedStore) Claim(_ context.Context, id string) (webhook.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r, ok := s.rows[id]; {
	case !ok || !time.Now().Before(r.ends):
		s.rows[id] = row{ends: time.Now().Add(s.lease)}
		return webhook.Claimed, nil
	case r.handled:
		return webhook.Handled, nil
	}
	return webhook.InProgress, nil
}

func (s *sharedStore) Record(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[id] = row{handled: true, ends: time.Now().Add(webhook.Retention)}
	return nil
}

func (s *sharedStore) Release(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.rows[id].handled {
		delete(s.rows, id)
	}
	return nil
}

func TestSeveralProcessesShareAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sharedStore{lease: 5 * time.Minute, rows: map[string]row{}}
		calls, finish := 0, make(chan error)
		slow, _ := handler(t, func(context.Context, webhook.Event) error { calls++; return <-finish }, webhook.WithSeen(store))
		fast, _ := handler(t, accept(&calls), webhook.WithSeen(store))

		first := make(chan int)
		go func() { first <- deliver(t, slow, event) }()
		synctest.Wait()
		if status := deliver(t, fast, event); status != 503 || calls != 1 {
			t.Errorf("while another process handles it: status %d, %d calls", status, calls)
		}
		finish <- nil
		if status := <-first; status != 200 {
			t.Errorf("status %d", status)
		}
		if status := deliver(t, fast, event); status != 200 || calls != 1 {
			t.Errorf("after another process has handled it: status %d, %d calls", status, calls)
		}
	})
}

func TestEventOfAKilledProcessIsHandledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sharedStore{lease: 5 * time.Minute, rows: map[string]row{}}
		if _, err := store.Claim(t.Context(), "e-1"); err != nil { // and the process is killed
			t.Fatal(err)
		}
		calls := 0
		h, _ := handler(t, accept(&calls), webhook.WithSeen(store))
		var got []int
		for _, minutes := range []time.Duration{1, 1, 2, 5} {
			time.Sleep(minutes * time.Minute)
			got = append(got, deliver(t, h, event))
		}
		if fmt.Sprint(got) != "[503 503 503 200]" || calls != 1 {
			t.Errorf("statuses %v, %d calls", got, calls)
		}
	})
}
