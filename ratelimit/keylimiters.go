package ratelimit

import (
	"container/list"
	"time"
)

// maxKeyLimiters bounds the memory for key limiters. Beyond it, the least recently used ones are forgotten unless they
// are in use.
const maxKeyLimiters = 10_000

// keyLimiters are the key limiters of the records, customers, searches and operations that are in use or were used lately.
type keyLimiters struct {
	byKey   map[limitKey]*list.Element // of *keyLimiter
	order   *list.List                 // by last use, the oldest first
	blocked map[*keyLimiter]struct{}   // those at which calls wait
}

type limitKey struct{ kind, id string }

// noun returns what the texts of errors call the kind.
func (k limitKey) noun() string {
	if k.kind == object {
		return "record"
	}
	return k.kind
}

func newKeyLimiters() keyLimiters {
	return keyLimiters{byKey: make(map[limitKey]*list.Element), order: list.New(), blocked: make(map[*keyLimiter]struct{})}
}

// of returns the key limiter of a request. A request that is neither for a record or customer nor a search has none until its
// operation is refused while budget is left.
func (s *keyLimiters) of(r Request, c Config, now time.Time) *keyLimiter {
	switch {
	case r.Customer != "":
		return s.get(limitKey{customer, r.Customer}, c.CustomerLimit, now)
	case r.Object != "":
		return s.get(limitKey{object, r.Object}, c.ObjectLimit, now)
	case r.Search:
		return s.get(limitKey{kind: search}, c.SearchLimit, now)
	}
	if e, ok := s.byKey[limitKey{operation, r.Op}]; ok {
		s.order.MoveToBack(e)
		return e.Value.(*keyLimiter)
	}
	return nil
}

// The kinds of key limiters. The one of searches is for all of them. Those of operations are for all other requests.
const object, customer, search, operation = "object", "customer", "search", "operation"

// ofRecord reports whether the key is that of one record or customer. Without a known limit, few requests for it are in flight.
func (k limitKey) ofRecord() bool { return k.kind == object || k.kind == customer }

// get returns the key limiter of that key, a new one if there is none.
func (s *keyLimiters) get(key limitKey, limit int, now time.Time) *keyLimiter {
	e, ok := s.byKey[key]
	if !ok {
		s.forgetOld(now)
		e = s.order.PushBack(&keyLimiter{key: key, limit: limit})
		s.byKey[key] = e
	}
	s.order.MoveToBack(e)
	return e.Value.(*keyLimiter)
}

// trim keeps to maxKeyLimiters after a request of k, if any, has ended. If the least recently used ones are all in use,
// it forgets k itself.
func (s *keyLimiters) trim(k *keyLimiter, now time.Time) {
	if k == nil || k.inUse() || len(s.byKey) <= maxKeyLimiters {
		return
	}
	s.forgetOld(now)
	if e, ok := s.byKey[k.key]; ok && len(s.byKey) > maxKeyLimiters {
		s.forget(e)
	}
}

// forgetOld forgets the least recently used key limiters: the idle ones, and others as long as there are too many. It
// checks at most ten, so that no request pays for many.
func (s *keyLimiters) forgetOld(now time.Time) {
	for range 10 {
		e := s.order.Front()
		if e == nil {
			return
		}
		switch k := e.Value.(*keyLimiter); {
		case k.inUse():
			s.order.MoveToBack(e)
		case k.idle(now) || len(s.byKey) > maxKeyLimiters:
			s.forget(e)
		default:
			return
		}
	}
}

func (s *keyLimiters) forget(e *list.Element) {
	delete(s.byKey, e.Value.(*keyLimiter).key)
	s.order.Remove(e)
}
