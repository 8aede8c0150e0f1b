package kustomertest

import (
	"regexp"
	"slices"
)

var objectID = regexp.MustCompile(`^[0-9a-f]{24}$`)

// tagID returns the id of a tag that was sent by name or id, and creates one for a new name. What has the form of
// an id is one, also when the fake has never seen it. Names are compared exactly (assumed).
func (s *store) tagID(sent string) string {
	if objectID.MatchString(sent) {
		return sent
	}
	if id, ok := s.tags[sent]; ok {
		return id
	}
	id := s.newID()
	s.tags[sent], s.tagNames[id] = id, sent
	return id
}

// union returns tags with those sent that it lacks, in the order they were sent.
func (s *store) union(tags, sent []any) []any {
	tags = append([]any{}, tags...) // never nil, which would be written as null
	for _, t := range sent {
		if id := s.tagID(t.(string)); !slices.Contains(tags, any(id)) {
			tags = append(tags, id)
		}
	}
	return tags
}

// appendTags serves POST /v1/conversations/{id}/tags.
func (s *Server) appendTags(c *call, id string) *answer {
	conv, body, refusal := s.readChange(c, id)
	if refusal != nil {
		return refusal
	}
	now := s.now()
	if !s.takeOf(s.updates, id, s.cfg.limits.object, now) {
		return tooMany()
	}
	old := conv.tags()
	if tags := s.store.union(old, body.([]any)); len(tags) > len(old) {
		conv.set("tags", tags, now)
		conv.touch(now)
	}
	return s.applied(conv, 200)
}

// AddTag returns the id of the tag with that name, which it creates if there is none.
func (s *Server) AddTag(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.tagID(name)
}

// TagName returns the name of a tag by its id, and false where there is no such tag.
func (s *Server) TagName(id string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.store.tagNames[id]
	return name, ok
}
