// Package operations lists the operations of the documents and calls the client's methods for them.
package operations

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/contract/internal/validator"
)

// An Operation is an operation of a document in api/.
type Operation struct {
	*openapi3.Operation
	Document           validator.Document
	File, Method, Path string
}

// All returns the operations of all documents. Root is the path to the root of the repository.
func All(t testing.TB, root string) []Operation {
	t.Helper()
	names, err := validator.Names(root)
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for _, name := range names {
		d, err := validator.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range slices.Sorted(maps.Keys(d.Paths.Map())) {
			methods := d.Paths.Value(path).Operations()
			for _, method := range slices.Sorted(maps.Keys(methods)) {
				all = append(all, Operation{methods[method], d, "api/" + filepath.Base(name), method, path})
			}
		}
	}
	return all
}

// OfClient returns the operations that are methods of the client.
func OfClient(t testing.TB, root string) []Operation {
	t.Helper()
	all := slices.DeleteFunc(All(t, root), func(op Operation) bool { return !op.IsMethod() })
	if len(all) == 0 {
		t.Fatal("no operation is a method of the client")
	}
	return all
}

// Variable returns the name of the operation's variable in the generated package.
func (op Operation) Variable() string {
	return strings.ToUpper(op.OperationID[:1]) + op.OperationID[1:] + "Operation"
}

// Success returns the documented status of success.
func (op Operation) Success() int {
	for status := range op.Responses.Map() {
		if n, err := strconv.Atoi(status); err == nil && n >= 200 && n <= 299 {
			return n
		}
	}
	return 0
}

// Roles returns the roles that allow the operation, one of which is enough, and their older names.
func (op Operation) Roles() (roles, legacy []string) {
	return texts(op.Extensions["x-required-roles"]), texts(op.Extensions["x-legacy-roles"])
}

func texts(list any) []string {
	var all []string
	items, _ := list.([]any)
	for _, item := range items {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

// MaxBody returns the documented maximum size of the request body in bytes, or 0 if there is no body.
func (op Operation) MaxBody() int {
	if op.RequestBody == nil {
		return 0
	}
	n, _ := op.RequestBody.Value.Extensions["x-max-body-bytes"].(float64)
	return int(n)
}

// OfCustomer reports whether the path is that of a customer.
func (op Operation) OfCustomer() bool { return strings.HasPrefix(op.Path, "/v1/customers/") }

// Parameter returns the parameter of the path: each path has one.
func (op Operation) Parameter() *openapi3.Parameter {
	for _, p := range slices.Concat(op.Document.Paths.Value(op.Path).Parameters, op.Parameters) {
		if p.Value.In == openapi3.ParameterInPath {
			return p.Value
		}
	}
	panic(op.OperationID + " has no path parameter")
}

// Query returns the query parameters.
func (op Operation) Query() []*openapi3.Parameter {
	var all []*openapi3.Parameter
	for _, p := range op.Parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			all = append(all, p.Value)
		}
	}
	return all
}
