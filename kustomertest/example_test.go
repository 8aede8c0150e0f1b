package kustomertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// escalate is the function under test. It takes a client.
func escalate(ctx context.Context, c *client.Client, conversationID string) error {
	_, err := c.UpdateConversationAttributes(ctx, conversationID, client.ConversationUpdate{Priority: new(5)})
	return err
}

// A complete test of a program that uses the client.
func TestEscalate(t *testing.T) {
	srv := kustomertest.NewServer(t, kustomertest.Config{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey))
	if err != nil {
		t.Fatal(err)
	}
	id := srv.AddConversation(srv.AddCustomer())
	if err := escalate(t.Context(), c, id); err != nil {
		t.Fatal(err)
	}
	if conv, _ := srv.Conversation(id); conv.Attributes.Priority != 5 {
		t.Errorf("priority is %d", conv.Attributes.Priority)
	}
}

// In a testing/synctest bubble, waiting a minute takes no real time.
func TestEscalateWhenTheBudgetIsSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 10})
		c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
		if err != nil {
			t.Fatal(err)
		}
		id := srv.AddConversation(srv.AddCustomer())
		srv.Spend(10)
		start := time.Now()
		if err := escalate(t.Context(), c, id); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 50*time.Second || waited > 70*time.Second {
			t.Errorf("the client waited %v for the next window", waited)
		}
	})
}

func Example() {
	srv := kustomertest.New(kustomertest.Config{})
	c, _ := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	id := srv.AddConversation(srv.AddCustomer())
	err := escalate(context.Background(), c, id)
	conv, _ := srv.Conversation(id)
	fmt.Println(conv.Attributes.Priority, err)
	// Output: 5 <nil>
}

// Inspect the requests that the client sent, and their results.
func ExampleServer_Requests() {
	srv := kustomertest.New(kustomertest.Config{Attributes: kustomertest.Attributes("orderNumberStr")})
	c, _ := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	id := srv.AddConversation(srv.AddCustomer())
	fmt.Println(escalate(context.Background(), c, id))
	for _, r := range srv.Requests() {
		fmt.Println(r.Method, r.Status, string(r.Body))
	}
	// Output:
	// <nil>
	// PATCH 200 {"priority":5}
}

func ExampleServer_Fail() {
	srv := kustomertest.New(kustomertest.Config{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	id := srv.AddConversation(srv.AddCustomer())
	srv.Fail(kustomertest.EdgeHTML(403), kustomertest.Status(409, ""))
	for range 3 {
		err := escalate(context.Background(), c, id)
		e, failed := errors.AsType[*client.Error](err)
		fmt.Println(failed, failed && e.Outcome == client.OutcomeNotApplied)
	}
	// Output:
	// true true
	// true true
	// false false
}
