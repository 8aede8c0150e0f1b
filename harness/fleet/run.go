package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/kustomer-go/kustomer/harness/servers"
)

// A run is one execution of a row.
type run struct {
	row
	seed    uint64 // of the latencies
	fake    *fake
	store   *store
	targets [][]string // of each group
	places  []*place

	began        time.Time // the first call
	failed, over time.Time // the incident
}

// run executes the row on servers of its own.
func (r row) run(ctx context.Context, program servers.Program) (*result, error) {
	started, err := servers.NewGroup(program)
	if err != nil {
		return nil, err
	}
	defer started.Close()
	seed := rand.Uint64()
	f, err := newFake(r.limit, r.objectLimit, seed)
	if err != nil {
		return nil, err
	}
	defer f.close()
	run := &run{row: r, seed: seed, fake: f}
	if run.store, err = startStore(ctx, started, r.sentinels); err != nil {
		return nil, err
	}
	run.addTargets()
	if err := run.work(ctx); err != nil {
		return nil, err
	}
	return run.measure(ctx)
}

func startStore(ctx context.Context, started *servers.Group, sentinels bool) (*store, error) {
	if !sentinels {
		s, err := started.Server(ctx)
		if err != nil {
			return nil, err
		}
		return &store{storeAddress{Addrs: []string{s.Addr}}, servers.Replicated{Primary: s}}, nil
	}
	s, err := started.Replicated(ctx)
	if err != nil {
		return nil, err
	}
	return &store{storeAddress{Addrs: s.Addrs(), Primary: servers.PrimaryName}, *s}, nil
}

// manyTargets is how many conversations the groups for many use.
const manyTargets = 300

func (r *run) addTargets() {
	customer := r.fake.AddCustomer()
	many := make([]string, manyTargets)
	for i := range many {
		many[i] = r.fake.AddConversation(customer)
	}
	for _, g := range r.groups {
		switch g.target {
		case oneConversation:
			r.targets = append(r.targets, []string{r.fake.AddConversation(customer)})
		case oneCustomer:
			r.targets = append(r.targets, []string{r.fake.AddCustomer()})
		default:
			r.targets = append(r.targets, many)
		}
	}
}
