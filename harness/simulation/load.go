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
	for load, l := range r.Loads {
		n := l.of(&r.Scenario)
		var shared atomic.Int64 // the calls that were started, if all members take them from one queue
		for i := range n {
			member := l.FirstMember + i
			if l.Every > 0 {
				starters.Go(func() { r.startEvery(ctx, workersDone, load, member) })
				continue
			}
			begin, end, memberWorkers := l.Calls*i/n, l.Calls*(i+1)/n, l.Workers*(i+1)/n-l.Workers*i/n
			if r.Fleet != nil && r.Fleet.Lifetime > 0 {
				workers.Go(func() { r.processes(ctx, load, member, memberWorkers, begin, end) })
				continue
			}
			own, next, ctx := new(atomic.Int64), new(atomic.Int64), ctx
			own.Store(int64(begin))
			next = own
			if r.Fleet != nil && r.Fleet.Kill > 0 {
				next, end = &shared, l.Calls
				if member == 0 {
					ctx = r.mortal
				}
			}
			for range memberWorkers {
				workers.Go(func() {
					for i := next.Add(1); i <= int64(end) && ctx.Err() == nil; i = next.Add(1) {
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
			ctx, cancel := context.WithTimeout(ctx, r.Loads[load].patience())
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
	if ctx == r.mortal && ctx.Err() != nil {
		return // killed
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
