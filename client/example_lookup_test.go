package client_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A customer is looked up by email address, and created by Do if there is none. Any other error, also a 404 of a proxy, does
// not lead to a second customer.
func ExampleClient_FindCustomer() {
	c, _ := connect(kustomertest.Config{})
	ctx := context.Background()

	cust, err := c.FindCustomer(ctx, client.ByEmail("jane+orders@shop.example"))
	if errors.Is(err, client.ErrNotFound) {
		var r *client.Response
		r, err = c.Do(ctx, "POST", "/v1/customers", map[string]any{
			"name":   "Jane Doe",
			"emails": []map[string]string{{"type": "home", "email": "jane+orders@shop.example"}},
		})
		if err == nil {
			cust, err = client.DecodeCustomer(r)
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cust.StatusCode, cust.Attributes.Name, cust.Attributes.Emails[0].Email)

	again, err := c.FindCustomer(ctx, client.ByEmail("jane+orders@shop.example"))
	fmt.Println(err, again.ID == cust.ID)
	// Output:
	// 201 Jane Doe jane+orders@shop.example
	// <nil> true
}

func ExampleClient_ConversationByExternalID() {
	c, srv := connect(kustomertest.Config{})
	ctx := context.Background()
	if _, err := c.CreateConversationForCustomer(ctx, srv.AddCustomer(), client.ConversationCreate{ExternalID: new("order-10045")}); err != nil {
		fmt.Println(err)
		return
	}

	for _, externalID := range []string{"order-10045", "order-10046"} {
		switch conv, err := c.ConversationByExternalID(ctx, externalID); {
		case err == nil:
			fmt.Println(conv.Attributes.ExternalID, "is", conv.Attributes.Status)
		case errors.Is(err, client.ErrNotFound):
			fmt.Println(externalID, "does not exist")
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// order-10045 is open
	// order-10046 does not exist
}

func ExampleClient_CustomerConversations() {
	c, srv := connect(kustomertest.Config{})
	ctx := context.Background()
	customer := srv.AddCustomer()
	for n := range 3 {
		if _, err := c.CreateConversationForCustomer(ctx, customer, client.ConversationCreate{Name: new(fmt.Sprintf("Parcel %d", n))}); err != nil {
			fmt.Println(err)
			return
		}
	}

	for conv, err := range c.CustomerConversations(ctx, customer) {
		if err != nil {
			fmt.Println(err) // the list ends here
			return
		}
		fmt.Println(conv.Attributes.Name)
	}
	// Unordered output:
	// Parcel 0
	// Parcel 1
	// Parcel 2
}

// A page can have any records. Its size is in the query of the first path.
func ExampleClient_Pages() {
	c, srv := connect(kustomertest.Config{})
	customer := srv.AddCustomer()
	for range 5 {
		srv.AddConversation(customer)
	}

	for page, err := range c.Pages(context.Background(), "/v1/customers/"+customer+"/conversations?pageSize=2", client.CallBackground()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		conversations, err := client.DecodeConversations(page)
		fmt.Println(len(conversations), err)
	}
	// Output:
	// 2 <nil>
	// 2 <nil>
	// 1 <nil>
}

func ExampleClient_RemoveTags() {
	c, srv := connect(kustomertest.Config{})
	ctx := context.Background()
	id := srv.AddConversation(srv.AddCustomer())
	if _, err := c.AppendTagsToConversation(ctx, id, []string{"vip", "damaged parcel"}); err != nil {
		fmt.Println(err)
		return
	}

	conv, err := c.RemoveTags(ctx, id, []string{"damaged parcel"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(conv.Attributes.Tags)) // by id
	// Output: 1
}

// A search changes nothing, so it is repeated like a read.
func ExampleDecodeRecords() {
	c, srv := connect(kustomertest.Config{})
	srv.Fail(kustomertest.Status(200, `{"data":[
		{"type":"customer","id":"k1","attributes":{"name":"Jane Doe","custom":{"ordersNum":3}}},
		{"type":"customer","id":"k2","attributes":{"name":"Joe Doe","rev":"***"}}]}`))

	r, err := c.Do(context.Background(), "POST", "/v1/customers/search", map[string]any{
		"and": []map[string]any{{"customer_name": map[string]any{"contains": "Doe"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	customers, err := client.DecodeRecords[client.Customer](r)
	for _, customer := range customers {
		fmt.Println(customer.ID, customer.Attributes.Name)
	}
	fmt.Println(err) // what is masked
	// Output:
	// k1 Jane Doe
	// k2 Joe Doe
	// kustomer: data[1]: attributes.rev is a string, not an integer
}
