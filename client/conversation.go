package client

// A Conversation is a conversation as an operation left it, with what came along with the answer.
//
// Attributes that the answer does not have, or has as null, are zero here. What the types do not show, such as the
// difference between absent and null, is in [Response.Raw].
type Conversation struct {
	// Type is "conversation".
	Type string `json:"type"`

	// ID is the conversation's id; it is never empty.
	ID string `json:"id"`

	Attributes    ConversationAttributes    `json:"attributes"`
	Relationships ConversationRelationships `json:"relationships"`
	Links         Links                     `json:"links"`

	// Response is what the conversation was decoded from.
	Response `json:"-"`

	decodeErr error
}

// DecodeError says which part of the answer could not be decoded, or nil. The call succeeded all the same, and
// everything else is there: an organisation that masks attributes may send a text in the place of a number
// (assumed), and an answer may be cut off on its way, or have text that is not valid Unicode. Errors that the answer
// has beside the conversation are told here too.
func (c *Conversation) DecodeError() error { return c.decodeErr }
