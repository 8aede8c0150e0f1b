package kustomertest

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// A relation is a JSON:API relationship.
type relation struct {
	Links links      `json:"links"`
	Data  *reference `json:"data,omitempty"`
}

type reference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// links are relative and begin with /v1/ (observed).
type links struct {
	Self string `json:"self"`
}

// relate returns the relationship to one record.
func relate(kind, collection, id string) relation {
	return relation{links{"/v1/" + collection + "/" + id}, &reference{kind, id}}
}

// resource encodes a record as the data of a response. All records are related to the organisation.
func (s *Server) resource(kind, path, id string, attributes map[string]any, relations map[string]relation) json.RawMessage {
	all := map[string]relation{"org": relate("org", "orgs", s.store.org)}
	maps.Copy(all, relations)
	return encode(map[string]any{
		"type": kind, "id": id, "attributes": attributes, "relationships": all, "links": links{path},
	})
}

// conversationData returns a conversation as the data of a response.
func (s *Server) conversationData(c *conversation) any {
	if s.cfg.BareResponses {
		return reference{"conversation", c.id}
	}
	return s.conversationResource(c)
}

func (s *Server) conversationResource(c *conversation) json.RawMessage {
	path := "/v1/conversations/" + c.id
	relations := map[string]relation{
		"messages":   {Links: links{path + "/messages"}},
		"createdBy":  relate("user", "users", c.createdBy),
		"modifiedBy": relate("user", "users", c.modifiedBy),
		"customer":   relate("customer", "customers", c.customer),
		"brand":      relate("brand", "brands", s.store.brand),
	}
	maps.Copy(relations, c.relations)
	return s.resource("conversation", path, c.id, c.attributes, relations)
}

func (s *Server) customerData(c *customer) any {
	if s.cfg.BareResponses {
		return reference{"customer", c.id}
	}
	path := "/v1/customers/" + c.id
	return s.resource("customer", path, c.id, c.attributes, map[string]relation{
		"messages":   {Links: links{path + "/messages"}},
		"createdBy":  relate("user", "users", s.store.user),
		"modifiedBy": relate("user", "users", s.store.user),
	})
}

func dataResponse(status int, data any) *response {
	return &response{status: status, body: encode(map[string]any{"data": data})}
}

// written returns the response to a write that was applied.
func written(c *call, data any) *response {
	resp := dataResponse(c.op.Success, data)
	resp.applied = true
	return resp
}

// formatTime formats a time like Kustomer: UTC, with milliseconds (observed).
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// normalizeTime returns a time that was sent, or a list of times, in the format of responses. Other values are unchanged.
func normalizeTime(v any) any {
	switch v := v.(type) {
	case string:
		if t, _, ok := formats.DateTime(v); ok {
			return formatTime(t)
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = normalizeTime(v[i])
		}
		return list
	}
	return v
}
