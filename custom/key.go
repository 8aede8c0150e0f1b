package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Key is the name of a custom attribute together with the Go type of its value. Make one with [Str], [Num],
// [Int] or [Bool], once, as a package variable; a Key is safe for concurrent use. The zero Key has no name, which is
// an error like that of a bad one.
type Key[T any] struct {
	name   string
	err    error
	encode func(T) (json.RawMessage, error)
	decode func(json.RawMessage) (T, error)
}

// suffixes are the endings of names that say a type (Kustomer's documentation, "Custom attributes"; Tree was
// observed in public schemas). Others may exist.
var suffixes = []string{"Str", "Txt", "Num", "At", "Bool", "Url", "Id", "Tree"}

// newKey completes name with suffix. A bad name becomes the key's error.
func newKey[T any](name, suffix string, encode func(T) (json.RawMessage, error), decode func(json.RawMessage) (T, error)) Key[T] {
	k := Key[T]{name: name, encode: encode, decode: decode}
	switch has := suffixOf(name); {
	case checkName(name) != nil:
		k.err = checkName(name)
	case has == "":
		k.name += suffix
	case has != suffix:
		k.err = fmt.Errorf("has a name that ends in %s, but its key is for the suffix %s", has, suffix)
	case name == suffix:
		k.err = fmt.Errorf("has a name that is nothing but the suffix %s", suffix)
	}
	return k
}

func suffixOf(name string) string {
	i := slices.IndexFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
	if i < 0 {
		return ""
	}
	return suffixes[i]
}

// Name returns the attribute's system name, suffix included.
func (k Key[T]) Name() string { return k.name }

// Err returns what is wrong with the name the key was made of, or nil. [Key.Set], [Key.Null] and [Key.Get]
// report it too, and so does the request check of package client.
func (k Key[T]) Err() error {
	if err := k.fault(); err != nil {
		return fmt.Errorf("custom attribute %q %w", k.name, err)
	}
	return nil
}

var errZeroKey = errors.New("has no name: make a key with Str, Num, Int or Bool")

// fault returns what is wrong with the key, for a text that has its name already.
func (k Key[T]) fault() error {
	if k.err == nil && k.encode == nil {
		return errZeroKey
	}
	return k.err
}

// Set returns the entry that sets the attribute to v. If v is not allowed, the entry carries the error.
func (k Key[T]) Set(v T) Entry {
	if err := k.fault(); err != nil {
		return Entry{k.name, Value{err: err}}
	}
	raw, err := k.encode(v)
	if err != nil {
		return Entry{k.name, Value{err: err}}
	}
	return Entry{k.name, Value{raw: raw}}
}

// Null returns the entry that clears the attribute.
func (k Key[T]) Null() Entry {
	if err := k.fault(); err != nil {
		return Entry{k.name, Value{err: err}}
	}
	return Entry{k.name, Value{raw: json.RawMessage("null")}}
}

// A State says whether a record has an attribute.
type State uint8

// The states of an attribute. In answers a cleared attribute is absent (assumed).
const (
	Absent State = iota // not among the attributes
	Null                // there, and null
	Set                 // there, with a value
)

// String returns "absent", "null" or "set".
func (s State) String() string {
	switch s {
	case Absent:
		return "absent"
	case Null:
		return "null"
	case Set:
		return "set"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Get returns the attribute's value. The error says that there is a value which is not exactly a T, as where an
// organisation masks what the API key may not see (assumed); the value's JSON is then in a[k.Name()]. With the error
// of the key itself the state is [Absent].
func (k Key[T]) Get(a Attributes) (T, State, error) {
	var zero T
	if err := k.Err(); err != nil {
		return zero, Absent, err
	}
	v, ok := a[k.name]
	switch {
	case !ok:
		return zero, Absent, nil
	case v.Err() != nil:
		return zero, Set, fmt.Errorf("custom attribute %q %w", k.name, v.Err())
	case v.IsNull():
		return zero, Null, nil
	}
	t, err := k.decode(v.raw)
	if err != nil {
		return zero, Set, fmt.Errorf("custom attribute %q %w", k.name, err)
	}
	return t, Set, nil
}
