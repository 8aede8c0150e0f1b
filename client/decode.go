package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// byteOrderMark is what some servers put before a body, though JSON has none.
const byteOrderMark = "\ufeff"

// errNoID says that a response does not tell which record it is about.
var errNoID = errors.New("the answer has no data.id")

// errNotExact says that names or texts have become others; two names may have become one.
var errNotExact = errors.New("it has text that is not valid Unicode, and that reads as U+FFFD here")

// decodeConversation decodes the body of conv's response into conv. What is wrong with it goes into conv.DecodeError.
// Without a readable data.id it returns an error instead, and conv has what else could be decoded.
func decodeConversation(conv *Conversation) error {
	type envelope struct {
		Data   *Conversation   `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	body := bytes.TrimPrefix(conv.body(), []byte(byteOrderMark))
	e := envelope{Data: conv}
	err := unmarshal(body, &e)
	if err != nil || e.Data == nil {
		response := conv.Response
		*conv = Conversation{} // what a failure has left there depends on the version of Go
		e = envelope{Data: conv}
		err = salvaged(body, &e, err)
		conv.Response = response
	}
	found := problems{conv.partial, conv.redacted(err)}
	if !formats.IsExact(body) {
		found = append(found, errNotExact)
	}
	if e.Errors != nil && !isNothing(e.Errors) {
		found = append(found, conv.redacted(errorsBeside(body)))
	}
	if conv.ID == "" {
		return append(found, errNoID).err()
	}
	conv.decodeErr = found.err()
	return nil
}

// errorsBeside makes an error of the errors that a response has beside its conversation.
func errorsBeside(body []byte) error {
	found := problems{errors.New("the answer has errors beside the conversation")}
	for _, item := range errorItems(body) {
		if len(found) <= maxItemsShown {
			found = append(found, errors.New(item.String()))
		}
	}
	return found
}

// decodeLeniently decodes body into what v points to. Where [json.Unmarshal] gives up, at a value of another type or at
// the end of half an answer, it keeps all that can be had. The error names the rest.
//
// How json.Unmarshal goes on after an error differs between versions of Go, so nothing of that is used.
func decodeLeniently(body []byte, v any) error {
	err := unmarshal(body, v)
	if err == nil {
		return nil
	}
	reflect.ValueOf(v).Elem().SetZero()
	return salvaged(body, v, err)
}

// errSpelling says that a name may have been taken for another.
var errSpelling = errors.New("a name differs from the one expected in case alone")

// unmarshal is [json.Unmarshal], with an error where that may have preferred another spelling of a name.
func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if err == nil && spellingsOf(reflect.TypeOf(v)).spelledOtherwise(body) {
		return errSpelling
	}
	return err
}

// salvaged is decodeLeniently for a body that unmarshal has given up with an error, into a fresh value.
func salvaged(body []byte, v any, given error) error {
	s := salvage{body: body}
	err := s.value(reflect.ValueOf(v))
	syntax, isSyntax := errors.AsType[*json.SyntaxError](given)
	switch {
	case errors.Is(err, errShort):
		s.found = append(s.found, errShort)
	case err == nil && s.next() != 0:
		s.found = append(s.found, errors.New("there is more after the end of its JSON"))
	case isSyntax:
		s.found = append(s.found, fmt.Errorf("it is not the JSON that was expected: %w", syntax))
	}
	return s.found.err()
}
