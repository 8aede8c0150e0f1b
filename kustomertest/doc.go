// Package kustomertest is a fake Kustomer for tests and demonstrations.
//
// The fake keeps state and is strict. It refuses what Kustomer's reference says is refused, with Kustomer's own forms of errors, and
// answers in the shape of real answers: tags come back as ids, custom is absent when no attribute is set, links
// are relative, and what was seen null is null at times. It enforces the rate limits, and it can be told to fail.
//
//	srv := kustomertest.New()
//	customer := srv.AddCustomer()
//	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey),
//		client.WithHTTPClient(srv.HTTPClient()))
//	...
//	conv, err := c.CreateConversationForCustomer(ctx, customer, client.ConversationCreate{})
//
// [New] serves in memory, through [Server.HTTPClient]: no sockets, no goroutines, and all waiting is done with
// package time, so that in a bubble of testing/synctest a window of 60 seconds costs nothing. [NewServer] serves
// the same over a loopback socket, until the test ends. A [Server] is also an [http.Handler].
//
// # What it serves
//
// The three operations of this module, and the reads that go with them:
//
//	POST  /v1/customers/{id}/conversations
//	PATCH /v1/conversations/{id}
//	POST  /v1/conversations/{id}/tags
//	GET   /v1/conversations/{id}
//	GET   /v1/conversations/externalId={externalId}
//	GET   /v1/customers/{id}
//	GET   /v1/users/current
//	GET   /v1/metadata/conversation
//
// Everything else is answered 404.
//
// # Where its behaviour comes from
//
// What is said of Kustomer here without a mark is in its reference. What is marked (observed) was seen in recorded
// exchanges or in working public code, and what is marked (assumed) is this module's own reading. The limits of
// request bodies are those of api/openapi.yaml.
package kustomertest
