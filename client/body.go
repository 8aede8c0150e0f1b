package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// A bodyKind classifies the body of a response. The API sends JSON objects; any other body may come from a proxy.
type bodyKind uint8

const (
	bodyEmpty      bodyKind = iota // only whitespace, or nothing
	bodyObject                     // a JSON object, or the beginning of one that is cut off
	bodyOther                      // HTML, text, other JSON, or invalid JSON
	bodyUnreadable                 // its content encoding cannot be decoded
)

// kindOf returns the kind of a body. It reads the whole body, which takes as long as decoding it, so it is called only if
// decodeRecord finds no id.
func kindOf(body []byte) bodyKind {
	kind := beginsAs(body)
	if kind != bodyObject {
		return kind
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte(byteOrderMark))))
	dec.UseNumber() // a number may not fit into a float64
	for depth := 0; ; {
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return bodyObject
		case err != nil:
			return bodyOther
		case token == json.Delim('{'), token == json.Delim('['):
			depth++
		case token == json.Delim('}'), token == json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return bodyObject
		}
	}
}

// beginsAs returns the kind of a body from its beginning. An object begins with a name and a colon, or is empty.
func beginsAs(body []byte) bodyKind {
	d := lenientDecoder{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
	switch first := d.next(); {
	case d.pos == len(d.body):
		return bodyEmpty
	case first != '{':
		return bodyOther
	}
	d.pos++
	switch d.next() {
	case 0, '}':
		return bodyObject
	case '"':
		if _, err := d.skip(); err != nil || d.next() == ':' || d.next() == 0 {
			return bodyObject
		}
	}
	return bodyOther
}

// hasErrors reports whether a body has errors in any form: a member of that name that is not null or empty.
func hasErrors(body []byte) bool {
	d := lenientDecoder{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
	found := false
	if d.next() != '{' {
		return false
	}
	_ = d.object(func(name string) error {
		raw, err := d.skip()
		if strings.EqualFold(name, "errors") {
			found = found || err == nil && !isNothing(raw) || errors.Is(err, errShort) && d.next() != 0
		}
		return err
	})
	return found
}

// isNothing reports whether a JSON value is null or empty.
func isNothing(raw []byte) bool {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return len(raw) == 0
	}
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

// content says what the body of a response with a 2xx status has.
type content struct {
	kind   bodyKind
	id     bool // a readable data.id, or the list that the call asks for
	errors bool // errors, and no record
}

// decodeAny reports what the response of a call by [Client.Do] has.
func decodeAny(call *call, a *attempt) content {
	var c content
	var envelope struct{ Data, Errors json.RawMessage }
	body := bytes.TrimPrefix(a.plain, []byte(byteOrderMark))
	if beginsAs(body) == bodyObject && json.Unmarshal(body, &envelope) == nil {
		c.kind = bodyObject
		if isNothing(envelope.Errors) && (call.readOnly || a.StatusCode != http.StatusAccepted) {
			return c // nothing depends on the id
		}
		c.errors = !isNothing(envelope.Errors) && !isRecordList(envelope.Data)
	} else {
		c.kind, c.errors = a.kind(), hasErrors(body)
	}
	c.id = decodeRecord(&Conversation{Response: Response{plain: body}}) == nil
	c.errors = c.errors && !c.id
	return c
}

// decodePage reports what the response of a call that asks for a list has. Its records are decoded later.
func decodePage(call *call, a *attempt) content {
	c := decodeAny(call, a)
	c.id = c.kind == bodyObject && !c.errors
	return c
}

// isRecordList reports whether a JSON value is a list of records that is not empty.
func isRecordList(raw []byte) bool {
	var list []struct{ ID json.RawMessage }
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && list[0].ID != nil
}

// kind returns the kind of the body.
func (a *attempt) kind() bodyKind {
	if errors.Is(a.partial, errEncoding) {
		return bodyUnreadable
	}
	return kindOf(a.plain)
}
