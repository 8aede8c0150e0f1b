package client

import (
	"sync"
	"time"
)

// slots hold what the calls of EnsureConversation with one externalId know. Clones share them.
type slots struct {
	mu  sync.Mutex
	all map[string]*slot // by externalId
}

// A slot is for one externalId. It exists as long as a call uses it, and for some seconds after a create.
type slot struct {
	externalID string
	turn       chan struct{} // holds an element while a call runs
	uses       int           // guarded by the mutex of slots

	// The call whose turn it is may use these.
	found     *Response     // the conversation, if it is known to exist
	customer  string        // that it was created for, if it was created here
	at        time.Time     // when found was received or, without it, when the last create ended that may have been applied
	searchFor time.Duration // how long after that look-ups may not find it: the longest setting of all calls
}

// join returns the slot of an externalId. Each join is followed by a leave.
func (l *slots) join(externalID string) *slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.all[externalID]
	if s == nil {
		if l.all == nil {
			l.all = make(map[string]*slot)
		}
		s = &slot{externalID: externalID, turn: make(chan struct{}, 1)}
		l.all[externalID] = s
	}
	s.uses++
	return s
}

func (l *slots) leave(s *slot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.uses--; s.uses == 0 {
		delete(l.all, s.externalID)
	}
}

// keep keeps a slot for d, also without a call that uses it.
func (l *slots) keep(s *slot, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.uses++
	time.AfterFunc(d, func() { l.leave(s) })
}

// keepResponse notes that the conversation exists.
func (s *slot) keepResponse(conv *Conversation) {
	r := conv.Response
	s.found, s.at = &r, time.Now()
}

// conversation decodes the conversation anew, because callers may change theirs. The same response was decoded before.
func (s *slot) conversation() *Conversation {
	conv, _ := DecodeConversation(s.found)
	return conv
}
