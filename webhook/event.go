package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/client"
)

// An Event says that a record was created or updated.
type Event struct {
	ID        string    // the event's id, the same each time it is delivered; never empty
	Name      string    // such as "kustomer.conversation.update"
	Org       string    // the organisation's id
	CreatedAt time.Time // when the event happened; zero if that is absent or unreadable

	// Conversation is the conversation after the change, or nil if the record is of another kind or has no readable id. It is
	// decoded as leniently as a response. Its Raw is that of the event.
	Conversation *client.Conversation
	Changes      Changes         // what an update has changed; empty for a create
	Raw          json.RawMessage // the body as received; its data has the record, of whatever kind
	decodeErr    error
}

// Changes are the differences that an update has made to a record, by name (observed).
type Changes struct {
	Attributes    map[string]Change
	Relationships map[string]Change
}

// A Change is one changed attribute or relationship. A change that cannot be decoded is the zero Change.
type Change struct {
	Op     string          `json:"op"`     // "replace" (observed); others may exist
	Before json.RawMessage `json:"before"` // nil if absent; JSON's null is the text null
	After  json.RawMessage `json:"after"`  // like Before
}

// DecodeError returns an error that names the parts of the event that could not be decoded, or nil.
func (e Event) DecodeError() error { return e.decodeErr }

// ModifiedBy reports whether the user with this id was the last to modify the record, by its relationship modifiedBy. It is
// false if that is absent, as on records that were made by a chat or by the system (observed), or if userID is empty. GET
// /v1/users/current returns the user that an API key belongs to: see the example of the package.
//
// After a later change by the system, modifiedBy may still name the earlier user (assumed). Then ModifiedBy is true for both
// events, and a program that skips its own updates skips the system's too.
func (e Event) ModifiedBy(userID string) bool {
	// Other records have modifiedBy too.
	var doc struct {
		Data struct {
			Relationships client.ConversationRelationships
		}
	}
	_ = json.Unmarshal(e.Raw, &doc) // decodes modifiedBy even if another relationship is odd
	if e.Conversation != nil {
		doc.Data.Relationships = e.Conversation.Relationships
	}
	return userID != "" && doc.Data.Relationships.ModifiedBy.Data.ID == userID
}

// ParseEvent parses the body of a webhook, which the caller must not change afterwards. It returns an error if the body is not a
// JSON object or has no readable id. A field of another type than expected is left out, and [Event.DecodeError] names it.
func ParseEvent(body []byte) (Event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return Event{}, fmt.Errorf("kustomer webhook: the body is not a JSON object: %w", err)
	}
	e := Event{Raw: body}
	if id := fields["id"]; json.Unmarshal(id, &e.ID) != nil && json.Unmarshal(id, new(json.Number)) == nil {
		e.ID = string(id) // a number
	}
	// Two ids that are not valid Unicode may be read as the same.
	if e.ID == "" || strings.ContainsRune(e.ID, utf8.RuneError) {
		return Event{}, errors.New("kustomer webhook: the event has no readable id")
	}
	var errs decodeErrors
	errs.decode("name", fields["name"], &e.Name)
	errs.decode("org", fields["org"], &e.Org)
	errs.decode("createdAt", fields["createdAt"], &e.CreatedAt)
	var changes map[string]json.RawMessage
	errs.decode("changes", fields["changes"], &changes)
	e.Changes.Attributes = errs.changes("changes.attributes", changes["attributes"])
	e.Changes.Relationships = errs.changes("changes.relationships", changes["relationships"])
	var data struct{ Type string }
	errs.decode("data", fields["data"], &data)
	if data.Type == "conversation" || data.Type == "conversations" { // the plural was seen of customers
		conv, err := client.ParseConversation(body)
		if err == nil {
			e.Conversation, err = conv, conv.DecodeError()
		}
		errs = append(errs, err)
	}
	e.decodeErr = errors.Join(errs...)
	return e, nil
}

// decodeErrors are those of the fields of an event, which are decoded one by one.
type decodeErrors []error

func (errs *decodeErrors) decode(name string, raw json.RawMessage, v any) {
	if raw == nil {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil && len(*errs) < 20 { // an event may have any number of changes
		*errs = append(*errs, fmt.Errorf("%s: %w", name, err))
	}
}

func (errs *decodeErrors) changes(name string, raw json.RawMessage) (all map[string]Change) {
	var fields map[string]json.RawMessage
	if errs.decode(name, raw, &fields); len(fields) > 0 {
		all = make(map[string]Change)
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		var c Change
		errs.decode(name+"."+field, fields[field], &c)
		all[field] = c
	}
	return all
}
