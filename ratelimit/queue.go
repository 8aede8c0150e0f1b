package ratelimit

import (
	"slices"
	"time"
)

// A waiter is a call that waits. It is in one queue at a time: at its key limiter, or for the budget.
type waiter struct {
	request    Request
	keyLimiter *keyLimiter
	order      int // of arrival
	place      int // in the queue for the budget, kept when it goes back to its key limiter; 0 if it was never there
	since      time.Time
	deadline   time.Time // when it gives up; zero means never

	in     *classes      // the queues that it is in; nil once it has left
	ready  chan struct{} // closed when it has a permit or an error; nil if it need not wait
	permit *permit
	err    error
}

// classes are three queues: retries, interactive requests and background requests. They are served in this order.
type classes [3][]*waiter

// class returns the index of a request's queue. A retry is allowed only for a short time, so it goes first, even if it
// is a background request.
func (r *Request) class() int {
	switch {
	case r.Retry:
		return 0
	case r.Background:
		return 2
	}
	return 1
}

// patient reports whether a request leaves part of the budget to others of this limiter.
func (r *Request) patient() bool { return r.class() == 2 }

func (c *classes) len() int { return len(c[0]) + len(c[1]) + len(c[2]) }

// all returns all waiters in order.
func (c *classes) all() []*waiter { return slices.Concat(c[:]...) }

// first returns the waiter whose turn is next, or nil.
func (c *classes) first() *waiter {
	for _, q := range c {
		if len(q) > 0 {
			return q[0]
		}
	}
	return nil
}

// ahead returns how many waiters go before w, which is not in the queue yet.
func (c *classes) ahead(w *waiter) (n int) {
	for _, q := range c[:w.request.class()+1] {
		n += len(q)
	}
	return n
}

// insert puts w behind the waiters with a lower number.
func (c *classes) insert(w *waiter, number func(*waiter) int) {
	q := &c[w.request.class()]
	i, _ := slices.BinarySearchFunc(*q, number(w), func(other *waiter, n int) int { return number(other) - n })
	*q = slices.Insert(*q, i, w)
	w.in = c
}

// remove takes w out of the queue that it is in.
func (w *waiter) remove() {
	q := &w.in[w.request.class()]
	i := slices.Index(*q, w)
	*q = slices.Delete(*q, i, i+1)
	w.in = nil
}

// The queues of a key limiter are in order of arrival. The queues for the budget are in the order in which waiters first
// joined them.
func (w *waiter) byOrder() int { return w.order }
func (w *waiter) byPlace() int { return w.place }
