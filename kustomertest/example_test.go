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
	"github.com/kustomer-go/kustomer/webhook"
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

// Test a service that receives webhooks: it escalates what agents snooze, and must not react to its own updates.
func ExampleServer_DeliverWebhooks() {
	ctx := context.Background()
	srv := kustomertest.New(kustomertest.Config{})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := webhook.Handler(func(ctx context.Context, e webhook.Event) error {
		if e.Name != "kustomer.conversation.update" || e.Conversation.Attributes.Priority == 5 {
			return nil
		}
		return escalate(ctx, c, e.Conversation.ID)
	}, []string{kustomertest.WebhookSecret})
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.AddWebhook(kustomertest.Webhook{Handler: h, Twice: true})

	id := srv.AddConversation(srv.AddCustomer())
	if err := srv.EditConversation(id, func(a map[string]any) { a["status"] = "snoozed" }); err != nil {
		fmt.Println(err)
		return
	}
	if err := srv.DeliverWebhooks(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range srv.Deliveries() {
		fmt.Println(d.Event, d.Status)
	}
	fmt.Println("updates by the service:", len(srv.Requests()))
	// Output:
	// kustomer.conversation.create 200
	// kustomer.conversation.create 200
	// kustomer.conversation.update 200
	// kustomer.conversation.update 200
	// kustomer.conversation.update 200
	// kustomer.conversation.update 200
	// updates by the service: 1
}

// Test a program that looks for a customer before it creates one, while lookups lag behind.
func ExampleConfig_lookupLag() {
	srv := kustomertest.New(kustomertest.Config{LookupLag: 3 * time.Second})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	jane := map[string]any{"externalId": "customer-501", "emails": []any{map[string]any{"type": "home", "email": "jane@shop.example"}}}
	if _, err := c.Do(ctx, "POST", "/v1/customers", jane); err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.Do(ctx, "GET", "/v1/customers/externalId=customer-501", nil)
	fmt.Println("found at once:", err == nil)
	_, err = c.Do(ctx, "POST", "/v1/customers", jane)
	fmt.Println("created twice:", !errors.Is(err, client.ErrConflict))
	// Output:
	// found at once: false
	// created twice: false
}
