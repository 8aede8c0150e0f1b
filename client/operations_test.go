package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A safety says which failures may be retried.
type safety int

const (
	repeatable safety = iota // has the same effect twice, at any time
	windowed                 // has the same effect twice, within RetryPolicy.RetryWindow
	unsafe                   // may have been applied, and must not be applied twice
	reading                  // has nothing to apply
)

// An operation is an operation of the documents, with a call that passes the checks.
type operation struct {
	*schema.Operation
	safety  safety                                                                      // that of the call
	builder func(server, id, contentType string, body io.Reader) (*http.Request, error) // nil if none is generated
	call    func(ctx context.Context, c *client.Client, id string) error
}

// operations are the operations that are methods of the client and take an id: contract/ tests this for those of package gen.
var operations = []operation{
	{&gen.CreateConversationForCustomerOperation, unsafe, gen.NewCreateConversationForCustomerRequestWithBody,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.CreateConversationForCustomer(ctx, id, client.ConversationCreate{ExternalID: new("o")})
			return err
		}},
	{&gen.UpdateConversationAttributesOperation, windowed, gen.NewUpdateConversationAttributesRequestWithBody,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.UpdateConversationAttributes(ctx, id, client.ConversationUpdate{Name: client.Value("n")})
			return err
		}},
	{&gen.AppendTagsToConversationOperation, windowed, gen.NewAppendTagsToConversationRequestWithBody,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.AppendTagsToConversation(ctx, id, []string{"vip"})
			return err
		}},
	{&related.RemoveTagsFromConversationOperation, windowed, nil,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.RemoveTags(ctx, id, []string{"vip"})
			return err
		}},
	{&related.GetConversationOperation, reading, nil,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.GetConversation(ctx, id)
			return err
		}},
	{&related.GetCustomerByIdOperation, reading, nil,
		func(ctx context.Context, c *client.Client, id string) error {
			_, err := c.FindCustomer(ctx, client.ByID(id))
			return err
		}},
	{&related.GetConversationsByCustomerOperation, reading, nil,
		func(ctx context.Context, c *client.Client, id string) error {
			for _, err := range c.CustomerConversations(ctx, id) {
				return errors.Unwrap(err) // a PageError
			}
			return nil
		}},
}

// ofCustomer reports whether the id of the path is that of a customer.
func (op operation) ofCustomer() bool { return strings.HasPrefix(op.Path, "/v1/customers/") }

// creates reports whether the operation creates a conversation.
func (op operation) creates() bool { return op.Success == http.StatusCreated }

// path returns the path with this id.
func (op operation) path(id string) string { return strings.Replace(op.Path, "{id}", id, 1) }
