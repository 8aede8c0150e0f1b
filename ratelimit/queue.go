package ratelimit

import "time"

// A waiter is a call that waits. It is in one queue at a time.
type waiter struct {
	request    Request
	keyLimiter *keyLimiter
	order      int  // of arrival
	place      int  // in the queue for the budget, kept when it goes back to its key limiter; 0 before that
	through    bool // it has passed its key limiter
	passed     int  // its index among those that have passed the key limiter
	since      time.Time
	deadline   time.Time // when it gives up; zero is never
	ready      chan error
	permit     *permit

	in         *queue
	prev, next *waiter
}

// A queue holds waiters in the order of a number.
type queue struct {
	first, last *waiter
	len         int
}

// insert puts w behind those with a lower number. It searches from the end, where nearly all belong.
func (q *queue) insert(w *waiter, number func(*waiter) int) {
	prev, next := q.last, (*waiter)(nil)
	for prev != nil && number(prev) > number(w) {
		prev, next = prev.prev, prev
	}
	w.in, w.prev, w.next = q, prev, next
	if prev == nil {
		q.first = w
	} else {
		prev.next = w
	}
	if next == nil {
		q.last = w
	} else {
		next.prev = w
	}
	q.len++
}

// remove takes w out of the queue that it stands in.
func (w *waiter) remove() {
	q := w.in
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	q.len--
	w.in, w.prev, w.next = nil, nil, nil
}

// classes are the queues of retries, of interactive requests and of requests in the background, which go in this order.
type classes [3]queue

// class is the index of a request's queue. A retry is allowed only for a short time, so it goes first, in the
// background too.
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

func (c *classes) len() int { return c[0].len + c[1].len + c[2].len }

// first returns whose turn is next.
func (c *classes) first() *waiter {
	for i := range c {
		if w := c[i].first; w != nil {
			return w
		}
	}
	return nil
}

// ahead is how many go before w, which comes now.
func (c *classes) ahead(w *waiter) (n int) {
	for i := range w.request.class() + 1 {
		n += c[i].len
	}
	return n
}

func (c *classes) insert(w *waiter, number func(*waiter) int) { c[w.request.class()].insert(w, number) }

// The queues of a key limiter are in order of arrival. The queues for the budget are in the order in which calls first
// joined them.
func (w *waiter) byOrder() int { return w.order }
func (w *waiter) byPlace() int { return w.place }
