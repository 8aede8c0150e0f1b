package simulation

import (
	"strings"
	"testing"
)

// Each scenario once. The regimes take turns, so that each is met by some scenario; all of them is what the benchmark
// is for.
func TestScenarios(t *testing.T) {
	regimes := Regimes()
	for i, s := range Scenarios() {
		if s.Comparison {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r := s.Run(t, regimes[i%len(regimes)], 1)
			var table strings.Builder
			if _, err := WriteTable(&table, []Row{{r}}); err != nil {
				t.Fatal(err)
			}
			t.Logf("\n%s", &table)
			for _, miss := range r.Misses() {
				t.Error(miss)
			}
		})
	}
}
