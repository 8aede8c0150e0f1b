package kustomertest

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// An event is one event that waits for its delivery to one webhook.
type event struct {
	id, name string
	body     []byte
	to       *hook
	due      time.Time // by the clock of the process
	failed   int       // deliveries so far
}

// announce adds the events of a conversation that was created or updated. The caller holds mu.
func (s *Server) announce(c *conversation) {
	if len(s.webhooks) == 0 {
		return
	}
	before, after := c.announced, s.conversationResource(c)
	c.announced = after
	id, name, changes := s.store.newID(), "kustomer.conversation.create", any(nil)
	if before != nil {
		name, changes = "kustomer.conversation.update", differences(before, after)
	}
	orgName, _, _ := strings.Cut(s.cfg.Host, ".")
	body := encode(map[string]any{
		"id": id, "name": name, "org": s.store.org, "partition": s.store.org, "orgName": orgName,
		"data": after, "changes": changes, "createdAt": formatTime(s.now()),
	})
	for _, h := range s.webhooks {
		for range h.copies {
			s.addEvent(&event{id: id, name: name, body: body, to: h, due: time.Now()})
		}
	}
}

// A change is one changed attribute or relationship.
type change struct {
	Op     string          `json:"op"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// differences compares two states of a record. The op is always replace, and a value that one side lacks is absent (both
// assumed).
func differences(before, after json.RawMessage) any {
	var old, new struct{ Attributes, Relationships map[string]json.RawMessage }
	_ = json.Unmarshal(before, &old) // valid, like after: the fake has encoded them
	_ = json.Unmarshal(after, &new)
	compare := func(old, new map[string]json.RawMessage) map[string]change {
		found := make(map[string]change)
		for _, names := range []map[string]json.RawMessage{old, new} {
			for name := range names {
				if !bytes.Equal(old[name], new[name]) {
					found[name] = change{"replace", old[name], new[name]}
				}
			}
		}
		return found
	}
	return map[string]any{
		"attributes":    compare(old.Attributes, new.Attributes),
		"relationships": compare(old.Relationships, new.Relationships),
	}
}
