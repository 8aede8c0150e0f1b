package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/gen/related"
)

// EnsureConversation returns the conversation whose externalId is create.ExternalID, and creates it for the customer if there is
// none. created reports whether this call created it. A conversation that exists is returned as it is, whatever else create sets.
//
// It first looks for the conversation, unless [CallKnownAbsent] is given. If the outcome of its create is unknown, it looks
// again, with growing pauses, for the time that [CallSearchFor] sets. Only then does it create again, at most as often as the
// [RetryPolicy] allows attempts. A look-up that fails is retried like any read. If that does not help, the call ends, because
// a look-up that failed does not show that there is no conversation. After a 409, and after a 400 to a create that may be the
// second one, it looks too, because somebody else may have created the conversation.
//
// Concurrent calls of one client and its clones with the same externalId take turns and make one conversation. A call that ends
// early, such as one whose context ends, leaves what it knows to the next one. The client remembers a create for the time
// that CallSearchFor sets after its call, and after each repeat that failed, so that it is safe to call again at once.
//
// There may be two conversations if Kustomer accepts a second one with the same externalId, which is not documented, and
//
//   - another process, or a client of this process that is not a clone, creates the conversation at the same time, or has sent
//     a create that this client does not know of: see [CallBegunAt];
//   - a look-up finds a new conversation later than CallSearchFor expects;
//   - Kustomer applies a create of unknown outcome later than that.
//
// The API key needs the roles of [Client.CreateConversationForCustomer] and [Client.ConversationByExternalID]. Traces and logs
// show each look-up and each create as a call of its own. [CallMaxWait] and [CallNoWait] limit the waits of all of them in
// total, including the pauses and the wait for the turn. [CallRetryCreate] changes nothing.
//
// An [*OutcomeUnknownError] means that this call sent a create and cannot find out whether it was applied. It says what was
// tried. Call EnsureConversation again later, and with CallBegunAt if that is in another process. An [*OtherCustomerError] has a
// conversation of another customer. A [*ValidationError], a [*RateLimitError], and an [*Error] whose Outcome is not applied mean
// that this call created nothing.
func (c *Client) EnsureConversation(ctx context.Context, customerID string, create ConversationCreate, opts ...CallOption) (conv *Conversation, created bool, err error) {
	e := &ensure{c: c, create: createCall(customerID, &create)}
	if err := e.prepare(ctx, opts, &create); err != nil {
		return nil, false, err
	}
	joined := time.Now()
	e.slot = c.slots.join(e.create.createRef.ExternalID)
	defer c.slots.leave(e.slot)
	if err := e.takeTurn(ctx); err != nil {
		return nil, false, err
	}
	defer func() { e.endTurn(err != nil) }()
	return e.run(ctx, joined)
}

// The pauses between look-ups.
const (
	firstSearchPause = 250 * time.Millisecond
	maxSearchPause   = 8 * time.Second
)

// An ensure is the state of one EnsureConversation.
type ensure struct {
	c              *Client
	slot           *slot
	create, lookUp call
	waited         time.Duration // in total
	queued         bool          // for the turn, while another call ran
	looks, creates int           // calls

	// The last create that failed. Once the outcome of one is unknown, failed has it unknown too, unless the look-ups after it
	// found nothing and the next create was rejected.
	failed *Error // nil before it
	err    error  // as it was returned
}

// prepare checks the arguments for both calls.
func (e *ensure) prepare(ctx context.Context, opts []CallOption, create *ConversationCreate) error {
	once := func(s *callSettings) { s.retryCreate, s.waited = false, &e.waited }
	err := e.c.prepare(ctx, &e.create, append(slices.Clip(opts), once), "customerID", "", create)
	e.lookUp = read(&related.GetConversationByExternalIdOperation, e.create.createRef.ExternalID)
	lookUpErr := e.c.prepare(ctx, &e.lookUp, nil, "externalId", "", nil)
	e.lookUp.settings = e.create.settings
	var all []Violation
	for _, err := range []error{err, lookUpErr} {
		invalid, _ := errors.AsType[*ValidationError](err)
		if invalid == nil {
			continue
		}
		known := all
		for _, v := range invalid.Violations {
			if !slices.ContainsFunc(known, func(k Violation) bool { return k.Field == v.Field }) {
				all = append(all, v)
			}
		}
	}
	if all != nil {
		return &ValidationError{Op: "EnsureConversation", Violations: all}
	}
	return nil
}

// takeTurn waits until no other call with the same externalId runs.
func (e *ensure) takeTurn(ctx context.Context) error {
	select {
	case e.slot.turn <- struct{}{}:
		return nil
	default:
	}
	e.queued = true
	start := time.Now()
	timer := time.NewTimer(e.c.waitLeft(&e.create, retryState{}))
	defer timer.Stop()
	select {
	case e.slot.turn <- struct{}{}:
		e.waited = time.Since(start)
		return nil
	case <-ctx.Done():
		return e.notSent(ctx.Err(), "it waited for another EnsureConversation with the same externalId")
	case <-timer.C:
		return e.notSent(noRetryError("the wait is longer than the call may take"), "another EnsureConversation with the same externalId runs")
	}
}

// endTurn lets the next call run. If this call has created the conversation, or may have, the slot stays for as long as a
// look-up may not find it. It also stays if this call failed, because a repeat with CallKnownAbsent has to look too.
func (e *ensure) endTurn(failed bool) {
	if (e.creates > 0 || failed) && !e.slot.at.IsZero() {
		e.c.slots.keep(e.slot, e.slot.searchFor)
	}
	<-e.slot.turn
}

// run looks and creates until one of them succeeds.
func (e *ensure) run(ctx context.Context, joined time.Time) (*Conversation, bool, error) {
	s, settings := e.slot, &e.create.settings
	s.searchFor = max(s.searchFor, cmp.Or(settings.searchFor, defaultSearchFor))
	if e.queued && s.found != nil && !s.at.Before(joined) {
		return e.found(s.conversation())
	}
	begun := settings.begunAt
	if now := time.Now(); begun.After(now) {
		begun = now // another machine's clock is ahead
	}
	if s.at.Before(begun) && time.Since(begun) < s.searchFor { // otherwise one look-up shows whether it was applied
		s.at = begun
	}
	maxCreates := cmp.Or(e.c.policy.MaxAttempts, maxFailures)
	for look := !settings.knownAbsent || !begun.IsZero() || !s.at.IsZero(); ; look = true {
		if look {
			conv, err := e.search(ctx)
			switch {
			case err != nil:
				return nil, false, e.giveUp(ctx, err)
			case conv != nil:
				return e.found(conv)
			case e.failed != nil && (!is[*OutcomeUnknownError](e.err) || e.creates >= maxCreates):
				return nil, false, e.giveUp(ctx, nil)
			}
		}
		if conv, err := e.send(ctx); err == nil {
			return conv, true, nil
		} else if !e.mayExist(err) {
			return nil, false, e.giveUp(ctx, nil)
		}
	}
}

// search looks for the conversation until the time after the last create that may have been applied is over. It returns nil if
// there is none.
func (e *ensure) search(ctx context.Context) (*Conversation, error) {
	until := e.slot.at.Add(e.slot.searchFor)
	for pause := firstSearchPause; ; pause = min(2*pause, maxSearchPause) {
		start := time.Now()
		e.looks++
		conv, err := sendFor[Conversation](ctx, e.c, e.lookUp)
		switch {
		case err == nil:
			e.slot.keepResponse(conv)
			return conv, nil
		case !errors.Is(err, ErrNotFound):
			return nil, err
		case !start.Before(until):
			e.slot.found = nil
			return nil, nil
		case e.slot.found != nil: // a moment ago
			return e.slot.conversation(), nil
		}
		pause := min(pause, time.Until(until))
		if err := e.c.pause(ctx, &e.create, retryState{waited: e.waited, pause: pause}); err != nil {
			return nil, err
		}
		e.waited += max(pause, 0)
	}
}

// send sends the create once, and remembers the conversation.
func (e *ensure) send(ctx context.Context) (*Conversation, error) {
	before := e.slot.at
	e.slot.at = time.Now() // for the next call, if the transport panics
	e.creates++
	conv, err := sendFor[Conversation](ctx, e.c, e.create)
	if err != nil {
		e.slot.at = before
		return nil, err
	}
	e.slot.keepResponse(conv)
	e.slot.customer = e.create.id
	return conv, nil
}

// mayExist notes the error of a create, and reports whether the conversation may exist nevertheless.
func (e *ensure) mayExist(err error) bool {
	failed, _ := errors.AsType[*Error](err)
	last := *failed
	inDoubt := !e.slot.at.IsZero()
	exists := last.StatusCode == http.StatusConflict || last.StatusCode == http.StatusBadRequest && inDoubt
	rejected := errors.Is(err, ErrRejected) && !exists
	if last.Outcome == OutcomeNotApplied && e.failed != nil && e.failed.Outcome == OutcomeUnknown && !rejected {
		last.Outcome = OutcomeUnknown
	}
	e.failed, e.err = &last, err
	if failed.Outcome == OutcomeNotApplied && !exists {
		return false
	}
	e.slot.at = time.Now()
	return true
}

// found returns a conversation that exists.
func (e *ensure) found(conv *Conversation) (*Conversation, bool, error) {
	customer := cmp.Or(conv.Relationships.Customer.Data.ID, e.slot.customer)
	if customer != "" && customer != e.create.id {
		return nil, false, &OtherCustomerError{Conversation: conv, CustomerID: customer}
	}
	return conv, e.failed != nil && e.failed.Outcome != OutcomeNotApplied, nil
}

// giveUp returns the error of a call that has not found the conversation, and that must not create it. why is the error of a
// look-up or a pause, or nil.
func (e *ensure) giveUp(ctx context.Context, why error) error {
	switch {
	case e.failed == nil && is[*Error](why):
		return why
	case e.failed == nil:
		return e.notSent(why, fmt.Sprintf("an earlier create may have been applied, and EnsureConversation has not found the conversation (look-ups: %d)", e.looks))
	case e.failed.Outcome == OutcomeNotApplied && why == nil:
		return e.err
	}
	last := *e.failed
	last.addHint(fmt.Sprintf("EnsureConversation has not found the conversation (creates: %d, look-ups: %d)", e.creates, e.looks))
	if why != nil { // only its text: a failed read would match as an error that says that nothing was applied
		last.addHint("then: " + nestedText(why))
		last.Err = withContextErr(ctx, cmp.Or(last.Err, ctx.Err()))
	}
	if last.Outcome == OutcomeUnknown {
		return e.create.unknown(&last)
	}
	return &last
}

// notSent returns the error of a call that has sent no create.
func (e *ensure) notSent(why error, hint string) error {
	op := e.create.op
	return &Error{Op: op.ID, Method: op.Method, Path: op.Path, ID: e.create.id, Outcome: OutcomeNotApplied, Err: why, Hint: hint}
}
