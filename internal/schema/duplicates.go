package schema

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// A rawJSON value holds its own JSON, such as a custom attribute.
type rawJSON interface{ Raw() json.RawMessage }

// duplicateKeys reports an object with a duplicate key inside a value's own JSON, because JSON readers disagree on
// which value counts. Go maps and structs cannot have duplicate keys.
func (c *checker) duplicateKeys(v reflect.Value) {
	r, ok := v.Interface().(rawJSON)
	if !ok {
		return
	}
	raw := r.Raw()
	// Invalid JSON is reported elsewhere.
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' || !json.Valid(raw) {
		return
	}
	if key, found := DuplicateKey(raw); found {
		c.add("has the duplicate key %q in an object", key)
	}
}

// DuplicateKey returns the first duplicate key of an object in valid JSON.
func DuplicateKey(raw []byte) (key string, found bool) {
	return duplicateKey(json.NewDecoder(bytes.NewReader(raw)))
}

func duplicateKey(d *json.Decoder) (key string, found bool) {
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
		if key, found := duplicateKey(d); found {
			return key, true
		}
	}
	_, _ = d.Token() // the closing delimiter
	return "", false
}
