package custom

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A codec holds what [Key] and [ListKey] share: a name and the functions that encode and decode values. It has no List
// method, because the type codec[[]T] would then refer to itself without end.
type codec[T any] struct {
	name   string
	err    error // of the name
	encode func(T) (json.RawMessage, error)
	decode func(json.RawMessage) (T, error)
}

// jsonNull is shared by all attributes that are null.
var jsonNull = json.RawMessage("null")

var errZeroKey = errors.New("has no name: make a key with Str, Num or another function of this package")

// keyErr returns the error of the key, for a message that already has its name.
func (c codec[T]) keyErr() error {
	if c.err == nil && c.encode == nil {
		return errZeroKey
	}
	return c.err
}

func (c codec[T]) check() error {
	if err := c.keyErr(); err != nil {
		return fmt.Errorf("custom attribute %q %w", c.name, err)
	}
	return nil
}

func (c codec[T]) set(v T) Entry {
	if err := c.keyErr(); err != nil {
		return Entry{c.name, Value{err: err}}
	}
	raw, err := c.encode(v)
	if err != nil {
		return Entry{c.name, Value{err: err}}
	}
	return Entry{c.name, Value{raw: raw}}
}

func (c codec[T]) null() Entry {
	if err := c.keyErr(); err != nil {
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
