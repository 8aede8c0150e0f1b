package kustomertest

import (
	"regexp"
	"slices"
)

var objectID = regexp.MustCompile(`^[0-9a-f]{24}$`)

// tagID returns the id of a tag that was sent by name or id. It creates a tag for a new name. A text in the format of an id is
// always an id. Names are compared exactly (assumed).
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

// union returns tags and those of sent that are missing, in the order of sent.
func (s *store) union(tags, sent []any) []any {
	tags = append([]any{}, tags...) // never nil, which would be encoded as null
	for _, t := range sent {
		if id := s.tagID(t.(string)); !slices.Contains(tags, any(id)) {
			tags = append(tags, id)
		}
	}
	return tags
}

// appendTags serves POST /v1/conversations/{id}/tags.
func (s *Server) appendTags(c *call, id string) *response {
	return s.changeTags(c, id, s.store.union)
}

// removeTags serves DELETE /v1/conversations/{id}/tags. A tag that the conversation does not have is no error (assumed).
func (s *Server) removeTags(c *call, id string) *response {
	return s.changeTags(c, id, func(tags, sent []any) []any {
		return slices.DeleteFunc(slices.Clone(tags), func(tag any) bool {
			id, _ := tag.(string)
			return slices.Contains(sent, tag) || slices.Contains(sent, any(s.store.tagNames[id]))
		})
	})
}

// changeTags serves an operation on tags. It is no change if as many tags are left.
func (s *Server) changeTags(c *call, id string, change func(tags, sent []any) []any) *response {
	conv, body, failure := s.readChange(c, id)
	if failure != nil {
		return failure
	}
	now := s.now()
	if !s.spend(&conv.updates, s.cfg.ObjectLimit, now) {
		return tooManyRequests()
	}
	old := conv.tags()
	if tags := change(old, body.([]any)); len(tags) != len(old) {
		conv.set("tags", tags, now)
		conv.bumpRev(s.store.user, now)
		s.announce(conv)
	}
	return written(c, s.conversationData(conv))
}

// AddTag returns the id of the tag with that name. It creates the tag if necessary.
func (s *Server) AddTag(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.tagID(name)
}

// TagName returns the name of a tag by id, and false if there is no such tag.
func (s *Server) TagName(id string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.store.tagNames[id]
	return name, ok
}
