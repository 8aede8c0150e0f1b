package client

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An Outcome says whether a failed call changed the record.
type Outcome uint8

// The outcomes. The zero value is OutcomeUnknown, the safe assumption.
const (
	OutcomeUnknown    Outcome = iota // the call may have been applied
	OutcomeNotApplied                // nothing was changed
	OutcomeApplied                   // the call was applied, but its response was unreadable
)

// String returns the outcome in words.
func (o Outcome) String() string {
	names := [...]string{OutcomeUnknown: "unknown", OutcomeNotApplied: "not applied", OutcomeApplied: "applied"}
	if int(o) >= len(names) {
		return fmt.Sprintf("Outcome(%d)", uint8(o))
	}
	return names[o]
}

// An OutcomeUnknownError reports a write that was sent and may have been applied: the connection was lost, the time ran out,
// the context was canceled, the server failed, or the response did not come from the API.
//
// Read the record back before you send the write again. A repeated create makes a second conversation that agents see: look
// for the first one by its ID, or by its ExternalID as [Client.EnsureConversation] does. A repeated update undoes what somebody
// else has changed since the first one.
//
// It wraps the [*Error] of the last attempt, so errors.Is(err, context.Canceled) and errors.Is(err, ErrServer) work.
type OutcomeUnknownError struct {
	// ExternalID and ID are those of the create that was sent. They are empty for other calls.
	ExternalID, ID string
	// Err is the error of the last attempt. Its Outcome is OutcomeUnknown.
	Err *Error
}

// Error says what happened and how to find the record.
func (e *OutcomeUnknownError) Error() string {
	if e.Err == nil {
		return "kustomer: the outcome is unknown"
	}
	find := "read back"
	if e.ExternalID != "" {
		find = fmt.Sprintf("look for the externalId %q", shorten(e.ExternalID, maxText))
	} else if e.ID != "" {
		find = fmt.Sprintf("look for the id %q", shorten(e.ID, maxText))
	}
	return e.Err.Error() + "; " + find + " before sending it again"
}

// Unwrap returns Err.
func (e *OutcomeUnknownError) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

// LogValue returns the attributes of [Error.LogValue], and the ids of a create as external_id and conversation_id.
func (e *OutcomeUnknownError) LogValue() slog.Value {
	attrs := e.Err.LogValue().Group()
	if e.ExternalID != "" {
		attrs = append(attrs, slog.String("external_id", displayText(e.ExternalID, maxText)))
	}
	if e.ID != "" {
		attrs = append(attrs, slog.String("conversation_id", displayText(e.ID, maxText)))
	}
	return slog.GroupValue(attrs...)
}

// A Scope says which limit a call exceeded. The API does not say so itself, so the scope is derived from the headers of the
// response (assumed): see [ratelimit.Classify].
type Scope = ratelimit.Scope

// The scopes.
const (
	ScopeUnknown = ratelimit.ScopeUnknown // the response does not say which limit, or the limiter has a cap of its own
	ScopeOrg     = ratelimit.ScopeOrg     // the budget that all keys and users of the organisation share
	ScopeObject  = ratelimit.ScopeObject  // the limit of one record, of one customer for new conversations, or of searches
)

// A RateLimitError reports that a limit is exceeded. The call was not applied, and may be sent again after RetryAfter. It wraps
// an [*Error], and errors.Is(err, ErrRateLimited) is true.
type RateLimitError struct {
	Scope Scope
	// RetryAfter is how long to wait after the error was returned: as the server asks, or the required wait that was too long.
	// If it is 0, the wait is not known: wait one second, and twice as long after each failure, up to one minute.
	RetryAfter time.Duration
	// Local means that the limiter refused the call, and no request was sent.
	Local bool
	// Err has the response. Its Budget is the organisation's budget as the response reports it. If Local is true there is no
	// response, and Err wraps the [*ratelimit.WaitError].
	Err *Error
}

// Error says which limit is exceeded and how long to wait.
func (e *RateLimitError) Error() string {
	if e.Err == nil {
		return ErrRateLimited.Error()
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *RateLimitError) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

// Is makes errors.Is(err, ErrRateLimited) true, even if Local is true.
func (e *RateLimitError) Is(target error) bool { return target == ErrRateLimited }

// LogValue returns the attributes of [Error.LogValue], and scope, retry_after and local.
func (e *RateLimitError) LogValue() slog.Value {
	return slog.GroupValue(append(e.Err.LogValue().Group(),
		slog.String("scope", e.Scope.String()),
		slog.Duration("retry_after", e.RetryAfter),
		slog.Bool("local", e.Local))...)
}

// An OtherCustomerError reports that the conversation with the externalId belongs to another customer. Either the
// externalId was used for both customers, or Kustomer has merged the customer into the other one: then use the conversation.
type OtherCustomerError struct {
	Conversation *Conversation
	// CustomerID is the customer of the conversation.
	CustomerID string
}

// Error says which conversation and customer were found.
func (e *OtherCustomerError) Error() string {
	id := ""
	if e.Conversation != nil {
		id = displayID(e.Conversation.ID)
	}
	return fmt.Sprintf("kustomer: the conversation %s has this externalId and belongs to another customer, %s: the externalId is used twice, or the customers were merged",
		id, displayID(e.CustomerID))
}

// Is reports that the error is [ErrRejected].
func (e *OtherCustomerError) Is(target error) bool { return target == ErrRejected }

// LogValue returns the ids as conversation_id and customer_id.
func (e *OtherCustomerError) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("customer_id", displayID(e.CustomerID))}
	if e.Conversation != nil {
		attrs = append(attrs, slog.String("conversation_id", displayID(e.Conversation.ID)))
	}
	return slog.GroupValue(attrs...)
}
