package kustomertest

func (s *Server) getConversation(_ *call, id string) *response {
	return found(s.store.conversations[id], s.conversationData, "id")
}

// findConversation serves GET /v1/conversations/externalId={externalId}. It returns the oldest match (assumed).
func (s *Server) findConversation(_ *call, externalID string) *response {
	return found(s.store.byExternalID(externalID, s.now()), s.conversationData, "externalId")
}

func (s *Server) getCustomer(_ *call, id string) *response {
	return found(s.store.customers[id], s.customerData, "id")
}

// findCustomer serves the lookups of customers. Values are compared exactly (assumed).
func (s *Server) findCustomer(c *call, value string) *response {
	identity := parameter(c.op.Path)
	return found(s.store.customerBy(identity, value, s.now()), s.customerData, identity)
}

// found returns a record, or a 404 if record is nil.
func found[T any](record *T, data func(*T) any, parameter string) *response {
	if record == nil {
		return notFound(parameter)
	}
	return dataResponse(200, data(record))
}

// getCurrentUser serves GET /v1/users/current, the machine user of the key. The attributes in the response are assumed.
func (s *Server) getCurrentUser(*call, string) *response {
	at := formatTime(s.store.began)
	return dataResponse(200, s.resource("user", "/v1/users/"+s.store.user, s.store.user, map[string]any{
		"name": "API", "displayName": "API", "userType": "machine", "createdAt": at, "updatedAt": at,
	}, nil))
}
