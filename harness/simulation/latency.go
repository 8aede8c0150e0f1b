package simulation

import (
	"math"
	"math/rand/v2"
	"time"
)

// latencies returns a source of latencies with a tail: mostly 50 to 150 ms, one in a hundred up to 2 s, about 105 ms
// on average, and all that times pace. The same seed gives the same sequence.
func latencies(seed uint64, pace float64) func() time.Duration {
	rng := stream(seed, "latency")
	return func() time.Duration {
		ms := min(max(90*math.Exp(0.3*rng.NormFloat64()), 50), 150)
		if rng.Float64() < 0.01 {
			ms = 150 + rng.Float64()*1850
		}
		return time.Duration(ms * pace * float64(time.Millisecond))
	}
}

// stream returns one of the independent random sources of a seed, so that drawing from one does not move the others.
func stream(seed uint64, name string) *rand.Rand {
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, h))
}
