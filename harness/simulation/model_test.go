package simulation

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestOptimalClient(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for _, tt := range []struct {
		name   string
		client OptimalClient
		want   time.Duration
	}{
		{"one worker", OptimalClient{Workers: 1, Calls: 10, Limit: 1000}, 1 * s},
		{"two workers", OptimalClient{Workers: 2, Calls: 9, Limit: 1000}, 500 * ms},
		{"more workers than calls", OptimalClient{Workers: 20, Calls: 9, Limit: 1000}, 100 * ms},
		// 10 at 0.05 s, 10 at 60.05 s, 5 at 120.05 s.
		{"windows from the first request", OptimalClient{Workers: 20, Calls: 25, Limit: 10}, 120100 * ms},
		{"they do not depend on the start", OptimalClient{Workers: 20, Calls: 25, Limit: 10, Start: 50 * s}, 120100 * ms},
		// 10 at 50.05 s, 10 at 60 s, 5 at 120 s.
		{"grid", OptimalClient{Workers: 20, Calls: 25, Limit: 10, Aligned: true, Start: 50 * s}, 70050 * ms},
		{"hold", OptimalClient{Workers: 20, Calls: 25, Limit: 20, Hold: 10, Aligned: true, Start: 50 * s}, 70050 * ms},
		// 5 are left of the first window, 10 of the second.
		{"burst", OptimalClient{
			Workers: 20, Calls: 15, Limit: 10, Aligned: true, Start: 10 * s,
			Neighbour: &Neighbour{PerWindow: 5, Burst: true, Windows: 1},
		}, 50050 * ms},
		{"burst in each window", OptimalClient{
			Workers: 20, Calls: 11, Limit: 10, Neighbour: &Neighbour{PerWindow: 5, Burst: true},
		}, 120050 * ms},
		// The neighbour has six by 30 s, the caller takes four, and in the next window nine, after the one at its beginning.
		{"evenly", OptimalClient{
			Workers: 20, Calls: 13, Limit: 10, Aligned: true, Start: 30 * s,
			Neighbour: &Neighbour{PerWindow: 10},
		}, 30050 * ms},
		{"evenly, one more", OptimalClient{
			Workers: 20, Calls: 14, Limit: 10, Aligned: true, Start: 30 * s,
			Neighbour: &Neighbour{PerWindow: 10},
		}, 90050 * ms},
		{"evenly, then nothing", OptimalClient{
			Workers: 20, Calls: 14, Limit: 10, Aligned: true, Start: 30 * s,
			Neighbour: &Neighbour{PerWindow: 10, Windows: 1},
		}, 30050 * ms},
	} {
		tt.client.Latency = func() time.Duration { return 100 * ms }
		if got := tt.client.Time(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// No client can be faster than its workers, nor than the budget; and the model is no slower than these two add up to.
func TestOptimalClientBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		seed := rng.Uint64()
		m := OptimalClient{
			Workers: 1 + rng.IntN(64), Calls: 1 + rng.IntN(3000), Limit: 1 + rng.IntN(500), Aligned: rng.IntN(2) == 0,
			Start: time.Duration(rng.Int64N(int64(window))), Latency: latencies(seed, 1),
		}
		draw, work := latencies(seed, 1), time.Duration(0)
		for range m.Calls {
			work += draw()
		}
		windows := (m.Calls - 1) / m.Limit // that must pass
		budget := time.Duration(windows) * window
		if m.Aligned && windows > 0 {
			budget -= m.Start
		}
		least := max(work/time.Duration(m.Workers), budget)
		// One latency, of at most 2 s, for each window that is waited for and at the end.
		most := work/time.Duration(m.Workers) + time.Duration(windows)*window + time.Duration(windows+2)*2*time.Second
		if got := m.Time(); got < least || got > most {
			t.Errorf("%+v: %s, want %s to %s", m, got, least, most)
		}
	}
}
