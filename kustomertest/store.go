package kustomertest

import (
	"fmt"
	"slices"
	"time"
)

// A store holds the records of an organisation, guarded by the server's mutex.
type store struct {
	began         time.Time
	lastID        uint32
	org           string
	user          string // the machine user of the API keys, which makes the changes of all calls
	brand         string
	customers     map[string]*customer
	customerOrder []*customer // oldest first
	conversations map[string]*conversation
	order         []*conversation // oldest first
	tags          map[string]string
	tagNames      map[string]string // by id
	used          map[string]bool   // names of used custom attributes, and whether a list was sent
}

// agent is the user who makes the changes of methods such as [Server.EditConversation]. newID never returns this id.
const agent = "65f0a1b2c3d4e5f6ffffffff"

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

// newID returns an id in Kustomer's format (observed). Ids are numbered, so that a test has the same output each time.
func (s *store) newID() string {
	for {
		s.lastID++
		id := fmt.Sprintf("65f0a1b2c3d4e5f6%08x", s.lastID)
		if s.customers[id] == nil && s.conversations[id] == nil && s.tagNames[id] == "" {
			return id
		}
	}
}

// addCustomer returns the customer with that id. It adds the customer if necessary.
func (s *store) addCustomer(id string, now time.Time) *customer {
	if s.customers[id] == nil {
		s.keepCustomer(&customer{id: id, attributes: template(emptyCustomer, now)})
	}
	return s.customers[id]
}

func (s *store) keepCustomer(c *customer) {
	s.customers[c.id] = c
	s.customerOrder = append(s.customerOrder, c)
}

// byExternalID returns the oldest conversation with that externalId, or nil. Unless now is zero, lookups must find it by now.
func (s *store) byExternalID(externalID string, now time.Time) *conversation {
	for _, c := range s.order {
		if c.attributes["externalId"] == externalID && (now.IsZero() || !now.Before(c.foundFrom)) {
			return c
		}
	}
	return nil
}

// customerBy is like byExternalID. The identity is externalId, email or phone.
func (s *store) customerBy(identity, value string, now time.Time) *customer {
	for _, c := range s.customerOrder {
		if slices.Contains(c.values(identity), value) && (now.IsZero() || !now.Before(c.foundFrom)) {
			return c
		}
	}
	return nil
}
