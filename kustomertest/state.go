package kustomertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/kustomer-go/kustomer/gen"
)

// A Conversation is a snapshot of a stored conversation.
type Conversation struct {
	ID         string
	CustomerID string
	Rev        int      // 1 for a new conversation; each change adds 1
	TagNames   []string // names of Attributes.Tags; a tag without a name is its id

	// Attributes are those of a response. They lack values to which [Server.EditConversation] gave another type.
	Attributes gen.ConversationAttributes
	// Hidden has what was set but is in no observed response: campaign, deleted, endedByType, endedReason, locked.
	Hidden map[string]any
	// Raw is the data of a response: type, id, attributes, relationships and links.
	Raw json.RawMessage
}

// Conversation returns a conversation by id, and false if there is none.
func (s *Server) Conversation(id string) (Conversation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.store.conversations[id]
	if c == nil {
		return Conversation{}, false
	}
	return s.snapshot(c), true
}

// Conversations returns all conversations, oldest first.
func (s *Server) Conversations() []Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Conversation, 0, len(s.store.order))
	for _, c := range s.store.order {
		list = append(list, s.snapshot(c))
	}
	return list
}

func (s *Server) snapshot(c *conversation) Conversation {
	snap := Conversation{ID: c.id, CustomerID: c.customer, Rev: c.rev, Hidden: maps.Clone(c.hidden), Raw: s.conversationResource(c)}
	// An edit may have changed the type of an attribute, which is then only in Raw.
	_ = json.Unmarshal(snap.Raw, &struct{ Attributes *gen.ConversationAttributes }{&snap.Attributes})
	for _, tag := range c.tags() {
		id, _ := tag.(string)
		snap.TagNames = append(snap.TagNames, cmp.Or(s.store.tagNames[id], id))
	}
	return snap
}

// A Customer is what tests need of a customer.
type Customer struct {
	ID         string // default of AddCustomerWith: a new id
	Name       string
	ExternalID string
	Emails     []string
	Phones     []string // in E.164 format, to be found as clients send them
	Custom     map[string]any
}

// AddCustomer adds a customer and returns its id. Calls for an unknown customer get a 404.
func (s *Server) AddCustomer() string { return s.AddCustomerWith(Customer{}) }

// AddCustomerWith adds a customer that has data, and returns its id. If there is a customer with that ID, its data is replaced.
// Lookups find the customer at once. AddCustomerWith checks nothing, but it panics if Custom cannot be encoded as JSON.
func (s *Server) AddCustomerWith(data Customer) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := map[string]any{"name": data.Name, "emails": entries("home", "email", data.Emails), "phones": entries("mobile", "phone", data.Phones)}
	if data.ExternalID != "" {
		fields["externalId"] = data.ExternalID
	}
	sent, err := plain(data.Custom)
	if err != nil {
		panic(fmt.Sprintf("kustomertest: custom attributes of a customer: %v", err))
	}
	fields["custom"] = sent
	if data.ID == "" {
		data.ID = s.store.newID()
	}
	c := s.store.addCustomer(data.ID, s.now())
	c.attributes, c.foundFrom = template(emptyCustomer, s.now()), time.Time{}
	c.setData(fields)
	return c.id
}

func entries(kind, name string, values []string) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, map[string]any{"type": kind, name: v})
	}
	return list
}

// Customers returns all customers, oldest first.
func (s *Server) Customers() []Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Customer
	for _, c := range s.store.customerOrder {
		data := Customer{ID: c.id, Emails: c.values("email"), Phones: c.values("phone")}
		data.Name, _ = c.attributes["name"].(string)
		data.ExternalID, _ = c.attributes["externalId"].(string)
		attributes, _ := c.attributes["custom"].(map[string]any)
		data.Custom = maps.Clone(attributes)
		list = append(list, data)
	}
	return list
}

// AddConversation adds a conversation without content, created by an agent, and returns its id. It also adds the customer if
// necessary. To set attributes, send an update or use [Server.EditConversation].
func (s *Server) AddConversation(customerID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.store.addCustomer(customerID, now)
	return s.create(customerID, agent, nil, now).id
}

// EditConversation changes the attributes and the revision of a conversation, as if an agent had changed it. edit receives
// the attributes by name, decoded by encoding/json with numbers as [json.Number]. It may store any value that can be encoded as
// JSON, such as a masked value or another type. It must not call the fake. EditConversation returns an error and changes
// nothing if there is no such conversation or the attributes cannot be encoded.
func (s *Server) EditConversation(id string, edit func(attributes map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.store.conversations[id]
	if c == nil {
		return fmt.Errorf("kustomertest: no conversation %q", id)
	}
	edited := *c
	edited.attributes = maps.Clone(c.attributes)
	edited.bumpRev(agent, s.now())
	attributes, _ := plain(edited.attributes) // cannot fail: they were encoded before
	edit(attributes)
	var err error
	if edited.attributes, err = plain(attributes); err != nil {
		return fmt.Errorf("kustomertest: attributes of conversation %q: %w", id, err)
	}
	*c = edited
	s.announce(c)
	return nil
}

// plain returns the attributes in the types of encoding/json, with numbers as [json.Number].
func plain(attributes map[string]any) (map[string]any, error) {
	text, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	v, err := decode(text)
	object, _ := v.(map[string]any)
	return object, err
}
