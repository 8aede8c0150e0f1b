package client

import (
	"encoding/json"
	"errors"
	"fmt"
)

// marshal writes a body as JSON, unless something was found wrong with it or it is too large.
func (c *Client) marshal(op string, maxBody int, found []Violation, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	switch {
	case err != nil && len(found) == 0:
		found = append(found, Violation{Message: "cannot be written as JSON: " + rootCause(err).Error()})
	case err == nil && c.checks && len(data) > maxBody:
		found = append(found, Violation{Message: fmt.Sprintf("has %d bytes, may have %d", len(data), maxBody)})
	}
	if len(found) > 0 {
		return nil, &ValidationError{Op: op, Violations: found}
	}
	return data, nil
}

// rootCause leaves out the names of Go's types, which say nothing to whoever filled in the fields.
func rootCause(err error) error {
	var m *json.MarshalerError
	for errors.As(err, &m) {
		err = m.Err
	}
	return err
}
