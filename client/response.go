package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/kustomer-go/kustomer/internal/formats"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Response is the response of a call that succeeded.
type Response struct {
	StatusCode int              // HTTP status, 200 to 299
	Header     http.Header      // as received, without the API key if the server repeats it
	RequestID  string           // x-amz-cf-id, the only request id that the API sends (observed); may be empty
	Attempts   int              // number of attempts
	Budget     ratelimit.Budget // the organisation's budget, as this response reports it

	raw     []byte
	plain   []byte              // raw without its content encoding; nil if that cannot be decoded
	partial error               // why the body is incomplete
	redact  func(string) string // removes the API key from a text; may be nil
}

// Raw returns the body as received, up to 8 MiB. The caller must not change it. If [http.Transport] has not decompressed the
// body, Raw is compressed as the header Content-Encoding says. Decode and [DecodeConversation] decompress it.
func (r *Response) Raw() json.RawMessage { return r.raw }

// Decode decodes the body into v with [json.Unmarshal], for what the types of this package do not have. It returns an error if
// the body was cut off. Of names that differ only in case, the last one counts.
func (r *Response) Decode(v any) error {
	if r.partial != nil {
		return r.partial
	}
	if err := json.Unmarshal(r.plainBody(), v); err != nil {
		return errorList{fmt.Errorf("decode the response: %w", r.redactError(err))}
	}
	return nil
}

// DecodeConversation decodes the body of a response to [Client.Do] as a conversation, such as that of
// GET /v1/conversations/{id}. It is as lenient as the operations of this package: only a body without a readable data.id is an
// error.
func DecodeConversation(r *Response) (*Conversation, error) {
	conv := &Conversation{Response: *r}
	if err := decodeConversation(conv); err != nil {
		return nil, errorList{fmt.Errorf("not a conversation: %w", err)}
	}
	return conv, nil
}

// ParseConversation decodes a document {"data": {…}} from elsewhere, such as a webhook, as leniently as [DecodeConversation]:
// only a document without a readable data.id is an error. Other names beside data are ignored. The Response of the conversation
// has the document as its Raw and nothing else. The caller must not change body afterwards.
func ParseConversation(body []byte) (*Conversation, error) {
	return DecodeConversation(&Response{raw: body})
}

// plainBody returns the body without its content encoding.
func (r *Response) plainBody() []byte {
	if r.plain != nil {
		return r.plain
	}
	return r.raw
}

// redactError removes the API key from the text of an error about the body.
func (r *Response) redactError(err error) error {
	if err == nil || r.redact == nil {
		return err
	}
	if text := r.redact(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

// byteOrderMark is what some servers send before a body, although JSON does not allow it.
const byteOrderMark = "\ufeff"

// content says what the body of a response with a 2xx status has.
type content struct {
	kind   bodyKind
	id     bool // a readable data.id
	errors bool // errors, and no record
}

// decode decodes the response of an attempt into conv. If the response has no readable id, conv gets the id of the record that
// the call is for, if any.
func (conv *Conversation) decode(call *call, a *attempt) content {
	err := decodeConversation(conv)
	if err == nil {
		return content{kind: bodyObject, id: true}
	}
	conv.ID, conv.decodeErr = call.recordID, err
	return content{kind: a.kind(), errors: hasErrors(a.plainBody())}
}

// decodeAny reports what the response of a call by [Client.Do] has.
func decodeAny(call *call, a *attempt) content {
	var c content
	var envelope struct{ Data, Errors json.RawMessage }
	body := bytes.TrimPrefix(a.plainBody(), []byte(byteOrderMark))
	if beginsAs(body) == bodyObject && json.Unmarshal(body, &envelope) == nil {
		c.kind = bodyObject
		if isNothing(envelope.Errors) && (call.readOnly || a.status != http.StatusAccepted) {
			return c // nothing depends on the id
		}
		c.errors = !isNothing(envelope.Errors) && !isRecordList(envelope.Data)
	} else {
		c.kind, c.errors = a.kind(), hasErrors(body)
	}
	c.id = decodeConversation(&Conversation{Response: Response{raw: body}}) == nil
	c.errors = c.errors && !c.id
	return c
}

// isRecordList reports whether a JSON value is a list of records that is not empty.
func isRecordList(raw []byte) bool {
	var list []struct{ ID json.RawMessage }
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && list[0].ID != nil
}

// kind returns the kind of the body.
func (a *attempt) kind() bodyKind {
	if errors.Is(a.bodyErr, errEncoding) {
		return bodyUnreadable
	}
	return kindOf(a.plainBody())
}

// plainBody returns the body without its content encoding.
func (a *attempt) plainBody() []byte {
	if a.plain != nil {
		return a.plain
	}
	return a.body
}

// errNoID reports a response that does not say which record it is about.
var errNoID = errors.New("the response has no data.id")

// errNotExact reports text that has changed. Two names may have become one.
var errNotExact = errors.New("it has text that is not valid Unicode and that is read as U+FFFD")

// decodeConversation decodes the body of conv's response into conv, and sets conv.DecodeError. Without a readable data.id it
// returns an error instead, and conv has what else could be decoded.
func decodeConversation(conv *Conversation) error {
	type envelope struct {
		Data   *Conversation   `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	body := bytes.TrimPrefix(conv.plainBody(), []byte(byteOrderMark))
	e := envelope{Data: conv}
	err := unmarshal(body, &e)
	if err != nil || e.Data == nil {
		response := conv.Response
		*conv = Conversation{} // what a failure leaves there depends on the version of Go
		e = envelope{Data: conv}
		err = decodeAfter(err, body, &e)
		conv.Response = response
	}
	errs := errorList{conv.partial, conv.redactError(err)}
	if !formats.IsExact(body) {
		errs = append(errs, errNotExact)
	}
	if e.Errors != nil && !isNothing(e.Errors) {
		errs = append(errs, conv.redactError(errorsBeside(body)))
	}
	if conv.ID == "" {
		return append(errs, errNoID).err()
	}
	conv.decodeErr = errs.err()
	return nil
}

// errorsBeside returns the errors that a response lists beside its conversation as one error.
func errorsBeside(body []byte) error {
	errs := errorList{errors.New("the response has errors beside the conversation")}
	for _, item := range errorItems(body) {
		if len(errs) <= maxItemsShown {
			errs = append(errs, errors.New(item.String()))
		}
	}
	return errs
}

// decodeLeniently decodes body into what v points to. [json.Unmarshal] stops at a value of another type, or at the end of a
// body that is cut off. decodeLeniently keeps everything that can be decoded, and returns an error that names the rest.
func decodeLeniently(body []byte, v any) error {
	err := unmarshal(body, v)
	if err == nil {
		return nil
	}
	reflect.ValueOf(v).Elem().SetZero() // how much json.Unmarshal has decoded depends on the version of Go
	return decodeAfter(err, body, v)
}

// errCase reports that a name may have been taken for one that differs in case.
var errCase = errors.New("a name differs from the one expected only in case")

// unmarshal is [json.Unmarshal], but returns an error if a name differs from a known one only in case.
func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if err == nil && namesBelow(reflect.TypeOf(v)).hasOtherCase(body) {
		return errCase
	}
	return err
}

// decodeAfter is decodeLeniently after unmarshal has failed with an error. v points to a zero value.
func decodeAfter(failed error, body []byte, v any) error {
	d := lenientDecoder{body: body}
	err := d.value(reflect.ValueOf(v))
	syntax, isSyntax := errors.AsType[*json.SyntaxError](failed)
	switch {
	case errors.Is(err, errShort):
		d.errs = append(d.errs, errShort)
	case err == nil && d.next() != 0:
		d.errs = append(d.errs, errors.New("there is more after the end of its JSON"))
	case isSyntax:
		d.errs = append(d.errs, fmt.Errorf("it is not the JSON that was expected: %w", syntax))
	}
	return d.errs.err()
}
