package client

import (
	"bytes"
	"encoding/json"
)

// content is what the body of a response with a status of 2xx holds.
type content struct {
	kind   bodyKind
	id     bool // it has a readable data.id
	errors bool // it has a list of errors that is not empty, and no record
}

type bodyKind uint8

const (
	bodyEmpty bodyKind = iota
	bodyObject
	bodyOther
	bodyUnreadable
)

// STUB
func bodyKindOf(body []byte, cut bool) bodyKind {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte(byteOrderMark)))
	if len(body) == 0 {
		return bodyEmpty
	}
	if body[0] == '{' && (json.Valid(body) || cut) {
		return bodyObject
	}
	return bodyOther
}

func hasErrors(body []byte) bool {
	var e struct{ Errors json.RawMessage }
	_ = json.Unmarshal(body, &e)
	switch string(e.Errors) {
	case "", "null", "[]", "{}", `""`:
		return false
	}
	return true
}

func hasData(body []byte) bool {
	var e struct{ Data json.RawMessage }
	_ = json.Unmarshal(body, &e)
	return len(e.Data) > 0 && string(e.Data) != "null"
}

// readConversation decodes a response into conv.
func readConversation(conv *Conversation, recordID string, a *attempt) content {
	err := decodeConversation(conv)
	c := content{kind: bodyKindOf(a.body, a.bodyErr != nil)}
	c.id = conv.ID != "" && c.kind == bodyObject
	if !c.id {
		c.errors = hasErrors(a.body)
		conv.ID, conv.decodeErr = recordID, err
	}
	return c
}

// readAny looks at the response of a call whose type is not known.
func readAny(a *attempt) content {
	c := content{kind: bodyKindOf(a.body, a.bodyErr != nil), errors: hasErrors(a.body) && !hasData(a.body)}
	c.id = c.kind == bodyObject && scanID(a.body) != ""
	return c
}
