package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// The examples use a fake. In a program only this function differs.
func connect(opts kustomertest.Config) (*client.Client, *kustomertest.Server) {
	srv := kustomertest.New(opts)
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		panic(err)
	}
	return c, srv
}

func Example() {
	c, srv := connect(kustomertest.Config{})
	ctx := context.Background()
	orderNumber := custom.Str("orderNumber")

	conv, err := c.CreateConversationForCustomer(ctx, srv.AddCustomer(), client.ConversationCreate{
		ExternalID: new("order-10045"),
		Name:       new("Damaged parcel"),
		Custom:     custom.New(orderNumber.Set("A-10045")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	conv, err = c.AppendTagsToConversation(ctx, conv.ID, []string{"vip"})
	if err != nil {
		fmt.Println(err)
		return
	}
	number, _, err := orderNumber.Get(conv.Attributes.Custom)
	fmt.Println(conv.Attributes.Name, number, len(conv.Attributes.Tags), err)
	// Output: Damaged parcel A-10045 1 <nil>
}

func ExampleNew() {
	c, err := client.New(
		client.WithOrg("acme"),
		client.WithAPIKey("key-of-a-machine-user"),
		client.WithUserAgent("order-sync/1.4"))
	fmt.Println(c, err)
	// Output: kustomer client for https://acme.api.kustomerapp.com/ <nil>
}

func ExampleClient_UpdateConversationAttributes() {
	c, srv := connect(kustomertest.Config{})
	id := srv.AddConversation(srv.AddCustomer())

	conv, err := c.UpdateConversationAttributes(context.Background(), id, client.ConversationUpdate{
		Status:      new(client.StatusDone),
		Priority:    new(5),
		Name:        client.Value(""),      // set to an empty text
		DefaultLang: client.Null[string](), // cleared
		Tags:        []string{},            // all removed
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(conv.Attributes.Status, conv.Attributes.Priority, conv.Attributes.Tags)
	// Output: done 5 []
}

func ExampleClient_Do() {
	c, _ := connect(kustomertest.Config{})
	r, err := c.Do(context.Background(), "POST", "/v1/customers", map[string]any{"name": "Jane Doe"})
	if err != nil {
		fmt.Println(err)
		return
	}
	cust, err := client.DecodeCustomer(r) // or r.Decode, into a type of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cust.StatusCode, cust.Attributes.Name)
	// Output: 201 Jane Doe
}

func ExampleError() {
	c, _ := connect(kustomertest.Config{})
	_, err := c.AppendTagsToConversation(context.Background(), "65f0a1b2c3d4e5f6000000ff", []string{"vip"})

	if errors.Is(err, client.ErrNotFound) {
		fmt.Println("there is no such conversation")
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(e.StatusCode, e.Outcome, e.Items)
	}
	// Output:
	// there is no such conversation
	// 404 not applied [Not Found (id)]
}

func ExampleValidationError() {
	c, srv := connect(kustomertest.Config{})
	_, err := c.UpdateConversationAttributes(context.Background(), srv.AddConversation(srv.AddCustomer()), client.ConversationUpdate{
		Priority: new(7),
		Tags:     []string{"damaged, urgent"},
		Custom:   custom.New(custom.Str("refundNum").Set("12.50")),
	})
	if e, ok := errors.AsType[*client.ValidationError](err); ok {
		for _, v := range e.Violations {
			fmt.Println(v)
		}
	}
	// Output:
	// priority must be at most 5
	// tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank
	// custom.refundNum has a name that ends in Num, but its key is for the suffix Str
}

// A create whose response was lost may have been applied: read back before you create again.
func ExampleOutcomeUnknownError() {
	c, srv := connect(kustomertest.Config{})
	ctx, customer := context.Background(), srv.AddCustomer()
	srv.Fail(kustomertest.CutAfter()) // the connection is lost once the conversation is created

	_, err := c.CreateConversationForCustomer(ctx, customer, client.ConversationCreate{ExternalID: new("order-10045")})
	if unknown, ok := errors.AsType[*client.OutcomeUnknownError](err); ok {
		_, err := c.ConversationByExternalID(ctx, unknown.ExternalID)
		fmt.Println("created already:", err == nil)
	}
	// Output: created already: true
}

func ExampleRateLimitError() {
	c, srv := connect(kustomertest.Config{})
	id := srv.AddConversation(srv.AddCustomer())
	srv.Spend(1000) // by others

	_, err := c.AppendTagsToConversation(context.Background(), id, []string{"vip"}, client.CallNoWait())
	if limited, ok := errors.AsType[*client.RateLimitError](err); ok {
		fmt.Println("the limit of the", limited.Scope, "is exceeded; there is a time to come back:", limited.RetryAfter > 0)
	}
	// Output: the limit of the org is exceeded; there is a time to come back: true
}

// A masked field is left out, and everything else is decoded.
func ExampleConversation_DecodeError() {
	c, srv := connect(kustomertest.Config{})
	id := srv.AddConversation(srv.AddCustomer())
	if err := srv.EditConversation(id, func(attributes map[string]any) { attributes["priority"] = "***" }); err != nil {
		fmt.Println(err)
		return
	}

	conv, err := c.AppendTagsToConversation(context.Background(), id, []string{"vip"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(conv.Attributes.Tags), conv.Attributes.Priority)
	fmt.Println(conv.DecodeError())
	var raw struct {
		Data struct {
			Attributes map[string]json.RawMessage `json:"attributes"`
		} `json:"data"`
	}
	err = conv.Decode(&raw)
	fmt.Println(string(raw.Data.Attributes["priority"]), err)
	// Output:
	// 1 0
	// kustomer: data.attributes.priority is a string, not an integer
	// "***" <nil>
}
