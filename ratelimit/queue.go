package ratelimit

// A waiter is a request that has to wait. It stands in one queue at a time.
type waiter struct {
	request    Request
	keyLimiter *keyLimiter
	order      int  // in which it came
	place      int  // in the budget's queue, kept when it goes back to its key limiter; 0 before it has stood there
	through    bool // of its key limiter
	passed     int  // its index among those who have passed the key limiter
	since      moment
	deadline   moment // when it gives up; zero is never
	ready      chan error
	permit     *permit

	in         *queue
	prev, next *waiter
}

// A queue holds waiters in the order of their numbers.
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

// classes are the queues of retries, of interactive requests and of those in the background, in the order in which they go.
type classes [3]queue

// class is the index of the queue that a request belongs to. A retry is allowed only for a
// short time, so it goes first, in the background too.
func (r *Request) class() int {
	switch {
	case r.Retry:
		return 0
	case r.Background:
		return 2
	}
	return 1
}

// patient reports whether a request leaves part of the budget to others that this limiter lets through.
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

// The queues at a key limiter are in the order in which calls came. The budget's queues are in the order in which calls first stood
// there.
func (w *waiter) byOrder() int { return w.order }
func (w *waiter) byPlace() int { return w.place }
