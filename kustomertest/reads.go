package kustomertest

// getConversation serves GET /v1/conversations/{id}.
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
	attributes := map[string]any{"createdAt": at, "updatedAt": at, "modifiedAt": at, "rev": 1, "tags": []any{}}
	return s.recordResponse("customer", "customers", id, attributes)
}

// getCurrentUser serves GET /v1/users/current, the machine user of the key. The attributes in the response are assumed.
func (s *Server) getCurrentUser(*call, string) *response {
	at := formatTime(s.store.began)
	attributes := map[string]any{
		"name": "API", "displayName": "API", "userType": "machine", "createdAt": at, "updatedAt": at,
	}
	return s.recordResponse("user", "users", s.store.user, attributes)
}

func (s *Server) recordResponse(kind, collection, id string, attributes map[string]any) *response {
	return &response{status: 200, body: encode(map[string]any{"data": map[string]any{
		"type":          kind,
		"id":            id,
		"attributes":    attributes,
		"relationships": map[string]any{"org": relate("org", "orgs", s.store.org)},
		"links":         self("/v1/" + collection + "/" + id),
	}})}
}
