package custom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// An Entry is one custom attribute with the value to send. [Key.Set], [Key.Null] and [Raw] make entries; [New] takes
// them.
type Entry struct {
	name  string
	value Value
}

// Name returns the attribute's system name, suffix included.
func (e Entry) Name() string { return e.name }

// Value returns the value, with its error if it has one.
func (e Entry) Value() Value { return e.value }

// Raw returns an entry for an attribute that no [Key] fits, such as one with an unknown suffix. It uses the name
// unchanged and does not check the value against the suffix. A [json.RawMessage] is sent unchanged; other values are
// encoded by encoding/json. A [json.Number] keeps all its digits. nil clears the attribute.
//
// Values that encoding/json would silently change are errors: text that is not valid UTF-8, an empty [json.Number]
// (sent as 0), a [time.Duration] (sent as nanoseconds) and bytes (sent as base64). Go's zero time and a nil slice, map
// or pointer are errors too, because they are rarely intended. These checks also apply inside maps, lists and pointers.
// In the fields of a struct, only text is checked.
func Raw(name string, v any) Entry {
	return entry(name, checkName(name), func() (json.RawMessage, error) { return encode(v) })
}

// entry returns an entry with the JSON that encode returns, or with the first error.
func entry(name string, err error, encode func() (json.RawMessage, error)) Entry {
	v := Value{err: err}
	if err == nil {
		v.raw, v.err = encode()
	}
	return Entry{name, v}
}

// encode returns v as JSON. The result shares no memory with v.
func encode(v any) (json.RawMessage, error) {
	raw, ok := v.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = json.Marshal(v); err != nil {
			return nil, fmt.Errorf("cannot be written as JSON: %w", err)
		}
		if string(raw) == "null" && v != nil {
			return nil, fmt.Errorf("is a nil %T: use a plain nil to clear the attribute", v)
		}
		if err := checkLossless(reflect.ValueOf(v)); err != nil {
			return nil, err
		}
	}
	// This checks JSON from a Marshaler too, because encoding/json checks only its syntax.
	switch raw = bytes.TrimSpace(raw); {
	case !utf8.Valid(raw):
		return nil, errNotUTF8
	case !json.Valid(raw):
		return nil, errors.New("is not valid JSON")
	}
	return bytes.Clone(raw), nil
}

// checkName returns the error of a name that no attribute can have. It does not check the first character: app
// attributes begin with @, and names with hyphens, underscores and capitals were observed.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("has no name")
	case !utf8.ValidString(name):
		return errors.New("has a name that is not valid UTF-8")
	case strings.ContainsRune(name, utf8.RuneError):
		return errors.New("has a name with U+FFFD, the replacement for unreadable text: use the name as it is defined")
	case hasBlank(name):
		return errors.New("has a name with blanks or control characters")
	}
	return nil
}
