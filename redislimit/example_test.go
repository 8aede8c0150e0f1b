package redislimit_test

import (
	"context"
	"fmt"
	"log"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/redislimit"
)

// Each process makes a client with such a limiter.
func Example() {
	store, err := miniredis.Run() // in a program: a server of Redis or Valkey
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	defer rdb.Close()

	limiter, err := redislimit.New(rdb, "acme", redislimit.WithObserver(func(e redislimit.Event) {
		log.Printf("attached to the store: %t %v", e.Attached, e.Err)
	}))
	if err != nil {
		log.Fatal(err)
	}
	defer limiter.Close(context.Background())

	srv := kustomertest.New(kustomertest.Config{}) // in a program: client.WithOrg("acme")
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()),
		client.WithLimiter(limiter))
	if err != nil {
		log.Fatal(err)
	}
	conversation, err := c.AppendTagsToConversation(context.Background(), srv.AddConversation(srv.AddCustomer()), []string{"vip"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("tags:", len(conversation.Attributes.Tags))
	// Output:
	// tags: 1
}

// A dashboard shows what each process has used of the current window.
func ExampleFleet() {
	store, err := miniredis.Run()
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	defer rdb.Close()

	fleet, err := redislimit.Fleet(context.Background(), rdb, "acme")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("members:", len(fleet.Members))
	for _, m := range fleet.Members {
		fmt.Printf("%s has sent %d of %d requests, and may send %d more\n", m.Name, m.Sent, fleet.Window.Limit, m.Outstanding)
	}
	// Output:
	// members: 0
}
