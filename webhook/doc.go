// Package webhook receives the outbound webhooks of Kustomer. It verifies their signature, parses the events, and recognises
// repeated deliveries.
//
//	h, err := webhook.Handler(func(ctx context.Context, e webhook.Event) error {
//		if e.Conversation == nil || e.ModifiedBy(me) {
//			return nil // another kind of record, or an update of our own
//		}
//		return sync(ctx, e.Conversation)
//	}, []string{os.Getenv("KUSTOMER_WEBHOOK_TOKEN")})
//	http.Handle("/kustomer", h)
//
// Programs without net/http use [Verify] and [ParseEvent], which do not recognise repeated deliveries.
//
// # The secret
//
// The secret is the token of the webhook, which Kustomer returns when the webhook is created, and shows in its settings. To
// change it without losing events, give the handler the old and the new one for a while.
//
// The signature covers the body alone. It proves no header: use the Name of the [Event]. It has no time: an attacker who has
// recorded a request can replay it after [Retention]. Check the event's CreatedAt if a replay would do harm.
//
// # Delivery
//
// Kustomer expects a 2xx within a few seconds. If the response is not a 2xx, or comes too late, it delivers the event again after
// 1, 1, 2, 5, 10, 15 and 30 minutes, 64 minutes in all. Then it disables the webhook, and no more events come. If the work
// takes longer, store the event and return.
//
// An event may come several times: see [Seen]. An older event may come after a newer one: compare the rev or updatedAt of the
// record with what you have, or read the record again. A deletion has no event.
//
// # Updates of your own
//
// An update by API has an event too. A service that updates the record of each event does so forever, and uses up the
// organisation's budget of requests. [Event.ModifiedBy] recognises the updates of your own API key. Also, update only what has
// another value.
//
// # Sources
//
// Statements about Kustomer without a mark come from its reference. Those marked (observed) were seen in recorded events.
// Those marked (assumed) are this module's own reading.
package webhook
