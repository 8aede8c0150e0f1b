package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// RateLimit is what an answer says about the organisation's budget: Limit requests per 60 seconds, Remaining of them
// left for everybody, and Reset, which is only sent once the limit is exceeded.
type RateLimit = ratelimit.Budget

// A Response is what came back for a call that succeeded.
type Response struct {
	StatusCode int         // HTTP status, 200 to 299
	Header     http.Header // as received, but for the API key where the server repeats it
	RequestID  string      // x-amz-cf-id, the only id of a request there is (observed); may be empty
	Attempts   int         // how often the call was sent
	RateLimit  RateLimit   // as this answer says

	raw     []byte
	plain   []byte              // raw without its content encoding; nil where it has none
	partial error               // why the body is not whole
	redact  func(string) string // takes out of a text what must not be shown; may be nil
}

// Raw returns the body as received, up to 8 MiB. The caller must not change it. Where [http.Transport] has not
// decompressed the body, Raw is compressed, as the header Content-Encoding says; Decode and Conversation decompress it.
func (r *Response) Raw() json.RawMessage { return r.raw }

// body returns the body without its content encoding.
func (r *Response) body() []byte {
	if r.plain != nil {
		return r.plain
	}
	return r.raw
}

// redacted makes an error about the body fit to be shown.
func (r *Response) redacted(err error) error {
	if err == nil || r.redact == nil {
		return err
	}
	if text := r.redact(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

// Decode decodes the body into v, as [json.Unmarshal] does: of names that differ in case alone, it takes the last. It is
// for what the types of this package do not have. The error says if the body was cut off.
func (r *Response) Decode(v any) error {
	if r.partial != nil {
		return r.partial
	}
	if err := json.Unmarshal(r.body(), v); err != nil {
		return problems{fmt.Errorf("decode the answer: %w", r.redacted(err))}
	}
	return nil
}

// Conversation reads the body as a conversation, as leniently as the answers of the operations are read: for what
// [Client.Do] gets of /v1/conversations/{id} and the like. Only a body without data.id is an error.
func (r *Response) Conversation() (*Conversation, error) {
	conv := &Conversation{Response: *r}
	if err := decodeConversation(conv); err != nil {
		return nil, problems{fmt.Errorf("not a conversation: %w", err)}
	}
	return conv, nil
}
