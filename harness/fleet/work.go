package main

import (
	"context"
	"sync"
	"time"
)

// A place is where processes run one after the other. Without a lifetime, it is one process.
type place struct {
	group     int
	calls     int // that its processes make
	queue     *queue
	processes []*process
}

// work runs all processes and the incident until all calls have ended.
func (r *run) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer r.awaitProcesses()
	defer cancel(nil)
	if err := r.startPlaces(ctx); err != nil {
		return err
	}
	var callers, others sync.WaitGroup
	inBackground := func(g *sync.WaitGroup, do func() error) {
		g.Go(func() {
			if err := do(); err != nil {
				cancel(err)
			}
		})
	}
	r.began = time.Now()
	for _, p := range r.places {
		if r.groups[p.group].Every == 0 {
			if err := r.fill(p); err != nil {
				return err
			}
		}
	}
	called := make(chan struct{})
	for _, p := range r.places {
		if r.groups[p.group].Every > 0 {
			inBackground(&others, func() error { return p.callUntil(called) })
		} else {
			inBackground(&callers, func() error { return r.makeCalls(ctx, p) })
		}
	}
	if r.incident != nil {
		inBackground(&others, func() error { return r.disturb(ctx) })
	}
	callers.Wait()
	close(called)
	others.Wait()
	return context.Cause(ctx)
}

func (r *run) awaitProcesses() {
	for _, p := range r.places {
		for _, process := range p.processes {
			<-process.ended
		}
	}
}

// startPlaces starts the first process of each place, and waits until all are ready.
func (r *run) startPlaces(ctx context.Context) error {
	for i, g := range r.groups {
		for n := range g.processes {
			p := &place{group: i, calls: g.calls*(n+1)/g.processes - g.calls*n/g.processes}
			if r.killsProcess() { // the others make its calls
				p.calls = 0
				if n == 0 {
					p.calls = g.calls
				} else {
					p.queue = r.places[0].queue
				}
			}
			r.places = append(r.places, p)
			if err := r.start(ctx, p); err != nil {
				return err
			}
		}
	}
	for _, p := range r.places {
		if err := p.processes[0].waitReady(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) killsProcess() bool { return r.incident != nil && r.incident.kills }

// start starts the next process of a place.
func (r *run) start(ctx context.Context, p *place) (err error) {
	if p.queue == nil {
		if p.queue, err = newQueue(); err != nil {
			return err
		}
	}
	g := r.groups[p.group]
	process, err := startProcess(ctx, job{
		Store: r.store.address, Org: "acme", URL: r.fake.url, Config: r.config, Members: max(r.members, 1),
		Workers: g.workers, load: g.load, Targets: r.targets[p.group],
	}, p.queue)
	if err == nil {
		p.processes = append(p.processes, process)
	}
	return err
}

// fill lets the last process of a place make its calls.
func (r *run) fill(p *place) error {
	n := p.calls
	if r.lifetime > 0 {
		n = min(n, r.lifetime)
	}
	if n == 0 {
		return nil // another place has filled the queue
	}
	p.calls -= n
	err := p.queue.fill(n)
	p.queue.end()
	return err
}

// makeCalls waits until the processes of a place have made their calls.
func (r *run) makeCalls(ctx context.Context, p *place) error {
	for {
		if err := p.await(); err != nil || p.calls == 0 {
			return err
		}
		p.queue = nil
		if err := r.start(ctx, p); err != nil {
			return err
		}
		if err := r.fill(p); err != nil {
			return err
		}
	}
}

// await waits until the last process has ended.
func (p *place) await() error {
	defer p.queue.release()
	last := p.processes[len(p.processes)-1]
	<-last.ended
	return last.err
}

// callUntil lets the process of a place call until the others have called.
func (p *place) callUntil(called <-chan struct{}) error {
	if err := p.queue.fill(1); err != nil {
		return err
	}
	<-called
	p.queue.end()
	return p.await()
}

// disturb makes the incident happen while the budget of the second window is being spent.
func (r *run) disturb(ctx context.Context) error {
	if err := sleep(ctx, window+500*time.Millisecond); err != nil {
		return err
	}
	r.failed = time.Now()
	err := r.incident.do(ctx, r)
	r.over = time.Now()
	return err
}
