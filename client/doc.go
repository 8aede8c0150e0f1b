// Package client calls three operations of the Kustomer API on conversations: create one for a customer, update its
// attributes, append tags to it.
//
//	c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(key)) // or client.FromEnv()
//	conv, err := c.CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{
//		ExternalID: new("order-10045"),
//		Name:       new("Damaged parcel"),
//		Custom:     custom.New(orderNumber.Set("A-10045")),
//	})
//	conv, err = c.UpdateConversationAttributes(ctx, conv.ID, client.ConversationUpdate{
//		Status:       new(client.StatusDone),
//		ReplyChannel: client.Null[string](),
//	})
//	conv, err = c.AppendTagsToConversation(ctx, conv.ID, []string{"vip", "damaged parcel"})
//
// [Client.Do] sends any other call through the same credential, limits and errors.
//
// # Requests
//
// A field that is left at its zero value is not sent, and the attribute stays as it is. Pointers say "this value, be
// it zero": new("") and new(0) are sent. A [Nullable] field can also be sent as null, which clears the attribute (assumed,
// but for custom attributes): [Value] and [Null] make one. Of lists and custom attributes nil is not sent, and an empty one is.
//
// Each request is checked against the API document before it is sent, and a [*ValidationError] lists all that is
// wrong with it. [WithoutRequestChecks] turns that off.
//
// # Responses
//
// A write that succeeded is never reported as failed. Whatever can be decoded of its response is in the [Conversation];
// [Conversation.DecodeError] names the rest, and Raw has the body as received. Updates and tags succeed even if the response
// has no readable id, because the call itself has it. A create then is an [*Error] whose Outcome is OutcomeApplied.
//
// A write that nothing confirmed is never reported as successful. A response that does not come from the API, such as a
// proxy's login page with the status 200, leaves the outcome unknown.
//
// # Limits and retries
//
// All keys and people of an organisation share one budget of requests per 60 seconds. A client holds calls back until
// there is budget, leaves 5 % of it to others, and lets no record that has met its own limit hold up the rest: see
// [ratelimit.Adaptive], [WithLimiter], [CallMaxWait], [CallNoWait] and [CallBackground].
//
// Failed attempts are retried if that cannot apply the call twice: see [RetryPolicy]. A create that may have been applied is
// not, unless the caller says so with [CallRetryCreate]. An update or tags that may have been applied
// are repeated for a minute only, because later a repeat could undo what somebody else has changed: see
// [RetryPolicy.RetryWindow]. [WithObserver] reports all this, and [Client.RateLimit] returns what is known now.
//
// # Errors
//
//   - [*ValidationError]: not sent; all that is wrong with the arguments.
//   - [*Error]: refused, or not sent because no connection could be made. Use errors.Is with [ErrNotFound] and its
//     like. Outcome says whether it was applied; if it is OutcomeApplied, a create succeeded and its response was unreadable.
//   - [*RateLimitError]: a limit is exceeded and the wait would not fit; not applied; with the limit it was and the time to
//     wait. Wraps an Error.
//   - [*OutcomeUnknownError]: sent, and perhaps applied, by the last attempt or one before it. Read the record back before
//     sending the call again. Wraps an Error.
//
// Errors that wrap the end of the call's context satisfy errors.Is with [context.Canceled] or
// [context.DeadlineExceeded]. No error, log record or formatted value holds the API key.
//
// # Sources
//
// What this package says of the API is in Kustomer's reference, unless it is marked observed (seen in recorded
// exchanges or working public code) or assumed (the safest reading of what neither tells).
package client
