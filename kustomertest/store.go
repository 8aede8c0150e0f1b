package kustomertest

import (
	"fmt"
	"time"
)

// A store holds the records of an organisation, guarded by the server's mutex.
type store struct {
	began         time.Time
	lastID        uint32
	org           string
	user          string // the machine user of the API keys, which makes all changes
	brand         string
	customers     map[string]*customer
	conversations map[string]*conversation
	order         []string // ids of conversations, oldest first
	tags          map[string]string
	tagNames      map[string]string // by id
	used          map[string]bool   // names of used custom attributes, and whether a list was sent
}

type customer struct {
	id      string
	created time.Time
}

func newStore(now time.Time) store {
	s := store{
		began:         now,
		customers:     make(map[string]*customer),
		conversations: make(map[string]*conversation),
		tags:          make(map[string]string),
		tagNames:      make(map[string]string),
		used:          make(map[string]bool),
	}
	s.org, s.user, s.brand = s.newID(), s.newID(), s.newID()
	return s
}

// newID returns an id in Kustomer's format, 24 lower-case hex digits (observed). Ids are numbered, so that a test has
// the same output each time.
func (s *store) newID() string {
	for {
		s.lastID++
		id := fmt.Sprintf("65f0a1b2c3d4e5f6%08x", s.lastID)
		if s.customers[id] == nil && s.conversations[id] == nil && s.tagNames[id] == "" {
			return id
		}
	}
}

func (s *store) addCustomer(id string, now time.Time) {
	if _, ok := s.customers[id]; !ok {
		s.customers[id] = &customer{id, now}
	}
}

func (s *store) add(c *conversation) {
	s.conversations[c.id] = c
	s.order = append(s.order, c.id)
}

// byExternalID returns the oldest conversation with that externalId, or nil.
func (s *store) byExternalID(externalID string) *conversation {
	for _, id := range s.order {
		if c := s.conversations[id]; c.attributes["externalId"] == externalID {
			return c
		}
	}
	return nil
}
