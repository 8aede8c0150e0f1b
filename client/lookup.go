package client

import (
	"context"
	"net/url"
	"strings"

	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
)

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

// read returns a call that changes nothing.
func read(op *schema.Operation, id string) call {
	return call{op: op, id: id, readOnly: true, repeatable: true}
}

// fillPath puts the id of a call, or the value of its look-up, into its path. It returns what is wrong with the path. A value
// that may be an address, a phone number or a name is not kept as the id, because errors and logs show that.
func (call *call) fillPath() (wrong string) {
	before, rest, _ := strings.Cut(call.op.Path, "{")
	_, after, _ := strings.Cut(rest, "}")
	value := url.PathEscape(call.id)
	if !strings.HasSuffix(before, "=") {
		call.path = before + value + after
		return ""
	}
	// A plus sign may stay as it is in a path, but a server that decodes a path like a query would read a blank.
	call.path = before + strings.ReplaceAll(value, "+", "%2B") + after
	if !strings.HasSuffix(before, "/externalId=") || !plainID.MatchString(call.id) {
		call.id = ""
	}
	return checkPath(call.path)
}
