package custom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Attributes holds custom attributes by system name, suffix included, such as orderNumberStr.
//
// In a request, a nil map is omitted and an empty map is sent as {}. An update changes the attributes in the map and
// leaves all others unchanged (assumed). A request may have at most 100 (Kustomer's schema). In a response, nil means
// that the record has no custom attributes.
type Attributes map[string]Value

// New returns the attributes set by entries. Setting one name twice is an error. The attribute carries that error: see
// [Attributes.ErrOf].
func New(entries ...Entry) Attributes {
	a := make(Attributes, len(entries))
	for _, e := range entries {
		v := e.value
		// The error of a bad name is more useful than that of a duplicate.
		if first, duplicate := a[e.name]; duplicate && checkName(e.name) == nil {
			v = Value{err: duplicateError(first.err, v.err)}
		}
		a[e.name] = v
	}
	return a
}

// duplicateError adds "is set twice" to the errors of the entries for one attribute. It reports each error once.
func duplicateError(all ...error) error {
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

// Err returns all invalid names and values as one error, or nil. Package client reports the same errors before it sends
// a request.
func (a Attributes) Err() error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(a)) {
		all = append(all, named(name, a.ErrOf(name)))
	}
	return errors.Join(all...)
}

// ErrOf returns why the named attribute cannot be sent. It returns nil if the attribute is valid or absent. The name
// itself can be invalid, because a map accepts any string.
func (a Attributes) ErrOf(name string) error {
	v, ok := a[name]
	if !ok {
		return nil
	}
	// The error of a key explains a bad name better than checkName.
	return cmp.Or(v.err, checkName(name), v.Err())
}

// A Value is the exact JSON of one custom attribute, or the error of the [Key], [Raw] or [New] that could not make it.
// The zero Value is an error, so it never clears an attribute by accident.
type Value struct {
	raw json.RawMessage
	err error
}

// Err returns why the value cannot be sent, or nil. A value from a response that has invalid UTF-8 can be read but not
// sent. For errors of the name, see [Attributes.ErrOf].
func (v Value) Err() error {
	if !utf8.Valid(v.raw) {
		return errNotUTF8
	}
	return v.missing()
}

// missing returns why the value has no JSON, or nil.
func (v Value) missing() error {
	if v.err == nil && v.raw == nil {
		return errors.New("has no value: use a key's Set or Null, or Raw")
	}
	return v.err
}

// Raw returns the exact JSON of the value, as received or as it will be sent. It returns nil if the value has an error.
// The caller must not change it.
func (v Value) Raw() json.RawMessage { return v.raw }

// IsNull reports whether the value is null, which clears the attribute when sent.
func (v Value) IsNull() bool { return string(v.raw) == "null" }

// String returns the JSON of the value, or its error in the form !(error).
func (v Value) String() string {
	if err := v.missing(); err != nil {
		return "!(" + err.Error() + ")"
	}
	return string(v.raw)
}

// MarshalJSON returns the exact JSON, or the error of the value.
func (v Value) MarshalJSON() ([]byte, error) {
	if err := v.Err(); err != nil {
		return nil, err
	}
	return v.raw, nil
}

// UnmarshalJSON keeps data unchanged. It accepts any JSON value.
func (v *Value) UnmarshalJSON(data []byte) error {
	if !json.Valid(data) {
		return errors.New("custom: invalid JSON")
	}
	*v = Value{raw: bytes.Clone(bytes.TrimSpace(data))}
	return nil
}
