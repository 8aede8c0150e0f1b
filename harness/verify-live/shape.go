package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/client"
)

// shortAnswer is an answer in a few words: its status and, of an error, the first text.
func (v *verifier) shortAnswer(status int, err error) string {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status < 400 {
		return text
	}
	if e, ok := errors.AsType[*client.Error](err); ok && len(e.Items) > 0 {
		item := e.Items[0]
		return text + " (" + strings.TrimSpace(v.mask(item.Code)+" "+v.mask(item.Title+item.Message)) + ")"
	}
	return text + " (no envelope)"
}

// short says in a few words why a call failed: what the client says of an answer repeats the server's texts as they are.
func (v *verifier) short(err error) string {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.StatusCode == 0 {
		return err.Error()
	}
	before, _, _ := strings.Cut(err.Error(), "kustomer: ")
	return before + e.Op + " answered " + v.shortAnswer(e.StatusCode, err)
}

// shape lists the keys of a JSON body with the types of their values, and no values but those that Kustomer itself writes
// into errors, as words leaves them. Without it there are none.
func shape(body []byte, words func(string) string) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if len(body) == 0 {
		return "empty"
	}
	if d.Decode(&v) != nil {
		return fmt.Sprintf("%d bytes that are no JSON", len(body))
	}
	return shapeOf(v, "", words)
}

// told are the keys of an error whose values are Kustomer's own words.
var told = []string{"code", "title", "message", "detail", "status"}

func shapeOf(v any, key string, words func(string) string) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if words != nil && slices.Contains(told, key) {
			return "number " + v.String()
		}
		return "number"
	case string:
		if words != nil && slices.Contains(told, key) {
			return fmt.Sprintf("%.200q", words(v))
		}
		return "string"
	case []any:
		if len(v) == 0 {
			return "[]"
		}
		return "[" + shapeOf(v[0], key, words) + "]"
	case map[string]any:
		var keys []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			name := k
			if key == "custom" || key == "properties" {
				name = "…" // names that the organisation chose
			}
			keys = append(keys, name+": "+shapeOf(v[k], k, words))
		}
		if key == "custom" || key == "properties" {
			slices.Sort(keys) // or their order would tell of the names
			keys = slices.Compact(keys)
		}
		return "{" + strings.Join(keys, ", ") + "}"
	}
	return "?"
}
