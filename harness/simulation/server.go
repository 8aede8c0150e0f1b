package simulation

import (
	"net/http"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// newServer returns the fake of a scenario. The run counts its refusals.
func (r *run) newServer(regime Regime, seed uint64) *kustomertest.Server {
	headers := stream(seed, "headers")
	return kustomertest.New(kustomertest.Config{
		BareResponses:  true, // they take less time to encode and decode
		OrgLimit:       r.limit(),
		ObjectLimit:    r.ObjectLimit,
		AlignedWindows: regime.Aligned,
		ResetHeader:    regime.Reset,
		ClockSkew:      r.Skew,
		Latency:        latencies(seed, r.pace()),
		Faults:         r.Faults.hook(seed),
		OmitRateHeaders: func(request kustomertest.Request) bool {
			if request.Status == http.StatusTooManyRequests {
				r.refuse()
			}
			return headers.Float64() < r.Faults.NoRateHeaders
		},
	})
}

// refuse counts a 429. If the organisation has budget left, it is about one conversation or customer.
func (r *run) refuse() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if spent, _ := r.srv.Budget(); spent < r.limit() {
		r.keyRefused++
	} else {
		r.refused++
	}
}

// hook returns a fault for a random share of the requests.
func (f Faults) hook(seed uint64) func(kustomertest.Request) *kustomertest.Fault {
	faults := []kustomertest.Fault{kustomertest.Status(http.StatusServiceUnavailable, ""), kustomertest.CutBefore(), kustomertest.CutAfter()}
	rng := stream(seed, "faults")
	return func(kustomertest.Request) *kustomertest.Fault {
		switch p := rng.Float64(); {
		case p < f.Failed:
			return &faults[rng.IntN(len(faults))]
		case p < f.Failed+f.NoDate:
			return &kustomertest.Fault{Header: http.Header{"Date": nil}}
		}
		return nil
	}
}
