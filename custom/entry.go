package custom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Entry is one custom attribute with the value to send. [Key.Set], [Key.Null] and [Raw] make entries, [New]
// takes them.
type Entry struct {
	name  string
	value Value
}

// Name returns the attribute's system name, suffix included.
func (e Entry) Name() string { return e.name }

// Value returns the value, with its error if it has one.
func (e Entry) Value() Value { return e.value }

// Raw returns an entry for an attribute that no [Key] fits: of an unknown suffix, or with an array. The name is
// taken as it is, and so is the value: no suffix is looked at. v is JSON if it is a [json.RawMessage], otherwise what
// encoding/json makes of it; a [json.Number] keeps all its digits. nil clears the attribute.
//
// What encoding/json would send as something else is an error: text that is not valid UTF-8, an empty [json.Number]
// (as 0), a [time.Duration] (as nanoseconds) and bytes (as base64). Go's zero time is an error too, and so is a v that is a
// nil slice, map or pointer: they are rarely meant. Maps, lists and pointers are looked into. The fields of a struct are sent
// as encoding/json writes them: of those only the text is checked.
func Raw(name string, v any) Entry {
	if err := checkName(name); err != nil {
		return Entry{name, Value{err: err}}
	}
	raw, err := encode(v)
	if err != nil {
		return Entry{name, Value{err: err}}
	}
	return Entry{name, Value{raw: raw}}
}

// encode writes v as JSON that is nobody else's.
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
		if err := checkKept(reflect.ValueOf(v)); err != nil {
			return nil, err
		}
	}
	// JSON from a Marshaler may have invalid bytes as well: encoding/json looks at its grammar alone.
	switch raw = bytes.TrimSpace(raw); {
	case !utf8.Valid(raw):
		return nil, errNotUTF8
	case !json.Valid(raw):
		return nil, errors.New("is not valid JSON")
	}
	return bytes.Clone(raw), nil
}

// checkName refuses what can be no attribute's name. It says nothing of how a name begins: app attributes begin
// with @, and hyphens, underscores and upper case were seen.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("has no name")
	case !utf8.ValidString(name):
		return errors.New("has a name that is not valid UTF-8")
	case strings.ContainsRune(name, utf8.RuneError):
		return errors.New("has a name with U+FFFD, which stands for what could not be read: give the name as it is defined")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return errors.New("has a name with blanks or control characters")
	}
	return nil
}
