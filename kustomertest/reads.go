package kustomertest

// getConversation serves GET /v1/conversations/{id}.
func (s *Server) getConversation(_ *call, id string) *answer {
	conv := s.store.conversations[id]
	if conv == nil {
		return notFound("id")
	}
	return s.answerWith(conv, 200)
}

// findConversation serves GET /v1/conversations/externalId={externalId}. Of several it answers the oldest
// (assumed).
func (s *Server) findConversation(_ *call, externalID string) *answer {
	conv := s.store.byExternalID(externalID)
	if conv == nil {
		return notFound("externalId")
	}
	return s.answerWith(conv, 200)
}

// getCustomer serves GET /v1/customers/{id}. The few attributes it answers are assumed.
func (s *Server) getCustomer(_ *call, id string) *answer {
	customer := s.store.customers[id]
	if customer == nil {
		return notFound("id")
	}
	at := stamp(customer.created)
	attributes := map[string]any{"createdAt": at, "updatedAt": at, "modifiedAt": at, "rev": 1, "tags": []any{}}
	return s.named("customer", "customers", id, attributes)
}

// getCurrentUser serves GET /v1/users/current: the machine user of the key. Its attributes are assumed.
func (s *Server) getCurrentUser(*call, string) *answer {
	at := stamp(s.store.began)
	attributes := map[string]any{
		"name": "API", "displayName": "API", "userType": "machine", "createdAt": at, "updatedAt": at,
	}
	return s.named("user", "users", s.store.user, attributes)
}

func (s *Server) named(kind, collection, id string, attributes map[string]any) *answer {
	return &answer{status: 200, body: encode(map[string]any{"data": map[string]any{
		"type":          kind,
		"id":            id,
		"attributes":    attributes,
		"relationships": map[string]any{"org": relate("org", "orgs", s.store.org)},
		"links":         self("/v1/" + collection + "/" + id),
	}})}
}
