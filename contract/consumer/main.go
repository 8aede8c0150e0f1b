// A user's first program: two imports are enough.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

var orderNumber = custom.Str("orderNumber")

func main() {
	c, err := client.FromEnv()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	conv, err := c.CreateConversationForCustomer(context.Background(), os.Args[1], client.ConversationCreate{
		Name:   new("Damaged parcel"),
		Custom: custom.New(orderNumber.Set("A-10045")),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(conv.ID)
}
