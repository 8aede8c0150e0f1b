package contract

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// The generated operations, which client and fake use, are those of the documents.
func TestGeneratedOperations(t *testing.T) {
	generated := slices.Concat(gen.Operations, related.Operations)
	for _, op := range operations.OfClient(t, "..") {
		i := slices.IndexFunc(generated, func(g *schema.Operation) bool { return g.ID == op.OperationID })
		if i < 0 {
			continue // TestStepsOfEachOperation reports it
		}
		g := generated[i]
		roles, legacy := op.Roles()
		if g.Method != op.Method || g.Path != op.Path || g.Success != op.Success() || g.MaxBody != op.MaxBody() ||
			!slices.Equal(g.Roles, roles) || !slices.Equal(g.LegacyRoles, legacy) || len(roles) == 0 {
			t.Errorf("%s: generated is %+v", op.OperationID, *g)
		}
	}
}

// The fake allows an operation to each of its documented roles, and to no other role of the documents. The client's error names
// the roles.
func TestRoles(t *testing.T) {
	var all []string
	for _, op := range operations.All(t, "..") {
		roles, legacy := op.Roles()
		all = append(all, slices.Concat(roles, legacy)...)
	}
	for _, op := range operations.All(t, "..") {
		roles, legacy := op.Roles()
		allowed := slices.Concat(roles, legacy)
		others := slices.DeleteFunc(slices.Clone(all), func(role string) bool { return slices.Contains(allowed, role) })
		for _, role := range allowed {
			srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, Roles: []string{role}})
			if status, body := call(t, srv, op, op.Examples()[0]); status != op.Success() {
				t.Errorf("%s with the role %s: %d %s", op.OperationID, role, status, body)
			}
		}
		srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, Roles: others})
		if status, body := call(t, srv, op, op.Examples()[0]); status != 403 {
			t.Errorf("%s with all other roles: %d %s", op.OperationID, status, body)
		}
		if !op.IsMethod() {
			continue
		}
		c := newClient(t, srv.HTTPClient().Transport, client.WithAPIKey(kustomertest.APIKey))
		_, err := op.Call(t.Context(), c, op.Values()[0], op.ExampleBody(t))
		if !errors.Is(err, client.ErrForbidden) {
			t.Errorf("%s: %v", op.OperationID, err)
			continue
		}
		for _, role := range allowed {
			if !strings.Contains(err.Error(), role) {
				t.Errorf("%s: the error lacks the role %s: %v", op.OperationID, role, err)
			}
		}
	}
}

// The fake takes a body of the documented maximum size, and refuses one that is a byte larger.
func TestLargestBody(t *testing.T) {
	for _, op := range operations.OfClient(t, "..") {
		if op.Body() == nil {
			continue
		}
		for extra, want := range []int{op.Success(), 413} {
			srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
			body := op.Examples()[0]
			body += strings.Repeat(" ", op.MaxBody()+extra-len(body))
			if status, text := call(t, srv, op, body); status != want {
				t.Errorf("%s with %d bytes: %d %s", op.OperationID, len(body), status, text)
			}
		}
	}
}

// call sends a request of an operation to a fake that has the record.
func call(t *testing.T, srv *kustomertest.Server, op operations.Operation, body string) (status int, response []byte) {
	t.Helper()
	r := op.NewRequest(t, srv.URL, kustomertest.APIKey, recordOf(t, srv, op))
	r.Body = io.NopCloser(strings.NewReader(body))
	return send(t, srv, r)
}
