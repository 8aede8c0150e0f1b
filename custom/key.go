package custom

import (
	"encoding/json"
	"fmt"
)

// A Key is the name of a custom attribute together with the Go type of its value. Make one with [Str], [Txt],
// [Num], [Int], [Decimal], [At], [Bool], [URL], [ID] or [Tree], once, as a package variable; a Key is safe for concurrent
// use. The zero Key has no name, which is an error like that of a bad one. For attributes with several values there is
// [Key.List].
type Key[T any] struct{ codec[T] }

// newKey completes name with suffix. A bad name becomes the key's error.
func newKey[T any](name, suffix string, encode func(T) (json.RawMessage, error), decode func(json.RawMessage) (T, error)) Key[T] {
	name, err := complete(name, suffix)
	return Key[T]{codec[T]{name, err, encode, decode}}
}

// Name returns the attribute's system name, suffix included.
func (k Key[T]) Name() string { return k.name }

// Err returns what is wrong with the name the key was made of, or nil. [Key.Set], [Key.Null] and [Key.Get]
// report it too, and so does the request check of package client.
func (k Key[T]) Err() error { return k.check() }

// Set returns the entry that sets the attribute to v. If v is not allowed, the entry carries the error.
func (k Key[T]) Set(v T) Entry { return k.set(v) }

// Null returns the entry that clears the attribute.
func (k Key[T]) Null() Entry { return k.null() }

// Get returns the attribute's value. The error says that there is a value which is not exactly a T, as where an
// organisation masks what the API key may not see (assumed); the value's JSON is then in a[k.Name()]. With the error
// of the key itself the state is [StateAbsent].
func (k Key[T]) Get(a Attributes) (T, State, error) { return k.get(a) }

// A State says whether a record has an attribute.
type State uint8

// The states of an attribute. In answers a cleared attribute is absent (assumed).
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
