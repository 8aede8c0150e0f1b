package kustomertest

import "slices"

func (s *Server) getConversation(_ *call, id string) *response {
	conv := s.store.conversations[id]
	if conv == nil {
		return notFound("id")
	}
	return s.conversationResponse(conv, 200)
}

// findConversation serves GET /v1/conversations/externalId={externalId}. It returns the oldest match (assumed).
func (s *Server) findConversation(_ *call, externalID string) *response {
	now := s.now()
	for _, conv := range s.store.order {
		if conv.attributes["externalId"] == externalID && !now.Before(conv.foundFrom) {
			return s.conversationResponse(conv, 200)
		}
	}
	return notFound("externalId")
}

func (s *Server) getCustomer(_ *call, id string) *response {
	customer := s.store.customers[id]
	if customer == nil {
		return notFound("id")
	}
	return s.customerResponse(customer, 200)
}

// findCustomer serves the lookups of customers. Values are compared exactly (assumed).
func (s *Server) findCustomer(c *call, value string) *response {
	now, identity := s.now(), parameter(c.op.Path)
	for _, customer := range s.store.customerOrder {
		if !now.Before(customer.foundFrom) && slices.Contains(customer.values(identity), value) {
			return s.customerResponse(customer, 200)
		}
	}
	return notFound(identity)
}

// getCurrentUser serves GET /v1/users/current, the machine user of the key. The attributes in the response are assumed.
func (s *Server) getCurrentUser(*call, string) *response {
	at := formatTime(s.store.began)
	return dataResponse(200, s.resource("user", "/v1/users/"+s.store.user, s.store.user, map[string]any{
		"name": "API", "displayName": "API", "userType": "machine", "createdAt": at, "updatedAt": at,
	}, nil))
}
