package main

import (
	"context"
	"time"

	"github.com/kustomer-go/kustomer/harness/servers"
)

// An incident is what happens to a process or the store of a row.
type incident struct {
	// do returns when it is over. If the store was gone, that is the moment from which it serves again.
	do     func(context.Context, *run) error
	kills  bool // the first process, so the others make its calls
	detach bool // the store is gone for so long that all members notice it
}

// store is what the incidents need of the servers of a row.
type store struct {
	address            storeAddress
	servers.Replicated // with sentinels; otherwise Primary only
}

// serving is the server that members talk to in the end.
func (s *store) serving() *servers.Server {
	if s.Replica != nil {
		return s.Replica
	}
	return s.Primary
}

var (
	killProcess = &incident{kills: true, do: func(_ context.Context, r *run) error {
		r.places[0].processes[0].kill()
		return nil
	}}
	flush = &incident{do: func(ctx context.Context, r *run) error {
		return r.store.Primary.Do(ctx, "FLUSHALL").Err()
	}}
	restart = &incident{do: func(ctx context.Context, r *run) error {
		r.store.Primary.Kill()
		return r.store.Primary.Start(ctx)
	}}
	down = &incident{detach: true, do: func(ctx context.Context, r *run) error {
		r.store.Primary.Kill()
		if err := sleep(ctx, 10*time.Second); err != nil {
			return err
		}
		return r.store.Primary.Start(ctx)
	}}
	pause = &incident{detach: true, do: func(ctx context.Context, r *run) error {
		if err := r.store.Primary.Pause(); err != nil {
			return err
		}
		if err := sleep(ctx, 6*time.Second); err != nil {
			return err
		}
		return r.store.Primary.Continue()
	}}
	failover = &incident{detach: true, do: func(ctx context.Context, r *run) error {
		r.store.Primary.Kill()
		return r.store.Promoted(ctx)
	}}
)

// sleep fails if ctx is done earlier.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
