package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A printer prints each request that the client sends.
type printer struct{ http.RoundTripper }

func (p printer) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Printf("   %s %s\n", r.Method, r.URL.Path)
	return p.RoundTripper.RoundTrip(r)
}

// connect returns a client and the id of a customer: of a real organisation if an API key is set, otherwise of a fake.
func connect() (*client.Client, string, error) {
	if os.Getenv("KUSTOMER_API_KEY") == "" && os.Getenv("KUSTOMER_API_KEY_FILE") == "" {
		fmt.Println("KUSTOMER_API_KEY is not set: running against a fake Kustomer in this process.")
		srv := kustomertest.New(kustomertest.Config{Attributes: kustomertest.Attributes(attributes...)})
		c, err := client.New(
			client.WithBaseURL(srv.URL),
			client.WithAPIKey(kustomertest.APIKey),
			client.WithHTTPClient(&http.Client{Transport: printer{srv.HTTPClient().Transport}}),
			client.WithDefinedAttributes(attributes...)) // errors then suggest the closest name
		return c, srv.AddCustomer(), err
	}
	customerID := os.Getenv("KUSTOMER_CUSTOMER_ID")
	if customerID == "" {
		return nil, "", errors.New("KUSTOMER_CUSTOMER_ID is not set: set it to the id of the customer for the new conversation")
	}
	c, err := client.FromEnv(
		client.WithUserAgent("kustomer-quickstart"),
		client.WithHTTPClient(&http.Client{Transport: printer{http.DefaultTransport}}),
		client.WithDefinedAttributes(attributes...))
	return c, customerID, err
}
