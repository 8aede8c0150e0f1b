package kustomertest

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// WebhookSecret is the secret of a [Webhook] unless its Secret replaces it.
const WebhookSecret = "the0webhook1secret2of3all4tests"

// A Webhook receives a signed event for each create and each update of a conversation: by a call, and by
// [Server.AddConversation] and [Server.EditConversation]. Tags that change nothing have no event (assumed). The events wait
// until the test calls [Server.DeliverWebhooks].
type Webhook struct {
	// Handler receives the events in the test's process, without sockets. nil means that they are sent to URL.
	Handler http.Handler
	// URL is where the events are sent. With a Handler, it is only the URL of the requests, and the default is "/".
	URL string
	// Secret is the key of the signatures. The default is the constant [WebhookSecret].
	Secret string
	// Twice delivers each event twice, because Kustomer promises to deliver it at least once.
	Twice bool
}

// AddWebhook adds a webhook that receives the events from now on, such as one whose handler needs a client of the fake.
func (s *Server) AddWebhook(w Webhook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &hook{url: cmp.Or(w.URL, "/"), handler: w.Handler, copies: 1}
	if w.Twice {
		h.copies = 2
	}
	h.sign = func(body []byte) string {
		mac := hmac.New(sha256.New, []byte(cmp.Or(w.Secret, WebhookSecret)))
		mac.Write(body)
		return hex.EncodeToString(mac.Sum(nil))
	}
	s.webhooks = append(s.webhooks, h)
	for _, c := range s.store.order {
		c.announced = s.conversationResource(c)
	}
}

// A hook is a webhook. sign is a function, so that printing the server does not show the secret.
type hook struct {
	url      string
	handler  http.Handler
	sign     func(body []byte) string
	copies   int // of each event
	disabled bool
}

// A Delivery is one attempt to deliver an event to a webhook.
type Delivery struct {
	Time    time.Time   // by the clock of the process
	EventID string      // the same in each delivery of an event
	Event   string      // its name, such as kustomer.conversation.update
	Header  http.Header // with the signature
	Body    []byte
	Status  int   // of the response; 0 if there was none in time
	Err     error // why there was no response in time
}

// Deliveries returns the attempts to deliver events so far, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

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
