package kustomertest

import "time"

// createConversation serves POST /v1/customers/{id}/conversations.
func (s *Server) createConversation(c *call, customer string) *answer {
	body, refusal := s.readBody(c, c.op)
	if refusal != nil {
		return refusal
	}
	if s.store.customers[customer] == nil {
		return notFound("id")
	}
	fields := body.(map[string]any)
	if externalID, ok := fields["externalId"].(string); ok && s.cfg.sameExtID {
		if conv := s.store.byExternalID(externalID); conv != nil {
			return s.answerWith(conv, 201)
		}
	}
	if refusal := s.clash(nil, fields); refusal != nil {
		return refusal
	}
	now := s.now()
	if fields["importedAt"] == nil && !s.takeOf(s.creates, customer, s.cfg.limits.create, now) {
		return tooMany()
	}
	return s.applied(s.create(customer, fields, now), 201)
}

// create adds a conversation with the fields of a request.
func (s *Server) create(customer string, fields map[string]any, now time.Time) *conversation {
	id, ok := fields["id"].(string)
	if !ok {
		id = s.store.newID()
	}
	conv := newConversation(id, customer, now)
	if at := fields["createdAt"]; at != nil {
		conv.attributes["createdAt"] = restamp(at)
		conv.attributes["importedAt"] = nil // observed; that it is so for those who began elsewhere is assumed
	}
	if at := fields["importedAt"]; at != nil {
		conv.attributes["importedAt"] = restamp(at)
	}
	if _, sent := fields["defaultLang"]; sent {
		conv.attributes["locale"] = nil // observed; that another language than the usual one has none is assumed
	}
	s.apply(conv, fields, now)
	s.store.add(conv)
	return conv
}

// clash refuses an id that is taken or no id, and an externalId that is taken where it has to be unique. conv is
// the conversation that is updated, nil for a new one.
func (s *Server) clash(conv *conversation, fields map[string]any) *answer {
	if id, ok := fields["id"].(string); ok {
		switch {
		case !isPathID(id):
			return badParam([]problem{{parameter: "id", title: "must be an object id"}})
		case s.store.conversations[id] != nil:
			return conflict("id")
		}
	}
	if externalID, ok := fields["externalId"].(string); ok && s.cfg.uniqueExtID {
		if other := s.store.byExternalID(externalID); other != nil && other != conv {
			return conflict("externalId")
		}
	}
	return nil
}
