package kustomertest

import (
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// createConversation serves POST /v1/customers/{id}/conversations.
func (s *Server) createConversation(c *call, customerID string) *response {
	body, failure := s.readBody(c, s.cfg.Attributes)
	if failure != nil {
		return failure
	}
	customer := s.store.customers[customerID]
	if customer == nil {
		return notFound("id")
	}
	fields := body.(map[string]any)
	if externalID, ok := fields["externalId"].(string); ok && s.cfg.IdempotentExternalIDs {
		if conv := s.store.byExternalID(externalID, time.Time{}); conv != nil {
			return dataResponse(c.op.Success, s.conversationData(conv))
		}
	}
	if failure := s.clash(nil, fields); failure != nil {
		return failure
	}
	now := s.now()
	if fields["importedAt"] == nil && !s.spend(&customer.creates, s.cfg.CreateLimit, now) {
		return tooManyRequests()
	}
	conv := s.create(customerID, s.store.user, fields, now)
	conv.foundFrom, conv.listedFrom = now.Add(c.lag), now.Add(c.lag)
	return written(c, s.conversationData(conv))
}

func (s *Server) create(customer, user string, fields map[string]any, now time.Time) *conversation {
	id, ok := fields["id"].(string)
	if !ok {
		id = s.store.newID()
	}
	conv := &conversation{
		id: id, customer: customer, rev: 1, createdBy: user, modifiedBy: user, attributes: template(emptyConversation, now),
		relations: make(map[string]any), hidden: make(map[string]any),
	}
	if at := fields["createdAt"]; at != nil {
		conv.attributes["createdAt"] = normalizeTime(at)
		conv.attributes["importedAt"] = nil // observed for one conversation; assumed for all with createdAt
	}
	if at := fields["importedAt"]; at != nil {
		conv.attributes["importedAt"] = normalizeTime(at)
	}
	if _, sent := fields["defaultLang"]; sent {
		conv.attributes["locale"] = nil // observed for one conversation; assumed for all with a language
	}
	s.apply(conv, fields, now)
	s.store.conversations[id] = conv
	s.store.order = append(s.store.order, conv)
	s.announce(conv)
	return conv
}

// clash returns an error response if the id is invalid or taken, or the externalId is taken and must be unique. conv is
// the conversation to update, or nil for a new one.
func (s *Server) clash(conv *conversation, fields map[string]any) *response {
	if id, ok := fields["id"].(string); ok {
		switch {
		case len(schema.Check(gen.UpdateConversationAttributesOperation.PathID, "", id)) > 0:
			return invalidBody(fieldError{parameter: "id", title: "must be an object id"})
		case s.store.conversations[id] != nil:
			return conflict("id")
		}
	}
	if externalID, ok := fields["externalId"].(string); ok && s.cfg.UniqueExternalIDs {
		if other := s.store.byExternalID(externalID, time.Time{}); other != nil && other != conv {
			return conflict("externalId")
		}
	}
	return nil
}
