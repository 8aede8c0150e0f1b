package kustomertest

import (
	"encoding/json"
	"maps"
)

// A relation is a JSON:API relationship.
type relation struct {
	Links map[string]string `json:"links"`
	Data  *relationData     `json:"data,omitempty"`
}

type relationData struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// relate returns the relationship to one record. Links are relative and begin with /v1/ (observed).
func relate(kind, collection, id string) relation {
	return relation{self("/v1/" + collection + "/" + id), &relationData{kind, id}}
}

func self(path string) map[string]string { return map[string]string{"self": path} }

// resource encodes a conversation as the data of a response.
func (s *Server) resource(c *conversation) json.RawMessage {
	path := "/v1/conversations/" + c.id
	relations := map[string]relation{
		"messages":   {Links: self(path + "/messages")},
		"createdBy":  relate("user", "users", s.store.user),
		"modifiedBy": relate("user", "users", s.store.user),
		"org":        relate("org", "orgs", s.store.org),
		"customer":   relate("customer", "customers", c.customer),
		"brand":      relate("brand", "brands", s.store.brand),
	}
	maps.Copy(relations, c.relations)
	return encode(map[string]any{
		"type":          "conversation",
		"id":            c.id,
		"attributes":    c.attributes,
		"relationships": relations,
		"links":         self(path),
	})
}

// conversationResponse returns a response with a conversation.
func (s *Server) conversationResponse(c *conversation, status int) *response {
	data := any(relationData{"conversation", c.id})
	if !s.cfg.BareResponses {
		data = s.resource(c)
	}
	return &response{status: status, body: encode(map[string]any{"data": data})}
}

// writeResponse returns the response to a write.
func (s *Server) writeResponse(c *conversation, status int) *response {
	resp := s.conversationResponse(c, status)
	resp.applied = true
	return resp
}
