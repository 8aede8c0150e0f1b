package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
)

// content is what the body of a response with a status of 2xx holds.
type content struct {
	kind   bodyKind
	id     bool // it has a readable data.id
	errors bool // it lists errors and has no record
}

// readConversation decodes a response into conv. Without a readable id, the conversation gets the id of the record that the
// call is for, if it is for one.
func readConversation(conv *Conversation, recordID string, a *attempt) content {
	err := decodeConversation(conv)
	if err == nil {
		return content{kind: bodyObject, id: true}
	}
	conv.ID, conv.decodeErr = recordID, err
	return content{kind: a.kind(), errors: hasErrors(a.text())}
}

// readAny looks at the response of a call by Do.
func readAny(call *call, a *attempt) content {
	var c content
	var envelope struct{ Data, Errors json.RawMessage }
	body := bytes.TrimPrefix(a.text(), []byte(byteOrderMark))
	if beginsAs(body) == bodyObject && json.Unmarshal(body, &envelope) == nil {
		c.kind = bodyObject
		if isNothing(envelope.Errors) && (call.readOnly || a.status != http.StatusAccepted) {
			return c // nothing depends on the id
		}
		c.errors = !isNothing(envelope.Errors) && !isList(envelope.Data)
	} else {
		c.kind, c.errors = a.kind(), hasErrors(body)
	}
	c.id = decodeConversation(&Conversation{Response: Response{raw: body}}) == nil
	c.errors = c.errors && !c.id
	return c
}

// isList reports whether a JSON value is a list of records that is not empty.
func isList(raw []byte) bool {
	var list []struct{ ID json.RawMessage }
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && list[0].ID != nil
}

// kind returns the kind of the body.
func (a *attempt) kind() bodyKind {
	if errors.Is(a.bodyErr, errEncoding) {
		return bodyUnreadable
	}
	return kindOf(a.text())
}

// text returns the body without its content encoding.
func (a *attempt) text() []byte {
	if a.plain != nil {
		return a.plain
	}
	return a.body
}
