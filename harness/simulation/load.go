package simulation

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// work runs all loads on all members, and returns when all calls have ended.
func (r *run) work(ctx context.Context) {
	var workers, starters sync.WaitGroup
	workersDone, stop := context.WithCancel(ctx)
	n := len(r.members)
	for load, l := range r.Loads {
		for member := range n {
			if l.Every > 0 {
				starters.Go(func() { r.startEvery(ctx, workersDone, load, member) })
				continue
			}
			var next atomic.Int64
			next.Store(int64(l.Calls * member / n))
			end := int64(l.Calls * (member + 1) / n)
			for range l.Workers*(member+1)/n - l.Workers*member/n {
				workers.Go(func() {
					for i := next.Add(1); i <= end; i = next.Add(1) {
						r.call(ctx, load, member, int(i))
					}
				})
			}
		}
	}
	workers.Wait()
	stop()
	starters.Wait()
}

// startEvery starts calls of a load until done ends, and waits for them.
func (r *run) startEvery(ctx, done context.Context, load, member int) {
	var calls sync.WaitGroup
	for i := 0; done.Err() == nil; i++ {
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			r.call(ctx, load, member, i)
		})
		sleepUntil(done, time.Now().Add(r.Loads[load].Every))
	}
	calls.Wait()
}

// call makes call i of a load.
func (r *run) call(ctx context.Context, load, member, i int) {
	began := time.Now()
	err := r.send(ctx, load, member, i)
	for r.Naive && errors.Is(err, client.ErrRateLimited) && sleepUntil(ctx, time.Now().Add(time.Second)) {
		err = r.send(ctx, load, member, i)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call{load, member, began, time.Now(), err})
}

func (r *run) send(ctx context.Context, load, member, i int) (err error) {
	c, l, id := r.members[member], r.Loads[load], r.targets[load][i%len(r.targets[load])]
	var opts []client.CallOption
	if l.Background {
		opts = append(opts, client.CallBackground())
	}
	if l.Target == OneCustomer {
		_, err = c.CreateConversationForCustomer(ctx, id, client.ConversationCreate{}, opts...)
	} else {
		_, err = c.AppendTagsToConversation(ctx, id, []string{"vip"}, opts...)
	}
	return err
}
