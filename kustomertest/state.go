package kustomertest

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/kustomer-go/kustomer/gen"
)

// A Conversation is what the fake holds of one, at the moment it was asked.
type Conversation struct {
	ID         string
	CustomerID string   // whose it is
	Rev        int      // 1 for a new one, one more with each change
	TagNames   []string // the names of Attributes.Tags; an id that no name was given for stands for itself

	// Attributes are those of an answer, as far as their types allow after an [Server.EditConversation].
	Attributes gen.ConversationAttributes
	// Hidden are those that were set but that no real answer was seen to hold: campaign, deleted, endedByType,
	// endedReason, locked.
	Hidden map[string]any
	// Raw is the data of an answer: type, id, attributes, relationships and links.
	Raw json.RawMessage
}

// Conversation returns a conversation by its id, and false where there is none.
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
	for _, id := range s.store.order {
		list = append(list, s.snapshot(s.store.conversations[id]))
	}
	return list
}

func (s *Server) snapshot(c *conversation) Conversation {
	snap := Conversation{ID: c.id, CustomerID: c.customer, Rev: c.rev, Hidden: maps.Clone(c.hidden), Raw: s.resource(c)}
	var data struct{ Attributes gen.ConversationAttributes }
	// An edit may have given an attribute another type; Raw has it.
	_ = json.Unmarshal(snap.Raw, &data)
	snap.Attributes = data.Attributes
	for _, tag := range c.tags() {
		id, _ := tag.(string)
		name, ok := s.store.tagNames[id]
		if !ok {
			name = id
		}
		snap.TagNames = append(snap.TagNames, name)
	}
	return snap
}

// AddCustomer adds a customer and returns its id. Calls about a customer who was not added are answered 404.
func (s *Server) AddCustomer() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.store.newID()
	s.store.addCustomer(id, s.now())
	return id
}

// AddConversation adds a conversation for a customer, whom it adds too if need be, and returns its id. It is an
// empty one, as {} creates; to give it attributes, send them, or use [Server.EditConversation].
func (s *Server) AddConversation(customerID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.store.addCustomer(customerID, now)
	return s.create(customerID, nil, now).id
}

// EditConversation changes the attributes of a conversation as answers show them, and its revision, as if an agent
// had changed it. Nothing is checked: it can give an attribute a masked value or another type. edit gets the
// attributes by name, as encoding/json decodes them but with numbers as [json.Number], and may put in anything
// that can be written as JSON; it must not call the fake. The error says that there is no such conversation, or
// why the attributes cannot be written; they are then left as they were.
func (s *Server) EditConversation(id string, edit func(attributes map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.store.conversations[id]
	if c == nil {
		return fmt.Errorf("kustomertest: no conversation %q", id)
	}
	old, rev := c.attributes, c.rev
	c.attributes = maps.Clone(old)
	c.touch(s.now())
	attributes, err := plain(c.attributes)
	if err == nil {
		edit(attributes)
		attributes, err = plain(attributes)
	}
	if err != nil {
		c.attributes, c.rev = old, rev
		return fmt.Errorf("kustomertest: attributes of conversation %q: %w", id, err)
	}
	c.attributes = attributes
	return nil
}

// plain returns attributes in the types that decoding JSON gives them.
func plain(attributes map[string]any) (map[string]any, error) {
	text, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	v, err := decode(text)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}
