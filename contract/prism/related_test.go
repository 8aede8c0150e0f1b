package prism

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/contract/internal/random"
)

// Every response of the second document, with each of its examples, becomes a result or an error.
func TestRelatedResponses(t *testing.T) {
	s := connect(t, related)
	c := s.client(t)
	for _, op := range operationsOf(t, "api/related.yaml") {
		responses := op.Responses.Map()
		for _, declared := range slices.Sorted(maps.Keys(responses)) {
			for _, status := range statuses(t, declared) {
				for media, content := range responses[declared].Value.Content {
					for _, name := range examples(content) {
						s.prefer, s.accept = fmt.Sprintf("code=%d", status), media
						if name != "" {
							s.prefer += ", example=" + name
						}
						_, err := op.Call(t.Context(), c, op.Values()[0], op.ExampleBody(t))
						where := fmt.Sprintf("%s: %d %s %s", op.OperationID, status, media, name)
						if s.last.status != status || s.last.refused != nil || s.last.invalid != nil || s.last.header.Get("sl-violations") != "" {
							t.Fatalf("%s: Prism responds %d %s\n%s\n%v\n%v", where, s.last.status, s.last.header.Get("sl-violations"), s.last.body, s.last.refused, s.last.invalid)
						}
						if page, ok := errors.AsType[*client.PageError](err); ok && status == op.Success() && page.Page > 1 {
							continue // Prism responds with the same page again
						}
						if status != op.Success() {
							checkError(t, s, op, where, status, media, err)
						} else if err != nil {
							t.Errorf("%s: %v", where, err)
						}
					}
				}
			}
		}
	}
}

// Prism accepts each value of a path that the client sends. Its own check of email addresses is stricter than the client's.
func TestRelatedPaths(t *testing.T) {
	s := connect(t, related)
	c := s.client(t)
	for _, op := range operationsOf(t, "api/related.yaml") {
		values := op.Values()
		r := random.New(13, 14)
		for op.Parameter().Schema.Value.Format != "email" && len(values) < 200 {
			var value string
			r.Value(reflect.ValueOf(&value).Elem(), 1)
			values = append(values, value)
		}
		for _, value := range values {
			call(t, s, c, op, value, op.ExampleBody(t))
		}
	}
}

// Prism accepts the tags to remove that the client sends, and refuses those that the client refuses.
func TestRelatedBodies(t *testing.T) {
	s := connect(t, related)
	checking, unchecked := s.client(t), s.client(t, client.WithoutRequestChecks())
	for _, op := range operationsOf(t, "api/related.yaml") {
		if op.Body() == nil {
			continue
		}
		r := random.New(15, 16)
		refused := 0
		for range bodies / 2 {
			body := op.NewBody()
			r.Value(reflect.ValueOf(body).Elem(), 1)
			if !call(t, s, checking, op, id, body) {
				refused++
				if call(t, s, unchecked, op, id, body); s.last.status != http.StatusBadRequest {
					t.Fatalf("%s: Prism responds %d to %s, which the client refuses", op.OperationID, s.last.status, marshal(t, body))
				}
			}
		}
		if refused < bodies/100 || refused > bodies/2-bodies/100 {
			t.Errorf("%s: the client refuses %d of %d bodies: too few or too many for a test", op.OperationID, refused, bodies/2)
		}
	}
}

// call reports whether the client sends a call. It fails the test if Prism or kin-openapi alone refuses the request.
func call(t *testing.T, s *server, c *client.Client, op operations.Operation, value string, body any) bool {
	t.Helper()
	sent := s.sent
	_, err := op.Call(t.Context(), c, value, body)
	if s.gone != nil {
		t.Fatal(s.gone)
	}
	if _, ok := errors.AsType[*client.ValidationError](err); ok {
		return false
	}
	if s.sent == sent {
		t.Fatalf("%s %q was not sent: %v", op.OperationID, value, err)
	}
	if byPrism := s.violations("request") != nil; byPrism != (s.last.refused != nil) || byPrism != errors.Is(err, client.ErrBadRequest) {
		t.Fatalf("%s %q: Prism: %q, kin-openapi: %v, client: %v", op.OperationID, value, s.violations("request"), s.last.refused, err)
	}
	return true
}
