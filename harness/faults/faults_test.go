package faults

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	faults = flag.Int("faults", 400, "how many faults")
	seed   = flag.Uint64("seed", 1, "of the random source; 0 is a new one")
	only   = flag.Int("batch", -1, "one batch alone, fault by fault")
)

const (
	perBatch = 20
	workers  = 100 // most of the time goes by with waiting
)

func TestFaults(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64() >> 32
	}
	t.Logf("-seed %d", *seed)
	var table Table
	batches := (*faults + perBatch - 1) / perBatch
	first := 0
	if *only >= 0 {
		first, batches = *only, *only+1
	}
	const perRound = 200
	for ; first < batches; first += perRound {
		before := runtime.NumGoroutine()
		round(t, &table, first, min(first+perRound, batches))
		for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("-seed %d: %d goroutines are left of %d:\n%s", *seed, runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			}
		}
	}
	var text strings.Builder
	if err := table.Print(&text); err != nil {
		t.Error(err)
	}
	t.Logf("-seed %d: %d faults, %d took place (%d of %d that nobody came before), %d wrong\n%s",
		*seed, table.Total, table.Took, table.patientTook, table.patient, table.Wrong, text.String())
	if *only >= 0 {
		return // some twenty prove nothing
	}
	for _, missing := range table.tooLittle() {
		t.Errorf("-seed %d: %s", *seed, missing)
	}
}

// round judges some batches, many at a time.
func round(t *testing.T, table *Table, first, end int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := make(chan int)
	for range min(workers, end-first) {
		wg.Go(func() {
			for i := range next {
				batch(t, i, func(d *deed) {
					mu.Lock()
					defer mu.Unlock()
					table.add(d)
				})
			}
		})
	}
	for i := first; i < end; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
}

// batch judges some faults with one client.
func batch(t *testing.T, number int, add func(*deed)) {
	rng := rand.New(rand.NewPCG(*seed, uint64(number)))
	b, err := newBench(rng)
	if err != nil {
		t.Error(err)
		return
	}
	defer b.close()
	for i := range perBatch {
		p := newPlan(rng, b.protocol)
		start := time.Now()
		d := b.judge(t.Context(), &p, fmt.Sprintf("mark-%d-%d", number, i))
		add(d)
		if *only >= 0 {
			t.Logf("%s: %s (%s) after %s, %+v, applied %d times", b.protocol, &p, d.said, time.Since(start), d.seen, d.applied)
		}
		wrongs := d.wrong()
		for _, wrong := range wrongs {
			t.Errorf("%s\n-seed %d -batch %d, number %d: %s, %s, wrapped %t; the call gave %v", wrong, *seed, number, i, b.protocol, &p, b.wrapped, d.err)
		}
		if len(wrongs) > 0 {
			return // the rest would be about what this one has left
		}
	}
}
