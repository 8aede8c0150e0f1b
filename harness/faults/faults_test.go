package faults

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

var (
	faults = flag.Int("faults", 400, "number of calls")
	seed   = flag.Uint64("seed", 1, "seed of the random source; 0 is a new one")
	only   = flag.Int("batch", -1, "run this batch only, and log each call")
)

const (
	perBatch = 20
	workers  = 20 // more, and on a busy machine callers give up before their faults
)

func TestFaults(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64() >> 32
	}
	t.Logf("-seed %d", *seed)
	first, end := 0, (*faults+perBatch-1)/perBatch
	if *only >= 0 {
		first, end = *only, *only+1
	}
	before := runtime.NumGoroutine()
	s := summary{reported: make(map[report]int), kinds: make(map[kind]int)}
	var mu sync.Mutex
	var wg sync.WaitGroup
	batches := make(chan int)
	for range min(workers, end-first) {
		wg.Go(func() {
			for i := range batches {
				batch(t, i, func(r *result) {
					mu.Lock()
					defer mu.Unlock()
					s.add(r)
				})
			}
		})
	}
	for i := first; i < end; i++ {
		batches <- i
	}
	close(batches)
	wg.Wait()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("-seed %d: %d goroutines are left of %d:\n%s", *seed, runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	t.Logf("-seed %d: %d calls, %d faults took place, reported %v, %d wrong", *seed, s.calls, s.faults, s.reported, s.wrong)
	if *only >= 0 {
		return
	}
	for _, missing := range s.missing() {
		t.Errorf("-seed %d: %s", *seed, missing)
	}
}

// batch runs some scenarios with one client.
func batch(t *testing.T, number int, add func(*result)) {
	rng := rand.New(rand.NewPCG(*seed, uint64(number)))
	e, err := newEnvironment(pick(rng, faultproxy.Protocols), rng.IntN(5) == 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer e.close()
	for i := range perBatch {
		s := newScenario(rng, e)
		start := time.Now()
		r := e.run(t.Context(), s, fmt.Sprintf("mark-%d-%d", number, i))
		add(r)
		if *only >= 0 {
			t.Logf("%s: %s after %s, %d requests and %d faults seen, applied %d times", s, r.reported, time.Since(start), r.requests, r.faultsSeen, r.applied)
		}
		problems := r.problems()
		for _, problem := range problems {
			t.Errorf("%s\n-seed %d -batch %d, call %d: %s; the error is %v", problem, *seed, number, i, s, r.err)
		}
		if len(problems) > 0 {
			return // the next call may fail because of what this one has left
		}
	}
}
