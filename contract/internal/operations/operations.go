// Package operations lists the operations of the documents and calls the client's methods for them.
package operations

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/validator"
)

// An Operation is an operation of a document in api/.
type Operation struct {
	*openapi3.Operation
	Document           validator.Document
	File, Method, Path string
}

// later has the documents that neither client nor fake follows yet.
var later = map[string]bool{"related.yaml": true}

// All returns the operations of all documents, except those in later. Root is the path to the root of the repository.
func All(t testing.TB, root string) []Operation {
	t.Helper()
	names, err := validator.Names(root)
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for _, name := range names {
		if later[filepath.Base(name)] {
			continue
		}
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

// MethodName returns the name of the client's method for the operation, with ID in capitals.
func (op Operation) MethodName() string {
	name := strings.TrimSuffix(op.Variable(), "Operation")
	if short, ok := strings.CutSuffix(name, "Id"); ok {
		return short + "ID"
	}
	return name
}

// IsMethod reports whether the client has a method for the operation.
func (op Operation) IsMethod() bool {
	_, ok := reflect.TypeFor[*client.Client]().MethodByName(op.MethodName())
	return ok
}

// Result returns the type that the client's method returns beside the error.
func (op Operation) Result() reflect.Type {
	method, _ := reflect.TypeFor[*client.Client]().MethodByName(op.MethodName())
	return method.Type.Out(0)
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

// URLPath returns the path for a record with this id. Other parameters have the values of their examples.
func (op Operation) URLPath(id string) string {
	path := strings.ReplaceAll(op.Path, "{id}", id)
	for _, p := range slices.Concat(op.Document.Paths.Value(op.Path).Parameters, op.Parameters) {
		path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", fmt.Sprint(p.Value.Example))
	}
	return path
}

// OfCustomer reports whether the path has the id of a customer.
func (op Operation) OfCustomer() bool { return strings.HasPrefix(op.Path, "/v1/customers/") }

// Body returns the schema of the request body, or nil if there is no body.
func (op Operation) Body() *openapi3.SchemaRef {
	if op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Value.Content.Get("application/json").Schema
}

// Examples returns the examples of the request body, or an empty body if there is no body.
func (op Operation) Examples() []string {
	if op.Body() == nil {
		return []string{""}
	}
	content := op.RequestBody.Value.Content.Get("application/json")
	values := []any{}
	if content.Example != nil {
		values = append(values, content.Example)
	}
	for _, name := range slices.Sorted(maps.Keys(content.Examples)) {
		values = append(values, content.Examples[name].Value.Value)
	}
	var all []string
	for _, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	if all == nil {
		return []string{"null"} // TestOperationsAreDescribed reports it
	}
	return all
}

// NewBody returns a pointer to a new value of the type that the client's method takes as a body.
func (op Operation) NewBody() any {
	method, _ := reflect.TypeFor[*client.Client]().MethodByName(op.MethodName())
	if op.Body() == nil || method.Type.NumIn() < 5 { // the client, the context, the id, the body, and options
		return nil
	}
	return reflect.New(method.Type.In(3)).Interface()
}

// ExampleBody returns the first example of the request body as the client's method takes it.
func (op Operation) ExampleBody(t testing.TB) any {
	t.Helper()
	body := op.NewBody()
	if body != nil {
		if err := json.Unmarshal([]byte(op.Examples()[0]), body); err != nil {
			t.Fatalf("%s: the example is not a %T: %v", op.OperationID, body, err)
		}
	}
	return body
}

// Call calls the client's method. Body is what [Operation.NewBody] returned.
func (op Operation) Call(ctx context.Context, c *client.Client, id string, body any) (result any, err error) {
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(id)}
	if body != nil {
		args = append(args, reflect.ValueOf(body).Elem())
	}
	out := reflect.ValueOf(c).MethodByName(op.MethodName()).Call(args)
	err, _ = out[len(out)-1].Interface().(error)
	return out[0].Interface(), err
}

// NewRequest returns a request for the operation, without a body.
func (op Operation) NewRequest(t testing.TB, host, key, id string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), op.Method, host+op.URLPath(id), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+key)
	return r
}
