package kustomertest

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// relate returns the relationship to one record.
func relate(kind, collection, id string) any {
	return map[string]any{"links": linkTo("/v1/" + collection + "/" + id), "data": reference(kind, id)}
}

func reference(kind, id string) map[string]string { return map[string]string{"type": kind, "id": id} }

// linkTo returns links, which are relative and begin with /v1/ (observed).
func linkTo(path string) map[string]string { return map[string]string{"self": path} }

// resource encodes a record as the data of a response. All records are related to the organisation.
func (s *Server) resource(kind, path, id string, attributes map[string]any, relations map[string]any) json.RawMessage {
	all := map[string]any{"org": relate("org", "orgs", s.store.org)}
	maps.Copy(all, relations)
	return encode(map[string]any{
		"type": kind, "id": id, "attributes": attributes, "relationships": all, "links": linkTo(path),
	})
}

// conversationData returns a conversation as the data of a response.
func (s *Server) conversationData(c *conversation) any {
	if s.cfg.BareResponses {
		return reference("conversation", c.id)
	}
	return s.conversationResource(c)
}

func (s *Server) conversationResource(c *conversation) json.RawMessage {
	path := "/v1/conversations/" + c.id
	relations := map[string]any{
		"messages":   map[string]any{"links": linkTo(path + "/messages")},
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
		return reference("customer", c.id)
	}
	path := "/v1/customers/" + c.id
	return s.resource("customer", path, c.id, c.attributes, map[string]any{
		"messages":   map[string]any{"links": linkTo(path + "/messages")},
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
