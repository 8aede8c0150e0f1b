package webhook

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Retention is how long a [Seen] keeps the id of a handled event. Deliveries of one event span 64 minutes.
const Retention = 2 * time.Hour

// Seen remembers which events were handled, so that a repeated delivery is not handled again. [InMemory] is for one process. If
// several processes receive the events of one webhook, they need a shared store. Services that do different things with the
// same events must not share ids: give each a prefix or a table of its own.
//
// [Handler] calls Claim for each delivery. If Claim returns [Claimed], the handler calls its function, and then Record if the
// function has returned nil, otherwise Release. Their context ends after ten seconds, not with the request. If Record fails, the
// response is a 200 all the same, and the claim stays.
//
// With Redis, and a claim that expires after five minutes:
//
//	Claim    SET <id> claimed NX EX 300; if that sets nothing, GET <id>
//	Record   SET <id> handled EX 7200
//	Release  DEL <id>, if its value is claimed
type Seen interface {
	// Claim reserves an event for one delivery, unless it is reserved or handled already. This must be one atomic step, because
	// two deliveries of an event may overlap. Claims in a shared store must expire, because a process may be killed before it
	// calls Record or Release: after more time than the function takes, but within minutes. If Claim returns an error, the
	// function is not called, and Kustomer delivers the event again.
	Claim(ctx context.Context, id string) (State, error)
	// Record notes that the event was handled, for the time [Retention].
	Record(ctx context.Context, id string) error
	// Release ends the claim, so that the next delivery is handled. If the event is recorded, it stays recorded.
	Release(ctx context.Context, id string) error
}

// State says what a [Seen] knows of an event.
type State uint8

const (
	Claimed    State = iota // the event is new, and claimed for this delivery
	InProgress              // another delivery has claimed it
	Handled                 // it was handled
)

// InMemory returns a [Seen] that keeps the ids of that many handled events in memory, with about 200 bytes each. If events is
// not positive, it keeps 100,000, which is enough for 13 events a second. If there are more, it forgets the oldest first.
func InMemory(events int) Seen {
	if events <= 0 {
		events = 100_000
	}
	return &memory{max: events, states: map[key]State{}}
}

type memory struct {
	max    int
	mu     sync.Mutex
	states map[key]State // InProgress or Handled
	order  []record      // of those handled, the oldest first
}

// A key is the hash of an id, so that long ids need no more memory.
type key [sha256.Size]byte

type record struct {
	key key
	at  time.Time
}

// lock locks mu, forgets the ids that are too old or too many, and returns the key of an id.
func (m *memory) lock(id string) key {
	m.mu.Lock()
	for len(m.order) > 0 && (len(m.order) > m.max || time.Since(m.order[0].at) >= Retention) {
		delete(m.states, m.order[0].key)
		m.order = m.order[1:]
	}
	return sha256.Sum256([]byte(id))
}

func (m *memory) Claim(_ context.Context, id string) (State, error) {
	k := m.lock(id)
	defer m.mu.Unlock()
	if state, ok := m.states[k]; ok {
		return state, nil
	}
	m.states[k] = InProgress
	return Claimed, nil
}

func (m *memory) Record(_ context.Context, id string) error {
	k := m.lock(id)
	defer m.mu.Unlock()
	if m.states[k] != Handled {
		m.states[k] = Handled
		m.order = append(m.order, record{k, time.Now()})
	}
	return nil
}

func (m *memory) Release(_ context.Context, id string) error {
	k := m.lock(id)
	defer m.mu.Unlock()
	if m.states[k] == InProgress {
		delete(m.states, k)
	}
	return nil
}
