package kustomertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/formats"
	"github.com/kustomer-go/kustomer/internal/limits"
)

var suffixes = []string{"Str", "Txt", "Num", "At", "Bool", "Url", "Id", "Tree"}

// suffixOf returns the known suffix of an attribute's name, "" where it has none.
func suffixOf(name string) string {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) && name != s {
			return s
		}
	}
	return ""
}

// checkCustom returns what is wrong with custom attributes, in the order of their names.
func (s *Server) checkCustom(attributes map[string]any) []problem {
	var found []problem
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		def, ok := s.attribute(name)
		if !ok || def.Deleted {
			found = append(found, notAllowed(name, "/custom", "/properties/custom"))
			continue
		}
		if msg := checkAttribute(name, def, attributes[name]); msg != "" {
			found = append(found, problem{parameter: name, pointer: pointer("custom." + name), title: msg})
		}
	}
	return found
}

// checkAttribute returns why a definition does not allow a value, or "". Null is always allowed: it clears.
func checkAttribute(name string, def Attribute, v any) string {
	if v == nil {
		return ""
	}
	suffix := suffixOf(name)
	list, isList := v.([]any)
	if def.either {
		def.List = isList
	}
	switch {
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
	switch suffix {
	case "":
		return ""
	case "Num":
		n, ok := v.(json.Number)
		if !ok {
			return "must be a number"
		}
		return oneOf(def, func(allowed string) bool { return sameNumber(allowed, n) })
	case "Bool":
		b, ok := v.(bool)
		if !ok {
			return "must be true or false"
		}
		return oneOf(def, func(allowed string) bool { return allowed == strconv.FormatBool(b) })
	}
	t, ok := v.(string) // a json.Number is no string
	if !ok {
		return "must be a string"
	}
	if msg := oneOf(def, func(allowed string) bool { return allowed == t }); msg != "" {
		return msg
	}
	return checkText(suffix, def, t)
}

// oneOf returns "" where any value is allowed, or is finds one that is.
func oneOf(def Attribute, is func(allowed string) bool) string {
	if def.Enumeration == nil || slices.ContainsFunc(def.Enumeration, is) {
		return ""
	}
	return "must be one of " + strings.Join(def.Enumeration, ", ")
}

// sameNumber reports whether a value of an enumeration is the number n, however it is written. One whose exponent nobody means
// has to be written in the same way.
func sameNumber(text string, n json.Number) bool {
	if len(text)+len(n) > 100 || strings.ContainsAny(text+string(n), "eE") {
		return text == string(n)
	}
	a, okA := new(big.Rat).SetString(text)
	b, okB := new(big.Rat).SetString(string(n))
	return okA && okB && a.Cmp(b) == 0
}

func checkText(suffix string, def Attribute, t string) string {
	if key, ok := keys[suffix]; ok {
		if err := key.Set(t).Value().Err(); err != nil {
			return err.Error()
		}
	}
	if _, _, ok := formats.DateTime(t); suffix == "At" && !ok {
		return "must be a date and time as RFC 3339 has them"
	}
	if def.Tree != nil && !inTree(def.Tree, t, def.LeafOnly) {
		return "must be a path in the tree"
	}
	return ""
}

// keys are asked what a text may be, so that they and the fake cannot disagree.
var keys = map[string]custom.Key[string]{
	"Str": custom.Str("x"), "Txt": custom.Txt("x"), "Url": custom.URL("x"), "Id": custom.ID("x"), "Tree": custom.Tree("x"),
}

// isPathID reports whether id can be an object id. That it is 24 hex digits is not enforced.
func isPathID(id string) bool {
	return len(limits.Check(gen.UpdateConversationAttributesOperation.PathID, "", id)) == 0
}

// setCustom sets the attributes that are sent and leaves the others; null removes one. When none is left, custom
// is absent (observed).
func (s *Server) setCustom(c *conversation, sent map[string]any, now time.Time) {
	merged := maps.Clone(c.custom())
	if merged == nil {
		merged = make(map[string]any)
	}
	for name, v := range sent {
		_, isList := v.([]any)
		s.store.used[name] = s.store.used[name] || isList
		if v == nil {
			delete(merged, name)
			continue
		}
		if suffixOf(name) == "At" {
			v = restamp(v)
		}
		merged[name] = v
	}
	c.set("custom", merged, now)
	if len(merged) == 0 {
		delete(c.attributes, "custom")
	}
}
