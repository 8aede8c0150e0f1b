package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// compareStructure finds the breaking changes that oasdiff 1.32.1 says nothing about: of servers, of the scheme of
// authentication, of our own limits, of ranges of statuses, and of keywords of schemas: additionalProperties, items that
// come or go, "not", readOnly of a request and writeOnly of an answer, and required fields which the same schema does not describe, as in branches of anyOf.
func compareStructure(before, after *openapi3.T) []change {
	var s structure
	s.servers(before, after)
	s.schemes(before, after)
	for _, path := range slices.Sorted(maps.Keys(before.Paths.Map())) {
		old, now := before.Paths.Value(path), after.Paths.Value(path)
		if now == nil {
			continue
		}
		for _, method := range slices.Sorted(maps.Keys(old.Operations())) {
			if op := now.Operations()[method]; op != nil {
				s.operation(old.Operations()[method], op)
			}
		}
	}
	return s.changes
}

type structure struct {
	changes []change
	in      string // the operation
	request bool
	seen    map[[2]*openapi3.Schema]bool
}

func (s *structure) add(subject, format string, args ...any) {
	var names []string
	for _, name := range []string{s.in, subject} {
		if name != "" {
			names = append(names, name)
		}
	}
	s.changes = append(s.changes, change{names, fmt.Sprintf(format, args...), s.in != "" && subject == ""})
}

func (s *structure) servers(before, after *openapi3.T) {
	for _, old := range before.Servers {
		if !slices.ContainsFunc(after.Servers, func(now *openapi3.Server) bool { return now.URL == old.URL }) {
			s.add(old.URL, "server removed")
		}
	}
}

func (s *structure) schemes(before, after *openapi3.T) {
	if before.Components == nil || after.Components == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(before.Components.SecuritySchemes)) {
		now := after.Components.SecuritySchemes[name]
		if now == nil || now.Value == nil {
			continue
		}
		old, value := *before.Components.SecuritySchemes[name].Value, *now.Value
		if old.Scheme != value.Scheme || old.In != value.In || old.Name != value.Name {
			s.add(name, "the way to authenticate changed from %q to %q", scheme(old), scheme(value))
		}
	}
}

func scheme(v openapi3.SecurityScheme) string {
	return strings.Join(strings.Fields(strings.Join([]string{v.Type, v.Scheme, v.In, v.Name}, " ")), " ")
}

func (s *structure) operation(old, now *openapi3.Operation) {
	s.in = old.OperationID
	for _, roles := range []string{"x-required-roles", "x-legacy-roles"} { // any one of them suffices
		was, is := words(old.Extensions[roles]), words(now.Extensions[roles])
		for _, role := range was {
			if len(is) > 0 && !slices.Contains(is, role) {
				s.add(roles, "%s does not suffice any more", role)
			}
		}
		if len(was) == 0 && len(is) > 0 {
			s.add(roles, "a role is needed: %s", strings.Join(is, ", "))
		}
	}

	if old.RequestBody != nil && now.RequestBody != nil {
		s.request = true
		was, is := old.RequestBody.Value, now.RequestBody.Value
		const key = "x-max-body-bytes"
		if limit, ok := number(is.Extensions[key]); ok {
			if former, had := number(was.Extensions[key]); !had {
				s.add(key, "limit set to %v", limit)
			} else if limit < former {
				s.add(key, "limit lowered from %v to %v", former, limit)
			}
		}
		s.content("", was.Content, is.Content)
	}
	s.request = true
	for _, p := range old.Parameters {
		if q := now.Parameters.GetByInAndName(p.Value.In, p.Value.Name); q != nil {
			s.start(p.Value.Name, p.Value.Schema, q.Schema)
		}
	}

	s.request = false
	for _, status := range slices.Sorted(maps.Keys(old.Responses.Map())) {
		was, is := old.Responses.Value(status), now.Responses.Value(status)
		switch {
		case is != nil:
			s.content(status, was.Value.Content, is.Value.Content)
			for _, name := range slices.Sorted(maps.Keys(was.Value.Headers)) {
				h := is.Value.Headers[name]
				if h != nil && h.Value.Schema == nil && was.Value.Headers[name].Value.Schema != nil {
					s.add(name, "the header's type is not described any more for the status %s", status)
				}
			}
		case strings.HasSuffix(status, "XX") || status == "default":
			s.add(status, "answers of this range are not described any more")
		}
	}
}

func (s *structure) content(status string, old, now openapi3.Content) {
	for _, mediaType := range slices.Sorted(maps.Keys(old)) {
		if m := now[mediaType]; m != nil {
			s.start(status, old[mediaType].Schema, m.Schema)
		}
	}
}

func (s *structure) start(subject string, old, now *openapi3.SchemaRef) {
	s.seen = map[[2]*openapi3.Schema]bool{}
	s.schema(subject, old, now)
}

// schema compares two schemas and those below them. For a request, what narrows it breaks; for an answer, what widens it.
func (s *structure) schema(at string, oldRef, nowRef *openapi3.SchemaRef) {
	if oldRef == nil || nowRef == nil || oldRef.Value == nil || nowRef.Value == nil {
		return
	}
	old, now := oldRef.Value, nowRef.Value
	pair := [2]*openapi3.Schema{old, now}
	if s.seen[pair] {
		return
	}
	s.seen[pair] = true

	narrow, wide := now, old // of a request, the new one must not be narrower; of an answer, the old one
	if !s.request {
		narrow, wide = old, now
	}
	if s.request && open(old) && !open(now) {
		s.add(at, "other fields are not allowed any more")
	}
	if wide.Items == nil && narrow.Items != nil && old.Type.Is(openapi3.TypeArray) && now.Type.Is(openapi3.TypeArray) {
		s.add(at, "the type of the items changed")
	}
	if s.request && now.ReadOnly && !old.ReadOnly {
		s.add(at, "it became readOnly, so it cannot be sent any more")
	}
	if !s.request && now.WriteOnly && !old.WriteOnly {
		s.add(at, "it became writeOnly, so answers do not hold it any more")
	}
	for _, name := range narrow.Required {
		if !slices.Contains(wide.Required, name) && old.Properties[name] == nil && now.Properties[name] == nil {
			s.add(at, map[bool]string{true: "%s became required", false: "%s is not always there any more"}[s.request], name)
		}
	}
	if was, is := canonical(old.Not), canonical(now.Not); !bytes.Equal(was, is) {
		s.add(at, "what is not allowed changed from %s to %s", was, is)
	}

	for _, name := range slices.Sorted(maps.Keys(old.Properties)) {
		s.schema(join(at, name), old.Properties[name], now.Properties[name])
	}
	s.schema(join(at, "items"), old.Items, now.Items)
	s.schema(join(at, "*"), old.AdditionalProperties.Schema, now.AdditionalProperties.Schema)
	for _, branches := range [][2]openapi3.SchemaRefs{{old.AnyOf, now.AnyOf}, {old.OneOf, now.OneOf}, {old.AllOf, now.AllOf}} {
		if len(branches[0]) == len(branches[1]) { // oasdiff reports those that come or go
			for i := range branches[0] {
				s.schema(at, branches[0][i], branches[1][i])
			}
		}
	}
}

// open tells whether a schema allows fields that it does not describe.
func open(s *openapi3.Schema) bool {
	return s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil || s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "/" + name
}

// canonical is a schema as JSON, or "nothing".
func canonical(s *openapi3.SchemaRef) []byte {
	if s == nil || s.Value == nil {
		return []byte("nothing")
	}
	data, err := json.Marshal(s.Value)
	if err != nil {
		return []byte(err.Error())
	}
	return data
}

// words are the strings of a list in an extension.
func words(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, item := range list {
		all = append(all, fmt.Sprint(item))
	}
	return all
}

func number(v any) (float64, bool) {
	n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	return n, err == nil
}
