// Package client calls the Kustomer API: it creates conversations for customers, updates their attributes, appends and removes
// tags, and reads conversations and customers.
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
// [Client.FindCustomer], [Client.GetConversation] and [Client.ConversationByExternalID] look up one record, and
// [Client.CustomerConversations] lists a customer's conversations:
//
//	cust, err := c.FindCustomer(ctx, client.ByEmail("jane@shop.example"))
//	if errors.Is(err, client.ErrNotFound) {
//		// there is no such customer
//	}
//
// [Client.Do] sends any other call with the same credential, limits and errors, and [Client.Pages] reads any other list.
//
// # Requests
//
// A field with its zero value is omitted, and its attribute does not change. A pointer sends its value, even a zero one such as
// new("") or new(0). A [Nullable] field can also be sent as null, which clears the attribute (assumed, except for custom
// attributes): use [Value] and [Null]. Nil lists and nil custom attributes are omitted; empty ones are sent.
//
// Each request is checked against the API document before it is sent. All problems are reported in one [*ValidationError].
// [WithoutRequestChecks] turns the checks off.
//
// # Responses
//
// One attribute of another type than expected, such as a masked one, never loses the record.
//
// A write that succeeded is never reported as failed. The [Conversation] has everything that could be decoded from the
// response, [Conversation.DecodeError] names the rest, and Raw has the body as received. Updates and tags succeed even if the
// response has no readable id, because the call has it. A create then fails with an [*Error] whose Outcome is OutcomeApplied.
//
// A write that was not confirmed is never reported as successful. If the response does not come from the API, such as a
// proxy's login page with the status 200, the outcome is unknown.
//
// # Limits and retries
//
// All keys and users of an organisation share one budget of requests per 60 seconds. A client delays calls until there is
// budget, and leaves 5 % of it to others. A record that exceeds its own limit does not delay calls for other records. See
// [ratelimit.Adaptive], [WithLimiter], [CallMaxWait], [CallNoWait] and [CallBackground].
//
// A failed attempt is retried if nothing was applied, or if applying it twice is harmless: see [RetryPolicy]. [WithTrace] and
// [WithLogger] report what happens, and [Client.RateLimit] returns what is currently known about limits.
//
// # Errors
//
//   - [*ValidationError]: not sent, because the arguments are not valid.
//   - [*Error]: the server refused the call, or it could not be sent. Use errors.Is with [ErrNotFound] and the other
//     sentinels. Outcome says whether the call was applied. ErrNotFound means that the API has no such record. A 404 of a proxy
//     or of a wrong host is an Error that does not match it.
//   - [*RateLimitError]: not applied, because a limit is exceeded and the required wait is too long. It has the limit and the
//     time to wait, and wraps an Error.
//   - [*OutcomeUnknownError]: sent, and perhaps applied by one of the attempts. Read the record back before you send the call
//     again. It wraps an Error.
//   - [*OtherCustomerError]: [Client.EnsureConversation] found a conversation of another customer.
//   - [*PageError]: a page of a list could not be read. It wraps one of the others.
//
// If the context of a call ended, errors.Is matches [context.Canceled] or [context.DeadlineExceeded]. No error, log record or
// formatted value shows the API key.
//
// # Sources
//
// What this package says about the API is in Kustomer's reference, unless it is marked observed (seen in recorded exchanges or
// working public code) or assumed (the most cautious interpretation where neither is clear).
package client
