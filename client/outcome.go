package client

import (
	"fmt"
	"log/slog"
)

// An Outcome says what a call that failed did to the record.
type Outcome uint8

// The outcomes.
const (
	Unknown    Outcome = iota // it may or may not have been applied
	NotApplied                // nothing was changed
	Applied                   // it was applied, though the answer could not be read
)

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case Unknown:
		return "unknown"
	case NotApplied:
		return "not applied"
	case Applied:
		return "applied"
	}
	return fmt.Sprintf("Outcome(%d)", uint8(o))
}

// An OutcomeUnknownError says that a write was sent and may have been applied: the connection was lost, the time ran
// out, the caller gave up, the server failed before it could say, or something else than the API responded. Read the record
// back before sending the write again. Creating twice makes a second conversation that agents see: look for it by
// ExternalID or ID, if the call had one. Repeating an update undoes what somebody else has changed since the first one.
//
// It wraps the [*Error] with the last cause, so errors.Is(err, context.Canceled) or errors.Is(err, ErrServer) hold
// where they apply.
type OutcomeUnknownError struct {
	// ExternalID and ID are what a create carried to find the conversation by; empty otherwise.
	ExternalID, ID string
	// Err is the last cause; its Outcome is Unknown.
	Err *Error
}

// Error says what happened and how to find out.
func (e *OutcomeUnknownError) Error() string {
	if e.Err == nil {
		return "kustomer: the outcome is unknown"
	}
	text := e.Err.Error()
	switch {
	case e.ExternalID != "":
		text += fmt.Sprintf("; look for the externalId %q before sending it again", shorten(e.ExternalID, maxText))
	case e.ID != "":
		text += fmt.Sprintf("; look for the id %q before sending it again", shorten(e.ID, maxText))
	default:
		text += "; read back before sending it again"
	}
	return text
}

// Unwrap returns Err.
func (e *OutcomeUnknownError) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

// LogValue gives what [Error.LogValue] does, and what a create carried as external_id and conversation_id.
func (e *OutcomeUnknownError) LogValue() slog.Value {
	attrs := e.Err.LogValue().Group()
	if e.ExternalID != "" {
		attrs = append(attrs, slog.String("external_id", shown(e.ExternalID, maxText)))
	}
	if e.ID != "" {
		attrs = append(attrs, slog.String("conversation_id", shown(e.ID, maxText)))
	}
	return slog.GroupValue(attrs...)
}
