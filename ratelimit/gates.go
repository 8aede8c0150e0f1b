package ratelimit

import (
	"container/list"
	"maps"
)

// maxGates bounds the memory for gates: beyond it, the ones that were used longest ago are forgotten.
const maxGates = 10_000

// gates are the gates of all records and customers that are in use or were in use lately.
type gates struct {
	byKey   map[gateKey]*list.Element // of *gate
	grown   bool                      // byKey was far larger than it may be
	order   *list.List                // by last use, the oldest first
	blocked map[*gate]struct{}        // those with waiters

	toLookAt  []*gate
	reminders reminders
}

type gateKey struct{ kind, id string }

// noun is what a reader calls the kind.
func (k gateKey) noun() string {
	if k.kind == object {
		return "record"
	}
	return k.kind
}

func newGates() gates {
	return gates{byKey: make(map[gateKey]*list.Element), order: list.New(), blocked: make(map[*gate]struct{})}
}

// of returns the gate of a request. A request for no record has one only once its operation was refused with room left in the
// budget, as searches are that have a limit of their own: nil until then.
func (s *gates) of(r Request, c Config, now moment) *gate {
	switch {
	case r.Customer != "":
		return s.get(gateKey{customer, r.Customer}, c.CustomerLimit, now)
	case r.Object != "":
		return s.get(gateKey{object, r.Object}, c.ObjectLimit, now)
	}
	if e, ok := s.byKey[gateKey{operation, r.Op}]; ok {
		s.order.MoveToBack(e)
		return e.Value.(*gate)
	}
	return nil
}

// The kinds of gates. Those of operations are for requests that are for no record.
const object, customer, operation = "object", "customer", "operation"

// get returns the gate of that key, a new one if there is none.
func (s *gates) get(key gateKey, limit int, now moment) *gate {
	if e, ok := s.byKey[key]; ok {
		s.order.MoveToBack(e)
		return e.Value.(*gate)
	}
	e := s.forget(now)
	if e == nil {
		e = s.order.PushBack(new(gate))
	} else {
		s.order.MoveToBack(e)
	}
	g := e.Value.(*gate)
	*g = gate{key: key, limit: limit}
	s.byKey[key] = e
	s.grown = s.grown || len(s.byKey) > 2*maxGates
	return g
}

// forgotten is how many gates are looked at for each new one, so that no request pays for many.
const forgotten = 4

// forget makes room for one more gate, and returns the place of one that is forgotten, if any.
func (s *gates) forget(now moment) (free *list.Element) {
	e := s.order.Front()
	for range forgotten {
		if e == nil {
			break
		}
		g, next := e.Value.(*gate), e.Next()
		switch {
		case g.inFlight > 0 || g.waiting.len() > 0:
			s.order.MoveToBack(e) // in use
		case !g.idle(now) && len(s.byKey) < maxGates:
			return free
		default:
			delete(s.byKey, g.key)
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

// trim forgets gates as long as there are more than may be, now that nobody uses g: the ones that were used longest ago, or
// else g itself, so that no more are kept than are in use.
func (s *gates) trim(g *gate, now moment) {
	if g == nil || len(s.byKey) <= maxGates || g.inFlight > 0 || g.waiting.len() > 0 {
		return
	}
	free := s.forget(now)
	if free == nil {
		free = s.byKey[g.key]
		delete(s.byKey, g.key)
	}
	s.order.Remove(free)
	if s.grown && len(s.byKey) <= maxGates {
		s.grown = false
		kept := make(map[gateKey]*list.Element, len(s.byKey)) // the old one keeps the memory of all that was in it
		maps.Copy(kept, s.byKey)
		s.byKey = kept
	}
}
