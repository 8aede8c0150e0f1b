package client

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// An Event is something that happened to a call on its way, for metrics and logs: see [WithObserver].
type Event struct {
	Kind       EventKind
	Op         string        // operation, as updateConversationAttributes
	Attempt    int           // which attempt it is about, from 1; of EventGaveUp, how many were sent
	Wait       time.Duration // that was or would have been waited; of EventThrottled what the server asked for, if it did
	StatusCode int           // of the last answer; 0 where none came
	Scope      Scope         // of a limit that was met
	Err        error         // what went wrong; it holds no API key
}

// LogValue gives the event as attributes: kind, op, attempt, wait, status, scope and error, of which those are left out that
// say nothing.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", e.Kind.String()), slog.String("op", e.Op), slog.Int("attempt", e.Attempt)}
	if e.Wait != 0 {
		attrs = append(attrs, slog.Duration("wait", e.Wait))
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.Scope != ScopeUnknown {
		attrs = append(attrs, slog.String("scope", e.Scope.String()))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	return slog.GroupValue(attrs...)
}

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	EventWaited    EventKind = iota + 1 // the limiter held the attempt back for Wait, then let it through
	EventThrottled                      // the attempt was answered 429
	EventRetried                        // the attempt follows one that failed with Err, after a pause of Wait
	EventRefused                        // the attempt was not sent, for the wait would not have fitted
	EventGaveUp                         // the call failed for good
)

// worthTelling is how long the limiter has to take before that counts as held back.
const worthTelling = time.Millisecond

// String returns the kind in one word.
func (k EventKind) String() string {
	switch k {
	case EventWaited:
		return "waited"
	case EventThrottled:
		return "throttled"
	case EventRetried:
		return "retried"
	case EventRefused:
		return "refused"
	case EventGaveUp:
		return "gave up"
	}
	return fmt.Sprintf("EventKind(%d)", uint8(k))
}

func (c *Client) observe(e Event) {
	if c.observer != nil {
		c.observer(e)
	}
}

// tell reports the limit that an attempt met, if that is why it failed.
func (c *Client) tell(call *call, a *attempt, s *retryState, err error) {
	limited, ok := errors.AsType[*RateLimitError](err)
	if !ok {
		return
	}
	event := Event{Kind: EventThrottled, Op: call.op.ID, Attempt: s.sent, Wait: limited.RetryAfter, StatusCode: a.status, Scope: limited.Scope, Err: err}
	if limited.Local {
		event.Kind, event.Attempt = EventRefused, 1
	}
	c.observe(event)
}

// gaveUp reports that a call failed, and returns its error.
func (c *Client) gaveUp(call *call, err error) error {
	event := Event{Kind: EventGaveUp, Op: call.op.ID, Err: err}
	if e, ok := errors.AsType[*Error](err); ok {
		event.Attempt, event.StatusCode = e.Attempts, e.StatusCode
	}
	c.observe(event)
	return err
}
