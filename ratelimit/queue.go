package ratelimit

// A waiter is a request that has to wait. It stands in one queue at a time.
type waiter struct {
	request Request
	gate    *gate
	order   int  // in which it came
	through bool // of its gate
	since   moment
	give    moment // when it gives up; zero is never
	ready   chan error
	permit  *permit

	in         *queue
	prev, next *waiter
}

// A queue holds waiters in the order in which they came.
type queue struct {
	first, last *waiter
	len         int
}

// insert puts w before next; at the end if that is nil.
func (q *queue) insert(w, next *waiter) {
	prev := q.last
	if next != nil {
		prev = next.prev
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

// classes are the queues of the interactive and of the background requests.
type classes [2]queue

func (c *classes) len() int { return c[0].len + c[1].len }

// first returns whose turn is next.
func (c *classes) first() *waiter {
	if w := c[0].first; w != nil {
		return w
	}
	return c[1].first
}

// ahead is how many go before w, which comes now.
func (c *classes) ahead(w *waiter) int {
	if w.request.Background {
		return c.len()
	}
	return c[0].len
}

func (c *classes) of(w *waiter) *queue {
	if w.request.Background {
		return &c[1]
	}
	return &c[0]
}

func (c *classes) push(w *waiter) { c.of(w).insert(w, nil) }

// putBack puts a waiter back among those who came after it.
func (c *classes) putBack(w *waiter) {
	q := c.of(w)
	next := q.first
	for next != nil && next.order < w.order {
		next = next.next
	}
	q.insert(w, next)
}
