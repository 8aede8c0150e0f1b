package ratelimit

import (
	"container/list"
	"maps"
	"time"
)

// maxKeyLimiters bounds the memory for key limiters. Beyond it, the least recently used ones are forgotten.
const maxKeyLimiters = 10_000

// keyLimiters are the key limiters of all records, customers and operations in use or used lately.
type keyLimiters struct {
	byKey   map[limitKey]*list.Element // of *keyLimiter
	grown   bool                       // byKey was far above maxKeyLimiters
	order   *list.List                 // by last use, the oldest first
	blocked map[*keyLimiter]struct{}   // those with waiters

	toCheck   []*keyLimiter
	reminders reminders
}

type limitKey struct{ kind, id string }

// noun is the kind in the text of an error.
func (k limitKey) noun() string {
	if k.kind == object {
		return "record"
	}
	return k.kind
}

func newKeyLimiters() keyLimiters {
	return keyLimiters{byKey: make(map[limitKey]*list.Element), order: list.New(), blocked: make(map[*keyLimiter]struct{})}
}

// of returns the key limiter of a request. A request for no record has one only once its operation was refused with
// room left in the budget, such as searches with a limit of their own. It is nil until then.
func (s *keyLimiters) of(r Request, c Config, now time.Time) *keyLimiter {
	switch {
	case r.Customer != "":
		return s.get(limitKey{customer, r.Customer}, c.CustomerLimit, now)
	case r.Object != "":
		return s.get(limitKey{object, r.Object}, c.ObjectLimit, now)
	}
	if e, ok := s.byKey[limitKey{operation, r.Op}]; ok {
		s.order.MoveToBack(e)
		return e.Value.(*keyLimiter)
	}
	return nil
}

// The kinds of key limiters. Those of operations are for requests that are for no record.
const object, customer, operation = "object", "customer", "operation"

// get returns the key limiter of that key, a new one if there is none.
func (s *keyLimiters) get(key limitKey, limit int, now time.Time) *keyLimiter {
	if e, ok := s.byKey[key]; ok {
		s.order.MoveToBack(e)
		return e.Value.(*keyLimiter)
	}
	e := s.forget(now)
	if e == nil {
		e = s.order.PushBack(new(keyLimiter))
	} else {
		s.order.MoveToBack(e)
	}
	k := e.Value.(*keyLimiter)
	*k = keyLimiter{key: key, limit: limit}
	s.byKey[key] = e
	s.grown = s.grown || len(s.byKey) > 2*maxKeyLimiters
	return k
}

// forgotten is how many key limiters are checked for each new one, so that no request pays for many.
const forgotten = 4

// forget makes room for one more key limiter, and returns the list element of a forgotten one, if any.
func (s *keyLimiters) forget(now time.Time) (free *list.Element) {
	e := s.order.Front()
	for range forgotten {
		if e == nil {
			break
		}
		k, next := e.Value.(*keyLimiter), e.Next()
		switch {
		case k.inFlight > 0 || k.waiting.len() > 0:
			s.order.MoveToBack(e) // in use
		case !k.idle(now) && len(s.byKey) < maxKeyLimiters:
			return free
		default:
			delete(s.byKey, k.key)
			if free == nil {
				free = e
			} else {
				s.order.Remove(e)
			}
		}
		e = next
	}
	return free
}

// trim forgets a key limiter if there are too many and k is not in use: one of the least recently used, or k itself.
func (s *keyLimiters) trim(k *keyLimiter, now time.Time) {
	if k == nil || len(s.byKey) <= maxKeyLimiters || k.inFlight > 0 || k.waiting.len() > 0 {
		return
	}
	free := s.forget(now)
	if free == nil {
		free = s.byKey[k.key]
		delete(s.byKey, k.key)
	}
	s.order.Remove(free)
	if s.grown && len(s.byKey) <= maxKeyLimiters {
		s.grown = false
		kept := make(map[limitKey]*list.Element, len(s.byKey)) // the old map would keep its memory
		maps.Copy(kept, s.byKey)
		s.byKey = kept
	}
}
