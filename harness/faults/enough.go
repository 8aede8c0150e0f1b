package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

const (
	mustTake = 0.85   // of the faults of calls that nobody gives up
	long     = 10_000 // faults meet every kind that is no rarity
	rarity   = 15     // times in a long run, as far as that is expected
)

// protocols are those of the benches, as often as they are drawn: without TLS, HTTP/1.1 ("") and HTTP/2 ("h2c"), and over it.
var protocols = [...]string{"", "", "http/1.1", "h2", "h2c"}

func overTLS(protocol string) bool { return protocol == "http/1.1" || protocol == "h2" }

func isHTTP2(protocol string) bool { return protocol == "h2" || protocol == "h2c" }

// tooLittle says what is missing for a run to tell anything: one in which hardly anything goes wrong finds nothing wrong.
func (t *Table) tooLittle() []string {
	var all []string
	if float64(t.patientTook) < mustTake*float64(t.patient) || t.patient < t.Total/4 {
		all = append(all, fmt.Sprintf("only %d of %d faults took place that nothing came before", t.patientTook, t.patient))
	}
	if t.Total < long {
		return all
	}
	for _, k := range kinds() {
		if t.took[k] == 0 {
			all = append(all, "no fault took place of the kind "+k.String())
		}
	}
	return all
}

// kindOf returns the kind of a fault. The two ways to HTTP/2 count together.
func kindOf(protocol string, m faultproxy.Moment, how faultproxy.Manner) kind {
	if protocol == "h2c" {
		protocol = "h2"
	}
	return kind{protocol, m, how}
}

// kinds are what plans hold, but for rarities.
var kinds = sync.OnceValue(func() []kind {
	const draws = 5 * long
	rng := rand.New(rand.NewPCG(1, 1))
	drawn := make(map[kind]int)
	for range draws {
		protocol := protocols[rng.IntN(len(protocols))]
		if p := newPlan(rng, protocol); !p.refused {
			f := p.fault()
			drawn[kindOf(protocol, f.Moment, f.Manner)]++
		}
	}
	var all []kind
	for k, n := range drawn {
		if n >= rarity*draws/long {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b kind) int { return strings.Compare(a.String(), b.String()) })
	return all
})
