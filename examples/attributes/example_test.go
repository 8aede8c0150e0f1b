package attributes_test

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/examples/attributes"
	"github.com/kustomer-go/kustomer/kustomertest"
)

//go:embed metadata.json
var metadata []byte

// connect returns a client and the id of a conversation in a fake with the same attributes as the organisation.
func connect() (*client.Client, string) {
	srv := kustomertest.New(kustomertest.Config{Metadata: metadata})
	c, err := client.New(
		client.WithBaseURL(srv.URL),
		client.WithAPIKey(kustomertest.APIKey),
		client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	return c, srv.AddConversation(srv.AddCustomer())
}

// Update a few attributes by their keys. A misspelled name or a value of the wrong type does not compile.
func Example_keys() {
	c, id := connect()
	conv, err := c.UpdateConversationAttributes(context.Background(), id, client.ConversationUpdate{
		Custom: custom.New(
			attributes.OrderNumberStr.Set("A-10045"),
			attributes.RefundNum.Set(12.5),
			attributes.ContactReasonTree.Set(attributes.ContactReasonTreeDeliveryDamagedParcel),
			attributes.ProductsStr.Set([]string{attributes.ProductsStrDeskLamp, attributes.ProductsStrBulb}),
			custom.Raw(attributes.LegacyRating, map[string]int{"stars": 5}),
			attributes.VipBool.Null()),
	})
	if err != nil {
		log.Fatal(err)
	}
	reason, _, err := attributes.ContactReasonTree.Get(conv.Attributes.Custom)
	fmt.Println(reason, err)
	fmt.Println(conv.Attributes.Custom)
	// Output:
	// delivery.damaged_parcel <nil>
	// map[contactReasonTree:"delivery.damaged_parcel" legacyRating:{"stars":5} orderNumberStr:"A-10045" productsStr:["desk lamp","bulb"] refundNum:12.5]
}

// Update attributes from a struct, and read them back from the response. Fields that are not set are omitted.
func Example_struct() {
	c, id := connect()
	attrs, err := custom.Marshal(attributes.Attributes{
		OrderNumberStr:       new("A-10045"),
		RefundNum:            new(12.5),
		ChannelPreferenceStr: new(attributes.ChannelPreferenceStrEmail),
		LastOrderAt:          new(time.Date(2026, time.March, 1, 9, 30, 0, 0, time.UTC)),
		ProductsStr:          []string{attributes.ProductsStrLamp},
	})
	if err != nil {
		log.Fatal(err)
	}
	conv, err := c.UpdateConversationAttributes(context.Background(), id, client.ConversationUpdate{Custom: attrs})
	if err != nil {
		log.Fatal(err)
	}
	var got attributes.Attributes
	if err := custom.Unmarshal(conv.Attributes.Custom, &got); err != nil {
		log.Fatal(err)
	}
	fmt.Println(*got.OrderNumberStr, *got.RefundNum, *got.ChannelPreferenceStr, got.LastOrderAt.Format(time.DateOnly), got.ProductsStr, got.VipBool)
	// Output:
	// A-10045 12.5 email 2026-03-01 [lamp] <nil>
}
