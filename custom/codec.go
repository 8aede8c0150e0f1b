package custom

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A codec is what all keys are made of: a name and a way to write and read its values as JSON. It has no part that leads to
// a codec of lists, or Go would find no end to the types that there may be.
type codec[T any] struct {
	name   string
	err    error // what is wrong with the name
	encode func(T) (json.RawMessage, error)
	decode func(json.RawMessage) (T, error)
}

// jsonNull is the null that all attributes share which are cleared.
var jsonNull = json.RawMessage("null")

var errZeroKey = errors.New("has no name: make a key with Str, Num or another function of this package")

// fault returns what is wrong with the key, for a text that has its name already.
func (c codec[T]) fault() error {
	if c.err == nil && c.encode == nil {
		return errZeroKey
	}
	return c.err
}

func (c codec[T]) check() error {
	if err := c.fault(); err != nil {
		return fmt.Errorf("custom attribute %q %w", c.name, err)
	}
	return nil
}

func (c codec[T]) set(v T) Entry {
	if err := c.fault(); err != nil {
		return Entry{c.name, Value{err: err}}
	}
	raw, err := c.encode(v)
	if err != nil {
		return Entry{c.name, Value{err: err}}
	}
	return Entry{c.name, Value{raw: raw}}
}

func (c codec[T]) null() Entry {
	if err := c.fault(); err != nil {
		return Entry{c.name, Value{err: err}}
	}
	return Entry{c.name, Value{raw: jsonNull}}
}

func (c codec[T]) get(a Attributes) (T, State, error) {
	var zero T
	if err := c.check(); err != nil {
		return zero, StateAbsent, err
	}
	v, ok := a[c.name]
	switch {
	case !ok:
		return zero, StateAbsent, nil
	case v.missing() != nil:
		return zero, StateSet, fmt.Errorf("custom attribute %q %w", c.name, v.missing())
	case v.IsNull():
		return zero, StateNull, nil
	}
	t, err := c.decode(v.raw)
	if err != nil {
		return zero, StateSet, fmt.Errorf("custom attribute %q %w", c.name, err)
	}
	return t, StateSet, nil
}
