package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// connect returns a client and the customer to work for: real ones if there is a key, otherwise those of a fake.
func connect() (*client.Client, string, error) {
	if os.Getenv("KUSTOMER_API_KEY") == "" && os.Getenv("KUSTOMER_API_KEY_FILE") == "" {
		fmt.Println("KUSTOMER_API_KEY is not set: this runs against a fake Kustomer in this process.")
		srv := kustomertest.New(kustomertest.WithAttributes(orderNumber.Name(), refund.Name(), vip.Name()))
		c, err := client.New(
			client.WithBaseURL(srv.URL),
			client.WithAPIKey(kustomertest.APIKey),
			client.WithHTTPClient(srv.HTTPClient()))
		return c, srv.AddCustomer(), err
	}
	customerID := os.Getenv("KUSTOMER_CUSTOMER_ID")
	if customerID == "" {
		return nil, "", errors.New("KUSTOMER_CUSTOMER_ID is not set: it is the id of the customer to create a conversation for")
	}
	c, err := client.FromEnv(client.WithUserAgent("kustomer-quickstart"))
	return c, customerID, err
}
