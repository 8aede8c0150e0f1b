package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// A bodyKind is what the body of a response is, which tells whether the API has sent it.
type bodyKind uint8

const (
	bodyEmpty      bodyKind = iota // nothing but whitespace
	bodyObject                     // a JSON object, or the beginning of one that ends too early: what the API sends
	bodyOther                      // HTML, text, other JSON, or broken JSON: what proxies and other servers send
	bodyUnreadable                 // of an encoding that cannot be undone
)

// kindOf returns the kind of a body. It reads all of it, which costs as much as decoding it does: a body in which
// decodeConversation finds an id needs no question, and for others beginsAs may do.
func kindOf(body []byte) bodyKind {
	kind := beginsAs(body)
	if kind != bodyObject {
		return kind
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte(byteOrderMark))))
	dec.UseNumber() // others need not fit
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

// beginsAs returns the kind of a body as its beginning says: an object begins with a name and a colon, or has none.
func beginsAs(body []byte) bodyKind {
	s := salvage{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
	switch first := s.next(); {
	case s.pos == len(s.body):
		return bodyEmpty
	case first != '{':
		return bodyOther
	}
	s.pos++
	switch s.next() {
	case 0, '}':
		return bodyObject
	case '"':
		if _, err := s.skip(); err != nil || s.next() == ':' || s.next() == 0 {
			return bodyObject
		}
	}
	return bodyOther
}

// hasErrors reports whether a body has errors, in whatever form: a member of that name that is not null, "", [] or {}.
func hasErrors(body []byte) bool {
	s := salvage{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
	found := false
	if s.next() != '{' {
		return false
	}
	_ = s.object(func(name string) error {
		raw, err := s.skip()
		if strings.EqualFold(name, "errors") {
			found = found || err == nil && !isNothing(raw) || errors.Is(err, errShort) && s.next() != 0
		}
		return err
	})
	return found
}

// isNothing reports whether a JSON value is null or empty.
func isNothing(raw []byte) bool {
	if len(raw) == 0 {
		return true
	}
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return false
	}
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case float64:
		return v == 0
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
