package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// The organisation and the key come from the environment, as in a container.
func ExampleFromEnv() {
	os.Setenv("KUSTOMER_ORG", "acme")
	os.Setenv("KUSTOMER_API_KEY", "key-of-a-machine-user")

	c, err := client.FromEnv(client.WithUserAgent("order-sync/1.4"))
	fmt.Println(c, err)
	// Output: kustomer client for https://acme.api.kustomerapp.com/ <nil>
}

// vault is a store with a key that changes.
type vault struct{}

func (vault) Token(context.Context) (string, error) { return kustomertest.APIKey, nil }

// The key is read for each attempt, so that a new one takes effect without a restart.
func ExampleWithTokenSource() {
	srv := kustomertest.New(kustomertest.Config{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithTokenSource(vault{}), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	conv, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"})
	fmt.Println(conv.StatusCode, err)
	// Output: 200 <nil>
}

// A limiter with a lower rate than the default one.
func ExampleWithLimiter() {
	limiter, err := ratelimit.New(ratelimit.Config{
		MaxRate:     300, // requests per minute, of this client
		MaxInFlight: 8,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := client.New(client.WithOrg("acme"), client.WithAPIKey("key-of-a-machine-user"), client.WithLimiter(limiter))
	fmt.Println(c, err)
	// Output: kustomer client for https://acme.api.kustomerapp.com/ <nil>
}

// A clone with another key shares the limiter, because both keys share one budget.
func ExampleClient_Clone() {
	c, _ := connect(kustomertest.Config{})
	other, err := c.Clone(client.WithAPIKey("key-of-another-user"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = other.AppendTagsToConversation(context.Background(), "65f0a1b2c3d4e5f600000002", []string{"vip"})
	seen, _ := c.RateLimit() // what the clone's call has shown
	fmt.Println(err != nil, seen.Limit)
	// Output: true 1000
}

// The client's view of the budget, for a metric.
func ExampleClient_RateLimit() {
	c, srv := connect(kustomertest.Config{OrgLimit: 500})
	if _, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"}); err != nil {
		fmt.Println(err)
		return
	}
	if s, ok := c.RateLimit(); ok {
		fmt.Printf("%d of %d are left, %d of them to others; %d calls wait\n", s.Remaining, s.Limit, s.Reserve, s.Waiting)
	}
	// Output: 499 of 500 are left, 25 of them to others; 0 calls wait
}

// A trace reports each retry and how long each call took.
func ExampleWithTrace() {
	srv := kustomertest.New(kustomertest.Config{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()),
		client.WithTrace(client.Trace{
			Call: func(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
				return ctx, func(r client.CallResult) { // such as the end of a span
					fmt.Println(info.Op, "ended after", r.Attempts, "attempts with status", r.StatusCode, "and error", r.Err)
				}
			},
			Event: func(_ context.Context, e client.Event) {
				if e.Kind == client.EventRetried {
					fmt.Println(e.Kind, e.Op, "after a response with status", e.StatusCode)
				}
			},
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fault := kustomertest.Status(http.StatusServiceUnavailable, "")
	fault.Header = http.Header{"Retry-After": {"0"}}
	srv.Fail(fault)
	if _, err = c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// retried appendTagsToConversation after a response with status 503
	// appendTagsToConversation ended after 2 attempts with status 200 and error <nil>
}

// A create with an ExternalID is retried after an unknown outcome. This organisation returns the existing conversation for a second create.
func ExampleCallRetryCreate() {
	c, srv := connect(kustomertest.Config{IdempotentExternalIDs: true})
	customer := srv.AddCustomer()
	srv.Fail(kustomertest.CutAfter()) // the connection is lost once the conversation is created

	conv, err := c.CreateConversationForCustomer(context.Background(), customer,
		client.ConversationCreate{ExternalID: new("order-10045")}, client.CallRetryCreate())
	fmt.Println(conv.Attributes.ExternalID, conv.Attempts, err)
	// Output: order-10045 2 <nil>
}

// A background job lets other calls of the same client go first, and waits as long as necessary.
func ExampleCallBackground() {
	c, srv := connect(kustomertest.Config{})
	conv, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"archived"},
		client.CallBackground())
	fmt.Println(conv.StatusCode, err)
	// Output: 200 <nil>
}

// If the client knows the defined attributes, an error has the most similar name.
func ExampleWithDefinedAttributes() {
	srv := kustomertest.New(kustomertest.Config{Attributes: kustomertest.Attributes("orderNumberStr", "refundNum")})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()),
		client.WithDefinedAttributes("orderNumberStr", "refundNum"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.UpdateConversationAttributes(context.Background(), srv.AddConversation(srv.AddCustomer()),
		client.ConversationUpdate{Custom: custom.New(custom.Str("orderNumerStr").Set("A-10045"))})
	if e, ok := errors.AsType[*client.Error](err); ok {
		fmt.Printf("%s is not defined; %s may have been meant\n", e.CustomAttribute, e.NearestAttribute)
	}
	// Output: orderNumerStr is not defined; orderNumberStr may have been meant
}
