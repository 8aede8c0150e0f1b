package schema

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// rawer is a value that has its JSON already, as a custom attribute.
type rawer interface{ Raw() json.RawMessage }

// twice reports a key that an object inside a value's own JSON has twice, for readers of JSON disagree on which of
// them counts. Objects of Go have each key once.
func (c *checker) twice(v reflect.Value) {
	r, ok := v.Interface().(rawer)
	if !ok {
		return
	}
	raw := r.Raw()
	// What is no JSON is found by whoever made it.
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' || !json.Valid(raw) {
		return
	}
	if key, found := keyTwice(json.NewDecoder(bytes.NewReader(raw))); found {
		c.add("has the key %q in one object twice", key)
	}
}

// keyTwice reads one value, which is JSON, and returns the first key that is twice in one object.
func keyTwice(d *json.Decoder) (key string, found bool) {
	token, err := d.Token()
	delim, ok := token.(json.Delim)
	if err != nil || !ok {
		return "", false
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			token, _ := d.Token()
			key, _ := token.(string)
			if seen[key] {
				return key, true
			}
			seen[key] = true
		}
		if key, found := keyTwice(d); found {
			return key, true
		}
	}
	_, _ = d.Token() // the end
	return "", false
}
