// Package kustomertest is a fake Kustomer for tests and demonstrations.
//
// The fake keeps state and is strict. It refuses invalid requests with Kustomer's error formats. Its responses have the
// details of real ones: tags are ids, custom is absent without attributes, links are relative, and some fields can be
// null. It enforces the rate limits, and a test can inject faults.
//
//	srv := kustomertest.New(kustomertest.Config{})
//	customer := srv.AddCustomer()
//	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey),
//		client.WithHTTPClient(srv.HTTPClient()))
//	...
//	conv, err := c.CreateConversationForCustomer(ctx, customer, client.ConversationCreate{})
//
// [New] serves in memory, through [Server.HTTPClient]. It uses no sockets and no goroutines, and waits with package
// time. A 60-second window therefore takes no real time in a testing/synctest bubble. [NewServer] serves over a
// loopback socket until the test ends. A [Server] is also an [http.Handler].
//
// # Operations
//
// The fake serves the three operations of this module and the related reads:
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
// Everything else gets a 404.
//
// # Sources
//
// Statements about Kustomer without a mark come from its reference. Statements marked (observed) were seen in recorded
// exchanges or in working public code. Statements marked (assumed) are not confirmed. The limits of request bodies are
// those of api/openapi.yaml.
package kustomertest
