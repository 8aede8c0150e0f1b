package custom

import (
	"encoding/json"
	"fmt"
)

// A Key is the name of a custom attribute together with the Go type of its value. Make one with [Str], [Txt], [Num],
// [Int], [Decimal], [At], [Bool], [URL], [ID] or [Tree], once, as a package variable. A Key is safe for concurrent use.
// Using the zero Key is an error. For attributes with several values, use [Key.List].
type Key[T any] struct{ codec[T] }

// newKey completes name with suffix. The key keeps the error of an invalid name.
func newKey[T any](name, suffix string, encode func(T) (json.RawMessage, error), decode func(json.RawMessage) (T, error)) Key[T] {
	name, err := completeName(name, suffix)
	return Key[T]{codec[T]{name, err, encode, decode}}
}

// Name returns the attribute's system name, suffix included.
func (k Key[T]) Name() string { return k.name }

// Err returns the error of the name that the key was made with, or nil. [Key.Set], [Key.Null] and [Key.Get] report it
// too, and so does package client before it sends a request.
func (k Key[T]) Err() error { return k.check() }

// Set returns the entry that sets the attribute to v. If v is invalid, the entry carries the error.
func (k Key[T]) Set(v T) Entry { return k.set(v) }

// Null returns the entry that clears the attribute.
func (k Key[T]) Null() Entry { return k.null() }

// Get returns the value of the attribute. It returns an error with [StateSet] if the stored value is not exactly a T,
// such as a value that the organisation masks for this API key (assumed). The JSON of that value is in a[k.Name()]. If
// the key itself is invalid, Get returns its error with [StateAbsent].
func (k Key[T]) Get(a Attributes) (T, State, error) { return k.get(a) }

// A State says whether a record has an attribute.
type State uint8

// The states of an attribute. In a response, a cleared attribute is absent (assumed).
const (
	StateAbsent State = iota // not among the attributes
	StateNull                // present and null
	StateSet                 // present with a value
)

// String returns "absent", "null" or "set".
func (s State) String() string {
	switch s {
	case StateAbsent:
		return "absent"
	case StateNull:
		return "null"
	case StateSet:
		return "set"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}
