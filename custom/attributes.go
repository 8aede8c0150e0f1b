package custom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Attributes are custom attributes by their system name, suffix included, as in orderNumberStr.
//
// In a request, nil is absent and an empty map is sent as {}. An update changes the attributes it holds and
// leaves all others as they are (assumed). At most 100 are allowed (Kustomer's schema). In an answer, nil says that the
// record has none.
type Attributes map[string]Value

// New returns the attributes that entries set. A name that two entries set is an error, carried by the
// attribute: see [Attributes.ErrOf].
func New(entries ...Entry) Attributes {
	a := make(Attributes, len(entries))
	for _, e := range entries {
		v := e.value
		// Of a bad name, that it is bad is what helps.
		if first, twice := a[e.name]; twice && checkName(e.name) == nil {
			v = Value{err: alsoTwice(first.err, v.err)}
		}
		a[e.name] = v
	}
	return a
}

// alsoTwice adds to what else is wrong with the entries for an attribute, each thing once, that there is more than one.
func alsoTwice(all ...error) error {
	const twice = "is set twice"
	text := twice
	for _, err := range all {
		if err == nil {
			continue
		}
		if what := strings.TrimSuffix(err.Error(), ", and "+twice); !strings.Contains(text, what) {
			text = what + ", and " + text
		}
	}
	return errors.New(text)
}

// Err returns what is wrong with the attributes, names and values, each by its name, or nil. The request check of
// package client reports the same before anything is sent.
func (a Attributes) Err() error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if err := a.ErrOf(name); err != nil {
			all = append(all, fmt.Errorf("custom attribute %q %w", name, err))
		}
	}
	return errors.Join(all...)
}

// ErrOf returns why the attribute of that name cannot be sent, or nil if it can or is not there. The name itself
// may be the reason: a map takes any, even two that would be the same in JSON.
func (a Attributes) ErrOf(name string) error {
	v, ok := a[name]
	if !ok {
		return nil
	}
	// A key's own error says more of a bad name than the name does.
	if v.err != nil {
		return v.err
	}
	return cmp.Or(checkName(name), v.Err())
}

// A Value is the exact JSON of one custom attribute, or the error of the [Key], [Raw] or [New] that could not make
// it. The zero Value is such an error: it never clears an attribute by accident.
type Value struct {
	raw json.RawMessage
	err error
}

var errNoValue = errors.New("has no value: use a key's Set or Null, or Raw")

// Err returns why the value cannot be sent, or nil. A value that came with bytes that are not valid UTF-8 is such a one:
// it can be read and not sent. A name can be wrong too: see [Attributes.ErrOf].
func (v Value) Err() error {
	if err := v.missing(); err != nil {
		return err
	}
	if !utf8.Valid(v.raw) {
		return errNotUTF8
	}
	return nil
}

// missing returns why there is no JSON at all, or nil.
func (v Value) missing() error {
	if v.err == nil && v.raw == nil {
		return errNoValue
	}
	return v.err
}

// Raw returns the value's exact JSON, as it came or as it will be sent; nil if it has an error. The caller must
// not change it.
func (v Value) Raw() json.RawMessage {
	if v.IsNull() {
		return json.RawMessage("null") // the one that is kept is that of all
	}
	return v.raw
}

// IsNull reports whether the value is null, which clears the attribute when sent.
func (v Value) IsNull() bool { return string(v.raw) == "null" }

// String returns the value's JSON, or its error in words.
func (v Value) String() string {
	if err := v.missing(); err != nil {
		return "!(" + err.Error() + ")"
	}
	return string(v.raw)
}

// MarshalJSON returns the exact JSON, or the error that the value carries.
func (v Value) MarshalJSON() ([]byte, error) {
	if err := v.Err(); err != nil {
		return nil, err
	}
	return v.raw, nil
}

// UnmarshalJSON keeps data as it is. It accepts any JSON value.
func (v *Value) UnmarshalJSON(data []byte) error {
	if !json.Valid(data) {
		return errors.New("custom: not a JSON value")
	}
	*v = Value{raw: bytes.Clone(bytes.TrimSpace(data))}
	return nil
}
