package operations

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// calls says how the client calls the operations whose methods have another name than the operation.
var calls = map[string]struct {
	method string
	by     string // the function that makes what the method takes in place of the value of the path parameter
	lookup func(string) client.CustomerLookup
}{
	"removeTagsFromConversation":  {method: "RemoveTags"},
	"getConversationByExternalId": {method: "ConversationByExternalID"},
	"getConversationsByCustomer":  {method: "CustomerConversations"},
	"getCustomerById":             {"FindCustomer", "ByID", client.ByID},
	"getCustomerByEmail":          {"FindCustomer", "ByEmail", client.ByEmail},
	"getCustomerByPhone":          {"FindCustomer", "ByPhone", client.ByPhone},
	"getCustomerByExternalId":     {"FindCustomer", "ByExternalID", client.ByExternalID},
}

// A list is what a method returns that reads all pages of a list.
type list = iter.Seq2[*client.Conversation, error]

// MethodName returns the name of the client's method. By default it is that of the operation, with ID in capitals.
func (op Operation) MethodName() string {
	name := strings.TrimSuffix(op.Variable(), "Operation")
	if short, ok := strings.CutSuffix(name, "Id"); ok {
		name = short + "ID"
	}
	return cmp.Or(calls[op.OperationID].method, name)
}

// Called returns how a call of the operation is written in Go, up to the bracket.
func (op Operation) Called() string {
	return cmp.Or(calls[op.OperationID].by, op.MethodName()) + "("
}

// IsMethod reports whether the client has a method for the operation.
func (op Operation) IsMethod() bool {
	_, ok := reflect.TypeFor[*client.Client]().MethodByName(op.MethodName())
	return ok
}

// Result returns the type that the client's method returns beside the error. That of a method that reads a list is a slice.
func (op Operation) Result() reflect.Type {
	method, _ := reflect.TypeFor[*client.Client]().MethodByName(op.MethodName())
	if result := method.Type.Out(0); result != reflect.TypeFor[list]() {
		return result
	}
	return reflect.TypeFor[[]*client.Conversation]()
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

// Call calls the client's method. Value is that of the path parameter, and body is what [Operation.NewBody] returned. A list is
// read to its end.
func (op Operation) Call(ctx context.Context, c *client.Client, value string, body any) (result any, err error) {
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(value)}
	if lookup := calls[op.OperationID].lookup; lookup != nil {
		args[1] = reflect.ValueOf(lookup(value))
	}
	if body != nil {
		args = append(args, reflect.ValueOf(body).Elem())
	}
	out := reflect.ValueOf(c).MethodByName(op.MethodName()).Call(args)
	if pages, ok := out[0].Interface().(list); ok {
		return collect(pages)
	}
	err, _ = out[len(out)-1].Interface().(error)
	return out[0].Interface(), err
}

func collect(pages list) ([]*client.Conversation, error) {
	all := []*client.Conversation{}
	for conv, err := range pages {
		if err != nil {
			return all, err
		}
		all = append(all, conv)
	}
	return all, nil
}
