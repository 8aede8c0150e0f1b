package custom

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A Key is the name of a custom attribute together with the Go type of its value. Make one with [Str], [Txt], [Num],
// [Int], [Decimal], [At], [Bool], [URL], [ID] or [Tree], once, as a package variable. A Key is safe for concurrent use.
// Using the zero Key is an error. For attributes with several values, use [Key.List].
type Key[T any] struct {
	name   string
	err    error // of the name
	encode func(T) (json.RawMessage, error)
	decode func(json.RawMessage) (T, error)
}

// newKey completes name with suffix. The key keeps the error of an invalid name.
func newKey[T any](name, suffix string, encode func(T) (json.RawMessage, error), decode func(json.RawMessage) (T, error)) Key[T] {
	name, err := completeName(name, suffix)
	return Key[T]{name, err, encode, decode}
}

// Name returns the attribute's system name, suffix included.
func (k Key[T]) Name() string { return k.name }

// Err returns the error of the name that the key was made with, or nil. [Key.Set], [Key.Null] and [Key.Get] report it
// too, and so does package client before it sends a request.
func (k Key[T]) Err() error { return named(k.name, k.nameErr()) }

// Set returns the entry that sets the attribute to v. If v is invalid, the entry carries the error.
func (k Key[T]) Set(v T) Entry {
	return entry(k.name, k.nameErr(), func() (json.RawMessage, error) { return k.encode(v) })
}

// Null returns the entry that clears the attribute.
func (k Key[T]) Null() Entry {
	return entry(k.name, k.nameErr(), func() (json.RawMessage, error) { return json.RawMessage("null"), nil })
}

// Get returns the value of the attribute. It returns an error with [StateSet] if the stored value is not exactly a T,
// such as a value that the organisation masks for this API key (assumed). The JSON of that value is in a[k.Name()]. If
// the key itself is invalid, Get returns its error with [StateAbsent].
func (k Key[T]) Get(a Attributes) (T, State, error) { return get(a, k.name, k.Err(), k.decode) }

// nameErr returns the error of the name, for a message that already has the name.
func (k Key[T]) nameErr() error {
	if k.err == nil && k.encode == nil {
		return errors.New("has no name: make a key with Str, Num or another function of this package")
	}
	return k.err
}

// get decodes an attribute. keyErr is the error of its key.
func get[T any](a Attributes, name string, keyErr error, decode func(json.RawMessage) (T, error)) (t T, state State, err error) {
	v, ok := a[name]
	switch {
	case keyErr != nil || !ok:
		return t, StateAbsent, keyErr
	case v.IsNull():
		return t, StateNull, nil
	}
	if err = v.missing(); err == nil {
		t, err = decode(v.raw)
	}
	return t, StateSet, named(name, err)
}

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
	if s > StateSet {
		return fmt.Sprintf("State(%d)", uint8(s))
	}
	return [...]string{"absent", "null", "set"}[s]
}

// named adds the name of the attribute to an error.
func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("custom attribute %q %w", name, err)
}

// suffixes are the endings of names that define a type (Kustomer's documentation, "Custom attributes"; Tree was
// observed in public schemas). Others may exist.
var suffixes = []string{"Str", "Txt", "Num", "At", "Bool", "Url", "Id", "Tree"}

// completeName adds the suffix of a key to its name if it is missing. The error is for a message that already has the
// name.
func completeName(name, suffix string) (string, error) {
	switch has := suffixOf(name); {
	case checkName(name) != nil:
		return name, checkName(name)
	case has == "":
		return name + suffix, nil
	case has != suffix:
		return name, fmt.Errorf("has a name that ends in %s, but its key is for the suffix %s", has, suffix)
	case name == suffix:
		return name, fmt.Errorf("has a name that is only the suffix %s", suffix)
	}
	return name, nil
}

func suffixOf(name string) string {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) {
			return s
		}
	}
	return ""
}

var jsonTypes = map[byte]string{'"': "a string", '{': "an object", '[': "an array", 't': "a boolean", 'f': "a boolean", 'n': "null"}

// jsonType names the JSON type of raw. Error messages use it instead of the value, which may be private.
func jsonType(raw json.RawMessage) string { return cmp.Or(jsonTypes[raw[0]], "a number") }
