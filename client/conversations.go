package client

import (
	"context"
	"reflect"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/limits"
)

// CreateConversationForCustomer creates a conversation, without messages, for the customer. An empty
// [ConversationCreate] is enough.
//
// Calling it again creates a second conversation. When the outcome is unknown the error is an
// [*OutcomeUnknownError]: look for the externalId before trying again.
//
// The API key needs the role org.permission.conversation.create, or org.user.conversation.write (older). One
// customer takes 120 new conversations per minute from one client, unless ImportedAt is set (Kustomer's reference, of the other
// create operation; assumed for this one).
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// POST /v1/customers/{id}/conversations, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) CreateConversationForCustomer(ctx context.Context, customerID string, create ConversationCreate, opts ...CallOption) (*Conversation, error) {
	op := &gen.CreateConversationForCustomerOperation
	settings := callSettingsOf(ctx, opts)
	inUTC(reflect.ValueOf(&create).Elem())
	body, err := c.encode(op, append(settings.errs, checkID(op, "customerID", customerID)...), "", &create)
	if err != nil {
		return nil, err
	}
	m := mark{ExternalID: deref(create.ExternalID), ID: deref(create.ID)}
	limited := customerID
	if create.ImportedAt != nil {
		limited = "" // exempt
	}
	return c.conversation(ctx, call{
		op: op, id: customerID, customer: limited, body: body, mediaType: op.MediaTypes[0],
		url: c.operationURL(op, customerID), settings: settings,
		mark: m, repeatable: m != (mark{}) && (c.retryCreates || settings.retryCreate),
	})
}

// UpdateConversationAttributes changes the attributes that update sets, and leaves all others as they are. Custom
// attributes are merged by name (assumed); null clears a value.
//
// The API key needs the role org.permission.conversation.update, or org.user.conversation.write (older). Counts
// against the limit on updates of one conversation by one API user, whose number is not known here.
//
// With Rev set, a conversation that has changed meanwhile is answered 409 (assumed), see [ErrConflict].
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// PATCH /v1/conversations/{id}, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) UpdateConversationAttributes(ctx context.Context, conversationID string, update ConversationUpdate, opts ...CallOption) (*Conversation, error) {
	op := &gen.UpdateConversationAttributesOperation
	settings := callSettingsOf(ctx, opts)
	inUTC(reflect.ValueOf(&update).Elem())
	body, err := c.encode(op, append(settings.errs, checkID(op, "conversationID", conversationID)...), "", &update)
	if err != nil {
		return nil, err
	}
	return c.conversation(ctx, call{
		op: op, id: conversationID, object: conversationID, body: body, mediaType: c.updateContentType,
		url: c.operationURL(op, conversationID), settings: settings,
		repeatable: update.Rev == nil,
	})
}

// AppendTagsToConversation adds tags, given by name or by id, to those that the conversation has. A name that does
// not exist yet is created. The answer lists all tags by id, never by name (observed).
//
// 1 to 20 tags, each once, of 1 to 64 characters: Latin letters, digits, blanks and _ / < > - . (Kustomer's
// schema). The API key needs the role org.permission.conversation.update, or org.user.conversation.write
// (older). Counts against the limit on updates of one conversation by one API user, whose number is not known
// here. Adding a tag twice is harmless (assumed).
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// POST /v1/conversations/{id}/tags, see
// https://developer.kustomer.com/api/core-resources/append-tags-to-conversation.
func (c *Client) AppendTagsToConversation(ctx context.Context, conversationID string, tags []string, opts ...CallOption) (*Conversation, error) {
	op := &gen.AppendTagsToConversationOperation
	settings := callSettingsOf(ctx, opts)
	if tags == nil {
		tags = []string{} // an empty list, which is refused as such, not null
	}
	body, err := c.encode(op, append(settings.errs, checkID(op, "conversationID", conversationID)...), "tags", tags)
	if err != nil {
		return nil, err
	}
	return c.conversation(ctx, call{
		op: op, id: conversationID, object: conversationID, body: body, mediaType: op.MediaTypes[0],
		url: c.operationURL(op, conversationID), settings: settings,
		repeatable: true,
	})
}

// conversation sends a call that answers with a conversation.
func (c *Client) conversation(ctx context.Context, call call) (*Conversation, error) {
	conv := new(Conversation)
	if err := c.carryOut(ctx, &call, &conv.Response, func() error { return decodeConversation(conv, "") }); err != nil {
		return nil, err
	}
	return conv, nil
}

// encode checks the body, named root in violations, and writes it as JSON. found is what the caller has already
// found wrong.
func (c *Client) encode(op *limits.Operation, found []Violation, root string, body any) ([]byte, error) {
	found = append(found, violations(limits.Check(op.Body, root, body), c.checks)...)
	return c.marshal(op.ID, op.MaxBody, found, body)
}

func deref[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
