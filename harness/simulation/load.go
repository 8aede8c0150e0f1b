package simulation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A tally is what the callers of a pool saw.
type tally struct {
	mu          sync.Mutex
	ok, unknown int
	lost        int       // all other errors
	lostErr     error     // one of them, or of those that ought not to be unknown
	first, last time.Time // of the first call and the last answer
	slowest     time.Duration
}

// run lets all pools work at once, and returns their tallies when all are done.
func (st *stage) run(ctx context.Context) []*tally {
	var wg sync.WaitGroup
	tallies := make([]*tally, len(st.Pools))
	for i, p := range st.Pools {
		tallies[i] = &tally{first: time.Now()}
		clients := len(st.clients)
		for c := range clients {
			next, end := new(atomic.Int64), p.Calls*(c+1)/clients
			next.Store(int64(p.Calls * c / clients))
			for range p.Workers*(c+1)/clients - p.Workers*c/clients {
				wg.Go(func() {
					for {
						call := int(next.Add(1)) - 1
						if call >= end {
							return
						}
						began := time.Now()
						err := st.persist(ctx, st.clients[c], i, call)
						tallies[i].take(began, err)
					}
				})
			}
		}
	}
	wg.Wait()
	return tallies
}

func (t *tally) take(began time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
	t.slowest = max(t.slowest, t.last.Sub(began))
	switch {
	case err == nil:
		t.ok++
	default:
		unknown, ok := errors.AsType[*client.OutcomeUnknownError](err)
		if ok {
			t.unknown++
		} else {
			t.lost++
		}
		if !ok || unknown.ExternalID == "" {
			t.lostErr = err
		}
	}
}

// persist makes one call of a pool. Naive callers make it again and again.
func (st *stage) persist(ctx context.Context, c *client.Client, pool, call int) error {
	for {
		err := st.call(ctx, c, pool, call)
		if !st.Naive || !errors.Is(err, client.ErrRateLimited) || !sleepUntil(ctx, time.Now().Add(time.Second)) {
			return err
		}
	}
}

// call makes one call of a pool.
func (st *stage) call(ctx context.Context, c *client.Client, pool, call int) error {
	p := st.Pools[pool]
	customer, conversation := st.customers[call%manyRecords], st.conversations[call%manyRecords]
	if own := st.own[pool]; own != "" {
		customer, conversation = own, own
	}
	var opts []client.CallOption
	if st.RetryCreates {
		opts = append(opts, client.CallRetryCreate())
	}
	var err error
	switch creates := int(float64(call+1)*p.Creates) - int(float64(call)*p.Creates); {
	case creates > 0:
		id := fmt.Sprintf("create-%d-%d", pool, call)
		_, err = c.CreateConversationForCustomer(ctx, customer, client.ConversationCreate{ExternalID: &id}, opts...)
		st.creates[pool][call] = create{id, err}
	case call%4 == 0:
		_, err = c.AppendTagsToConversation(ctx, conversation, []string{"vip"})
	default:
		_, err = c.UpdateConversationAttributes(ctx, conversation, client.ConversationUpdate{Priority: new(3)})
	}
	return err
}
