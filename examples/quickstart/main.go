// Quickstart creates a conversation, updates it with custom attributes, adds tags, and shows what errors look like.
//
// Without KUSTOMER_API_KEY it runs against a fake Kustomer in this process. With KUSTOMER_API_KEY it calls the organisation
// in KUSTOMER_ORG (or the host in KUSTOMER_BASE_URL) and creates the conversation for the customer KUSTOMER_CUSTOMER_ID. The
// custom attributes orderNumberStr, refundNum and vipBool should be defined there. Agents see the conversation, so use a
// sandbox.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// The custom attributes of the organisation. The keys add the suffixes and fix the types.
var (
	orderNumber = custom.Str("orderNumber")
	refund      = custom.Num("refund")
	vip         = custom.Bool("vip")

	attributes = []string{orderNumber.Name(), refund.Name(), vip.Name()}
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	c, customerID, err := connect()
	if err != nil {
		return err
	}
	fmt.Println(c)

	fmt.Println("\n1. Create a conversation")
	conv, err := c.CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{
		Name:      new("Damaged parcel"),
		Direction: new(client.DirectionIn),
	})
	if err != nil {
		return err
	}
	show(conv)

	fmt.Println("\n2. Update it, with custom attributes")
	conv, err = c.UpdateConversationAttributes(ctx, conv.ID, client.ConversationUpdate{
		Priority:    new(5),
		DefaultLang: client.Null[string](), // null clears an attribute
		Custom:      custom.New(orderNumber.Set("A-10045"), refund.Set(12.5), vip.Set(true)),
	})
	if err != nil {
		return err
	}
	show(conv)
	number, _, err := orderNumber.Get(conv.Attributes.Custom)
	fmt.Printf("   order number %q (error: %v)\n", number, err)

	fmt.Println("\n3. Append tags")
	conv, err = c.AppendTagsToConversation(ctx, conv.ID, []string{"vip", "damaged parcel"})
	if err != nil {
		return err
	}
	show(conv)

	fmt.Println("\n4. What errors look like")
	fmt.Println("   Found before the request is sent:")
	_, err = c.UpdateConversationAttributes(ctx, conv.ID, client.ConversationUpdate{
		Priority: new(9),
		Custom:   custom.New(custom.Str("refundNum").Set("12.50")),
	})
	explain(err)
	fmt.Println("   Refused by the server:")
	_, err = c.UpdateConversationAttributes(ctx, conv.ID, client.ConversationUpdate{
		Custom: custom.New(custom.Str("ordreNumber").Set("A-10045")),
	})
	explain(err)

	if e, ok := errors.AsType[*client.Error](err); ok { // responses and errors both have the remaining budget
		fmt.Printf("\nBudget of the organisation: %d of %d requests left in this minute\n", e.Budget.Remaining, e.Budget.Limit)
	}
	return nil
}

func show(conv *client.Conversation) {
	a := conv.Attributes
	fmt.Printf("   %d: conversation %s, revision %d\n", conv.StatusCode, conv.ID, a.Rev)
	fmt.Printf("   name %q, status %s, priority %d, tags %v, custom %v\n", a.Name, a.Status, a.Priority, a.Tags, a.Custom)
}

func explain(err error) {
	fmt.Printf("   %v\n", err)
	if e, ok := errors.AsType[*client.Error](err); ok && e.CustomAttribute != "" {
		fmt.Printf("   %q was sent but %q is defined; the update was %v\n", e.CustomAttribute, e.NearestAttribute, e.Outcome)
	}
}
