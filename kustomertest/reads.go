package kustomertest

func (s *Server) getConversation(_ *call, id string) *response {
	conv := s.store.conversations[id]
	if conv == nil {
		return notFound("id")
	}
	return s.conversationResponse(conv, 200)
}

// findConversation serves GET /v1/conversations/externalId={externalId}. It returns the oldest match (assumed).
func (s *Server) findConversation(_ *call, externalID string) *response {
	conv := s.store.byExternalID(externalID)
	if conv == nil {
		return notFound("externalId")
	}
	return s.conversationResponse(conv, 200)
}

// getCustomer serves GET /v1/customers/{id}. The attributes in the response are assumed.
func (s *Server) getCustomer(_ *call, id string) *response {
	customer := s.store.customers[id]
	if customer == nil {
		return notFound("id")
	}
	at := formatTime(customer.created)
	return dataResponse(200, s.resource("customer", "/v1/customers/"+id, id, map[string]any{
		"createdAt": at, "updatedAt": at, "modifiedAt": at, "rev": 1, "tags": []any{},
	}, nil))
}

// getCurrentUser serves GET /v1/users/current, the machine user of the key. The attributes in the response are assumed.
func (s *Server) getCurrentUser(*call, string) *response {
	at := formatTime(s.store.began)
	return dataResponse(200, s.resource("user", "/v1/users/"+s.store.user, s.store.user, map[string]any{
		"name": "API", "displayName": "API", "userType": "machine", "createdAt": at, "updatedAt": at,
	}, nil))
}
