package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// byteOrderMark is what some servers put before a body, though JSON has none.
const byteOrderMark = "\ufeff"

// errNoID is the cause of an error whose call was applied.
var errNoID = errors.New("the answer has no data.id")

// decodeConversation decodes the body of conv's answer into conv. Only a body without a readable id is an error; all
// else that is wrong with it goes into conv.DecodeError.
func decodeConversation(conv *Conversation) error {
	type envelope struct {
		Data *Conversation `json:"data"`
	}
	body := bytes.TrimPrefix(conv.raw, []byte(byteOrderMark))
	var err error
	if e := (envelope{conv}); json.Unmarshal(body, &e) != nil || e.Data == nil {
		*conv = Conversation{Response: conv.Response} // what a failure has left there depends on the version of Go
		err = decodeRest(body, &envelope{conv})
	}
	if conv.ID == "" {
		conv.ID = scanID(body)
	}
	if conv.ID == "" {
		return problems{errNoID, conv.partial, err}.err()
	}
	conv.decodeErr = problems{conv.partial, err}.err()
	return nil
}

// decodeLeniently decodes body into what v points to. Where [json.Unmarshal] gives up, at a value of another type or at
// the end of half an answer, it keeps all that can be had. The error names the rest.
//
// How json.Unmarshal goes on after an error differs between versions of Go, so nothing of that is used.
func decodeLeniently(body []byte, v any) error {
	if json.Unmarshal(body, v) == nil {
		return nil
	}
	reflect.ValueOf(v).Elem().SetZero()
	return decodeRest(body, v)
}

// decodeRest is decodeLeniently for a body that json.Unmarshal has given up, into a fresh value.
func decodeRest(body []byte, v any) error {
	s := salvage{dec: json.NewDecoder(bytes.NewReader(body))}
	err := s.value(reflect.ValueOf(v).Elem())
	if err == nil {
		if len(bytes.TrimSpace(body[s.dec.InputOffset():])) > 0 {
			s.found = append(s.found, errors.New("there is more after the end of its JSON"))
		}
		return s.found.err()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	return append(s.found, fmt.Errorf("it is not the JSON that was expected: %w", err)).err()
}
