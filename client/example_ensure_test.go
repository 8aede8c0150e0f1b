package client_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A job that runs twice makes one conversation, even if the response to its create is lost.
func ExampleClient_EnsureConversation() {
	c, srv := connect(kustomertest.Config{})
	ctx, customer := context.Background(), srv.AddCustomer()
	srv.Fail(kustomertest.Fault{}, kustomertest.CutAfter()) // the second request is the create

	for range 2 {
		conv, created, err := c.EnsureConversation(ctx, customer, client.ConversationCreate{
			ExternalID: new("order-10045"),
			Name:       new("Damaged parcel"),
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(conv.Attributes.Name, created)
	}
	fmt.Println(len(srv.Conversations()), "conversation")
	// Output:
	// Damaged parcel true
	// Damaged parcel false
	// 1 conversation
}

func ExampleOtherCustomerError() {
	c, srv := connect(kustomertest.Config{})
	ctx, create := context.Background(), client.ConversationCreate{ExternalID: new("order-10045")}
	if _, _, err := c.EnsureConversation(ctx, srv.AddCustomer(), create); err != nil {
		fmt.Println(err)
		return
	}

	_, _, err := c.EnsureConversation(ctx, srv.AddCustomer(), create)
	if other, ok := errors.AsType[*client.OtherCustomerError](err); ok {
		fmt.Println(other.Conversation.Attributes.ExternalID, "belongs to another customer")
	}
	// Output: order-10045 belongs to another customer
}
