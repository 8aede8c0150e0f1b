package kustomertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/formats"
)

// suffixes maps the known suffixes to the types in the metadata. Those of Bool, At, Tree, Url and Id are assumed.
var suffixes = map[string]string{
	"Str": "string", "Txt": "string", "Url": "string", "Id": "string",
	"Num": "number", "Bool": "boolean", "At": "date", "Tree": "tree",
}

// suffixOf returns the known suffix of a name, or "".
func suffixOf(name string) string {
	for s := range suffixes {
		if strings.HasSuffix(name, s) && name != s {
			return s
		}
	}
	return ""
}

// checkCustom returns the errors of custom attributes, sorted by name.
func checkCustom(attributes map[string]any, defined map[string]Attribute) []fieldError {
	var found []fieldError
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		v := attributes[name]
		def, ok := definition(defined, name, v)
		if !ok || def.Deleted {
			found = append(found, unknownField(name, "/custom", "/properties/custom"))
			continue
		}
		if msg := checkAttribute(name, def, v); msg != "" {
			found = append(found, fieldError{parameter: name, pointer: pointer("custom." + name), title: msg})
		}
	}
	return found
}

// checkAttribute returns why a definition does not allow a value, or "".
func checkAttribute(name string, def Attribute, v any) string {
	suffix := suffixOf(name)
	list, isList := v.([]any)
	switch {
	case v == nil: // clears the attribute
		return ""
	case !def.List:
		return checkOne(suffix, def, v)
	case !isList:
		return "must be a list"
	}
	for i, item := range list {
		if msg := checkOne(suffix, def, item); msg != "" {
			return fmt.Sprintf("item %d %s", i, msg)
		}
	}
	return ""
}

func checkOne(suffix string, def Attribute, v any) string {
	text := fmt.Sprint(v)
	_, isText := v.(string)
	_, isNumber := v.(json.Number)
	_, isBool := v.(bool)
	_, _, isTime := formats.DateTime(text)
	is := func(allowed string) bool { return allowed == text || suffix == "Num" && sameNumber(allowed, text) }
	switch {
	case suffix == "":
		return ""
	case suffix == "Num" && !isNumber:
		return "must be a number"
	case suffix == "Bool" && !isBool:
		return "must be true or false"
	case suffix != "Num" && suffix != "Bool" && !isText:
		return "must be a string"
	case def.Enumeration != nil && !slices.ContainsFunc(def.Enumeration, is):
		return "must be one of " + strings.Join(def.Enumeration, ", ")
	case suffix == "At" && !isTime:
		return "must be an RFC 3339 date and time"
	case def.Tree != nil && !inTree(def.Tree, text, def.LeafOnly):
		return "must be a path in the tree"
	}
	if key, ok := keys[suffix]; ok {
		if err := key.Set(text).Value().Err(); err != nil {
			return err.Error()
		}
	}
	return ""
}

// sameNumber reports whether a and b are the same number in JavaScript.
func sameNumber(a, b string) bool {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	return errA == nil && errB == nil && x == y
}

// keys check texts, so that package custom and the fake agree.
var keys = map[string]custom.Key[string]{
	"Str": custom.Str("x"), "Txt": custom.Txt("x"), "Url": custom.URL("x"), "Id": custom.ID("x"), "Tree": custom.Tree("x"),
}

// setCustom sets the attributes that are sent and keeps the others.
func (s *Server) setCustom(c *conversation, sent map[string]any, now time.Time) {
	for name, v := range sent {
		_, isList := v.([]any)
		s.store.used[name] = s.store.used[name] || isList
	}
	old, _ := c.attributes["custom"].(map[string]any)
	c.set("custom", mergeCustom(old, sent), now)
}

// mergeCustom returns the attributes that are sent and the others of old. It returns nil if null has removed all (observed).
func mergeCustom(old, sent map[string]any) any {
	merged := make(map[string]any)
	maps.Copy(merged, old)
	for name, v := range sent {
		if v == nil {
			delete(merged, name)
			continue
		}
		if suffixOf(name) == "At" {
			v = normalizeTime(v)
		}
		merged[name] = v
	}
	if len(merged) == 0 {
		return nil
	}
	return merged
}
