package client

import (
	"context"
	"fmt"

	"github.com/oapi-codegen/nullable"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A Conversation is a conversation as a response shows it, with that response.
//
// Attributes that are absent or null in the response are zero. [Response.Raw] has what the types do not show, such as the
// difference between absent and null.
type Conversation struct {
	// Type is "conversation".
	Type string `json:"type"`

	// ID is the conversation's id. It is never empty.
	ID string `json:"id"`

	Attributes    ConversationAttributes    `json:"attributes"`
	Relationships ConversationRelationships `json:"relationships"`
	Links         Links                     `json:"links"`

	// Response is the response that the conversation was decoded from.
	Response `json:"-"`

	decodeErr error
}

// DecodeError returns an error that names the parts of the response that could not be decoded, or nil. The call succeeded
// nevertheless, and the conversation has everything else. Causes are an organisation that masks attributes with text in place of
// a number (assumed), a response that is cut off, and text that is not valid Unicode. The error also includes the errors that
// the response lists in addition to the conversation.
func (conv *Conversation) DecodeError() error { return conv.decodeErr }

func (conv *Conversation) meta() (id *string, r *Response, decodeErr *error) {
	return &conv.ID, &conv.Response, &conv.decodeErr
}

// DecodeConversation decodes the body of a response to [Client.Do] as a conversation, such as that of
// GET /v1/conversations/{id}. It is as lenient as the operations of this package: only a body without a readable data.id is an
// error. [DecodeConversations] decodes a list of them, and [DecodeCustomer] a customer.
func DecodeConversation(r *Response) (*Conversation, error) {
	conv := &Conversation{Response: *r}
	if err := decodeRecord(conv); err != nil {
		return nil, errorList{fmt.Errorf("not a conversation: %w", err)}
	}
	return conv, nil
}

// ParseConversation decodes a document {"data": {…}} from elsewhere, such as a webhook, as leniently as [DecodeConversation]:
// only a document without a readable data.id is an error. Names other than data are ignored. The Response of the conversation
// has the document as its Raw and nothing else. The caller must not change body afterwards.
func ParseConversation(body []byte) (*Conversation, error) {
	return DecodeConversation(&Response{raw: body, plain: body})
}

// Nullable is a field that is absent, null or a value. The zero Nullable is absent: the attribute is not changed. Use [Value]
// and [Null] for the others. A Nullable is a map, so nil compiles too, and means absent, not null. To send null for a nil
// pointer:
//
//	channel := client.Null[string]()
//	if p != nil {
//		channel = client.Value(*p)
//	}
type Nullable[T any] = nullable.Nullable[T]

// Value returns a [Nullable] with the value v, which may be the zero value.
func Value[T any](v T) Nullable[T] { return nullable.NewNullableWithValue(v) }

// Null returns a [Nullable] that is sent as null, which clears the attribute (assumed).
func Null[T any]() Nullable[T] { return nullable.NewNullNullable[T]() }

// CreateConversationForCustomer creates a conversation without messages for the customer. The zero [ConversationCreate] is
// enough.
//
// Calling it again creates a second conversation. [Client.EnsureConversation] creates only if there is none. If the outcome is
// unknown the error is an [*OutcomeUnknownError]: look for the externalId before you try again, as EnsureConversation does.
//
// The API key needs the role org.permission.conversation.create, or org.user.conversation.write (older). A customer accepts
// 120 new conversations per minute from one client, unless ImportedAt is set (Kustomer's reference for the other create
// operation; assumed for this one).
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// POST /v1/customers/{id}/conversations, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) CreateConversationForCustomer(ctx context.Context, customerID string, create ConversationCreate, opts ...CallOption) (*Conversation, error) {
	return callFor[Conversation](ctx, c, createCall(customerID, &create), opts, "customerID", "", &create)
}

// createCall returns the call that creates a conversation.
func createCall(customerID string, create *ConversationCreate) call {
	op := &gen.CreateConversationForCustomerOperation
	call := call{op: op, id: customerID, customer: customerID, mediaType: op.MediaTypes[0]}
	if create.ImportedAt != nil {
		call.customer = "" // the limit does not apply
	}
	if create.ExternalID != nil {
		call.createRef.ExternalID = *create.ExternalID
	}
	if create.ID != nil {
		call.createRef.ID = *create.ID
	}
	return call
}

// UpdateConversationAttributes changes the attributes that update sets, and no others. Custom attributes are merged by name
// (assumed); null clears a value.
//
// The API key needs the role org.permission.conversation.update, or org.user.conversation.write (older). The call counts
// against the limit on updates of one conversation by one API user. That limit is not documented.
//
// An update that may have been applied is repeated for one minute only, because a later repeat could undo what somebody else
// has changed: see [RetryPolicy.RetryWindow]. If Rev is set, such an update is not repeated, and the server refuses the update
// with a 409 if the conversation has changed (assumed): see [ErrConflict].
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// PATCH /v1/conversations/{id}, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) UpdateConversationAttributes(ctx context.Context, conversationID string, update ConversationUpdate, opts ...CallOption) (*Conversation, error) {
	return callFor[Conversation](ctx, c, call{
		op: &gen.UpdateConversationAttributesOperation, id: conversationID, object: conversationID, mediaType: c.updateContentType,
		repeatable: update.Rev == nil, windowed: true,
	}, opts, "conversationID", "", &update)
}

// AppendTagsToConversation adds tags, by name or id, to those of the conversation. A name that does not exist yet is created.
// The response lists all tags by id, never by name (observed).
//
// It takes 1 to 20 different tags of 1 to 64 characters each: Latin letters, digits, blanks and _ / < > - . (Kustomer's
// schema). The API key needs the role org.permission.conversation.update, or org.user.conversation.write (older). The call
// counts against the limit on updates of one conversation by one API user. That limit is not documented.
//
// Adding a tag twice has the effect of adding it once (assumed). Tags that may have been appended are sent again for one minute
// only, because a later repeat could bring back a tag that somebody has removed: see [RetryPolicy.RetryWindow].
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// POST /v1/conversations/{id}/tags, see https://developer.kustomer.com/api/core-resources/append-tags-to-conversation.
func (c *Client) AppendTagsToConversation(ctx context.Context, conversationID string, tags []string, opts ...CallOption) (*Conversation, error) {
	return c.changeTags(ctx, &gen.AppendTagsToConversationOperation, conversationID, tags, opts)
}

// RemoveTags removes tags, by name or id (assumed), from those of the conversation. A tag that the conversation does not have is
// no error (assumed). The response lists the remaining tags by id.
//
// It takes 1 to 20 tags, as [Client.AppendTagsToConversation] does. The API key needs the role
// org.permission.conversation.delete, which is not the role for appending, or org.user.conversation.write (older). The call
// counts against the limit on updates of one conversation by one API user. That limit is not documented.
//
// Removing a tag twice has the effect of removing it once (assumed). Tags that may have been removed are sent again for one
// minute only, because a later repeat could remove a tag that somebody has appended again: see [RetryPolicy.RetryWindow].
//
// The tags are in the body of a DELETE, which a proxy may drop. Kustomer does not document what it does without one, so compare
// the tags in the response if there is a proxy in between.
//
// The error is a [*ValidationError], [*Error], [*RateLimitError] or [*OutcomeUnknownError].
//
// DELETE /v1/conversations/{id}/tags, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) RemoveTags(ctx context.Context, conversationID string, tags []string, opts ...CallOption) (*Conversation, error) {
	return c.changeTags(ctx, &related.RemoveTagsFromConversationOperation, conversationID, tags, opts)
}

func (c *Client) changeTags(ctx context.Context, op *schema.Operation, conversationID string, tags []string, opts []CallOption) (*Conversation, error) {
	if tags == nil {
		tags = []string{} // nil would be null in JSON; an empty list is refused with a clear error
	}
	return callFor[Conversation](ctx, c, call{
		op: op, id: conversationID, object: conversationID, mediaType: op.MediaTypes[0],
		repeatable: true, windowed: true,
	}, opts, "conversationID", "tags", tags)
}

// GetConversation returns the conversation with the id. If there is none, errors.Is(err, [ErrNotFound]) is true. An id with a
// comma is refused, because the API reads it as several ids.
//
// The API key needs the role org.permission.conversation.read, or org.user.conversation.read (older). The call changes nothing,
// so it is repeated after a failure that may pass.
//
// The error is a [*ValidationError], [*Error] or [*RateLimitError].
//
// GET /v1/conversations/{id}, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) GetConversation(ctx context.Context, conversationID string, opts ...CallOption) (*Conversation, error) {
	return callFor[Conversation](ctx, c, read(&related.GetConversationOperation, conversationID), opts, "conversationID", "", nil)
}

// ConversationByExternalID returns the conversation that was created or updated with this externalId. If there is none,
// errors.Is(err, [ErrNotFound]) is true. That does not prove that none was created a moment ago: Kustomer does not document
// whether a look-up finds a new conversation at once, and its searches were seen to lag behind writes (observed).
//
// Kustomer does not document whether an externalId belongs to one conversation only, nor which one is returned if several have
// it.
//
// The API key needs the role org.permission.conversation.read, or org.user.conversation.read (older). The call changes nothing,
// so it is repeated after a failure that may pass.
//
// The error is a [*ValidationError], [*Error] or [*RateLimitError].
//
// GET /v1/conversations/externalId={externalId}, see https://developer.kustomer.com/docs/concepts/conversations-and-messages.
func (c *Client) ConversationByExternalID(ctx context.Context, externalID string, opts ...CallOption) (*Conversation, error) {
	return callFor[Conversation](ctx, c, read(&related.GetConversationByExternalIdOperation, externalID), opts, "externalID", "", nil)
}
