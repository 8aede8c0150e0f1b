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
// The fake serves all operations of api/openapi.yaml and api/related.yaml, and these:
//
//	POST /v1/customers
//	GET  /v1/users/current
//	GET  /v1/metadata/conversation
//
// Everything else gets a 404.
//
// # Lookups and lists
//
// Lists have the newest conversation first (assumed). So a create between two pages makes one conversation appear on both. See
// also [Config.LookupLag] and [Config.ListLimit].
//
// # Webhooks
//
// [Server.AddWebhook] adds a receiver of signed events. The test decides when the events are delivered:
//
//	srv.AddWebhook(kustomertest.Webhook{Handler: handler})
//	...
//	err := srv.EditConversation(id, func(attributes map[string]any) { attributes["priority"] = 5 })
//	...
//	err = srv.DeliverWebhooks(ctx)
//
// Calls make changes as the user of GET /v1/users/current. [Server.AddConversation] and [Server.EditConversation] make them as
// another user.
//
// # Sources
//
// Statements about Kustomer without a mark come from its reference. Statements marked (observed) were seen in recorded
// exchanges or in working public code. Statements marked (assumed) are not confirmed. Paths, roles and limits are those of
// the documents in api.
package kustomertest
