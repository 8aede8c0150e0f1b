package client

import (
	"context"
	"reflect"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
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
	ref := createRef{ExternalID: deref(create.ExternalID), ID: deref(create.ID)}
	limited := customerID
	if create.ImportedAt != nil {
		limited = "" // exempt
	}
	return c.conversation(ctx, call{
		op: op, id: customerID, customer: limited, body: body, mediaType: op.MediaTypes[0],
		url: c.operationURL(op, customerID), settings: settings,
		createRef: ref, repeatable: ref != (createRef{}) && (c.retryCreates || settings.retryCreate),
	})
}

// UpdateConversationAttributes changes the attributes that update sets, and leaves all others as they are. Custom
// attributes are merged by name (assumed); null clears a value.
//
// The API key needs the role org.permission.conversation.update, or org.user.conversation.write (older). Counts
// against the limit on updates of one conversation by one API user, whose number is not known here.
//
// An update that may have been applied is repeated for a minute after its first attempt, and otherwise ends with an
// [*OutcomeUnknownError]: see [RetryPolicy.RetryWindow]. A repeat undoes what somebody else has changed since the first
// attempt. With Rev set, the server refuses the update of a conversation that has changed with a 409 (assumed), see
// [ErrConflict], and the client never repeats an update that may have been applied.
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
		op: op, id: conversationID, recordID: conversationID, object: conversationID, body: body, mediaType: c.updateContentType,
		url: c.operationURL(op, conversationID), settings: settings,
		repeatable: update.Rev == nil, windowed: true,
	})
}

// AppendTagsToConversation adds tags, given by name or by id, to those that the conversation has. A name that does
// not exist yet is created. The answer lists all tags by id, never by name (observed).
//
// 1 to 20 tags, each once, of 1 to 64 characters: Latin letters, digits, blanks and _ / < > - . (Kustomer's
// schema). The API key needs the role org.permission.conversation.update, or org.user.conversation.write
// (older). Counts against the limit on updates of one conversation by one API user, whose number is not known
// here. Adding a tag twice has the effect of adding it once (assumed). Tags that may have been appended are sent again for a
// minute only: a later repeat could bring back a tag that somebody has removed. See [RetryPolicy.RetryWindow].
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
		op: op, id: conversationID, recordID: conversationID, object: conversationID, body: body, mediaType: op.MediaTypes[0],
		url: c.operationURL(op, conversationID), settings: settings,
		repeatable: true, windowed: true,
	})
}

// conversation sends a call whose response is a conversation.
func (c *Client) conversation(ctx context.Context, call call) (*Conversation, error) {
	conv := new(Conversation)
	call.read = func(a *attempt) content { return readConversation(conv, call.recordID, a) }
	if err := c.run(ctx, &call, &conv.Response); err != nil {
		return nil, err
	}
	return conv, nil
}

// encode checks the body, named root in violations, and writes it as JSON. found is what the caller has already
// found wrong.
func (c *Client) encode(op *schema.Operation, found []Violation, root string, body any) ([]byte, error) {
	found = append(found, violations(schema.Check(op.Body, root, body), c.checks)...)
	return c.marshal(op.ID, op.MaxBody, found, body)
}

func deref[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
