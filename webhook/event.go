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

	// Changes is what the update has changed. It is empty if the record was created.
	Changes Changes

	// Raw is the body as received. Decode it for what the other fields do not have, such as a record of another kind, which is
	// in data.
	Raw json.RawMessage

	decodeErr error
}

// Changes are the differences between a record before and after an update, by name (observed).
type Changes struct {
	Attributes    map[string]Change
	Relationships map[string]Change
}

// A Change is one changed attribute or relationship. A change that cannot be decoded is the zero Change.
type Change struct {
	Op     string          `json:"op"`     // "replace" (observed); others may exist
	Before json.RawMessage `json:"before"` // nil if absent; JSON's null is the text null
	After  json.RawMessage `json:"after"`  // the same
}

// DecodeError returns an error that names the parts of the event that could not be decoded, or nil. The event has everything
// else.
func (e Event) DecodeError() error { return e.decodeErr }

// ModifiedBy reports whether the user with this id was the last to modify the record. It reads relationships.modifiedBy of the
// record, which is assumed to be the user of the change. It is false if that is absent, as on records that were made by a chat
// or by the system (observed), or if userID is empty.
//
// After a later change by the system, modifiedBy may still name the earlier user (assumed). Then ModifiedBy is true for both
// events, and a program that skips its own updates skips the system's too.
//
// The id of the user that an API key belongs to comes from GET /v1/users/current:
//
//	r, err := c.Do(ctx, "GET", "/v1/users/current", nil)
//	...
//	var me struct{ Data struct{ ID string } }
//	err = r.Decode(&me)
func (e Event) ModifiedBy(userID string) bool {
	var doc struct {
		Data struct {
			Relationships client.ConversationRelationships // those of other records have modifiedBy too
		}
	}
	if e.Conversation != nil {
		doc.Data.Relationships = e.Conversation.Relationships
	} else {
		_ = json.Unmarshal(e.Raw, &doc) // decodes modifiedBy even if another relationship is odd
	}
	return userID != "" && doc.Data.Relationships.ModifiedBy.Data.ID == userID
}

// ParseEvent parses the body of a webhook. It returns an error if the body is not a JSON object or has no readable id, because
// then a repeated delivery cannot be recognised. A field of another type than expected is left out, and [Event.DecodeError] names
// it. The caller must not change body afterwards.
func ParseEvent(body []byte) (Event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return Event{}, fmt.Errorf("kustomer webhook: the body is not a JSON object: %w", err)
	}
	e := Event{ID: readID(fields["id"]), Raw: body}
	if e.ID == "" {
		return Event{}, errors.New("kustomer webhook: the event has no readable id")
	}
	var d decoder
	d.decode("name", fields["name"], &e.Name)
	d.decode("org", fields["org"], &e.Org)
	d.decode("createdAt", fields["createdAt"], &e.CreatedAt)
	var changes map[string]json.RawMessage
	d.decode("changes", fields["changes"], &changes)
	e.Changes.Attributes = d.changes("changes.attributes", changes["attributes"])
	e.Changes.Relationships = d.changes("changes.relationships", changes["relationships"])
	var data struct{ Type string }
	d.decode("data", fields["data"], &data)
	if data.Type == "conversation" || data.Type == "conversations" { // the plural was seen of customers
		conv, err := client.ParseConversation(body)
		if err == nil {
			e.Conversation, err = conv, conv.DecodeError()
		}
		d.note(err)
	}
	e.decodeErr = errors.Join(d.errs...)
	return e, nil
}

// readID returns an id that is a text or a number. It returns "" for text that is not valid Unicode, because two such ids may be
// read as the same.
func readID(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) != nil {
		var number json.Number
		_ = json.Unmarshal(raw, &number)
		id = number.String()
	}
	if strings.ContainsRune(id, utf8.RuneError) {
		return ""
	}
	return id
}

// A decoder decodes the fields of an event one by one, and collects the errors.
type decoder struct{ errs []error }

const maxDecodeErrors = 20 // an event may have any number of changes

func (d *decoder) note(err error) {
	if err != nil && len(d.errs) < maxDecodeErrors {
		d.errs = append(d.errs, err)
	}
}

func (d *decoder) decode(name string, raw json.RawMessage, v any) {
	if raw == nil {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		d.note(fmt.Errorf("%s: %w", name, err))
	}
}

func (d *decoder) changes(name string, raw json.RawMessage) map[string]Change {
	var fields map[string]json.RawMessage
	d.decode(name, raw, &fields)
	if len(fields) == 0 {
		return nil
	}
	all := make(map[string]Change, len(fields))
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		var c Change
		d.decode(name+"."+field, fields[field], &c)
		all[field] = c
	}
	return all
}
