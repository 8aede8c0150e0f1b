package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// marshal writes a body as JSON, unless something was found wrong with it or it is too large.
func (c *Client) marshal(op string, maxBody int, found []Violation, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	data = unescapeHTML(data)
	switch {
	case err != nil && len(found) == 0:
		found = append(found, Violation{Message: "cannot be written as JSON: " + within(rootCause(err))})
	case err == nil && c.checks && len(data) > maxBody:
		found = append(found, Violation{Message: fmt.Sprintf("has %d bytes, may have %d", len(data), maxBody)})
	}
	if len(found) > 0 {
		return nil, &ValidationError{Op: op, Violations: found}
	}
	return data, nil
}

// unescapeHTML writes <, > and & as they are, in place. encoding/json makes six bytes of each, which only HTML asks for and
// which would count against the limit of a body. An encoder can be told not to, but not the methods MarshalJSON below it.
func unescapeHTML(data []byte) []byte {
	i := bytes.IndexByte(data, '\\')
	if i < 0 {
		return data
	}
	out := data[:i]
	for i < len(data) {
		n := 1
		if data[i] == '\\' {
			n = 2 // with what it escapes, which may be a backslash
		}
		rest := data[i:]
		switch {
		case bytes.HasPrefix(rest, []byte(`\u003c`)):
			out, n = append(out, '<'), 6
		case bytes.HasPrefix(rest, []byte(`\u003e`)):
			out, n = append(out, '>'), 6
		case bytes.HasPrefix(rest, []byte(`\u0026`)):
			out, n = append(out, '&'), 6
		default:
			out = append(out, rest[:n]...)
		}
		i += n
	}
	return out
}

// rootCause leaves out the names of Go's types, which say nothing to whoever filled in the fields.
func rootCause(err error) error {
	var m *json.MarshalerError
	for errors.As(err, &m) {
		err = m.Err
	}
	return err
}
