package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The kinds of responses, for [errors.Is]. All except ErrServer mean that nothing was applied, unless the error is an
// [*OutcomeUnknownError]: then they describe its last attempt.
var (
	ErrBadRequest   = errors.New("kustomer: bad request")       // 400: the request is wrong; do not repeat it unchanged
	ErrUnauthorized = errors.New("kustomer: unauthorized")      // 401: the key is missing, invalid, expired, of another region, or lacks a role
	ErrForbidden    = errors.New("kustomer: forbidden")         // 403: the key lacks a role
	ErrNotFound     = errors.New("kustomer: not found")         // 404 with the API's list of errors: no such record, or one outside the key's scope
	ErrConflict     = errors.New("kustomer: conflict")          // 409: the record has changed, or the id of a create is taken
	ErrTooLarge     = errors.New("kustomer: request too large") // 413: the body is larger than the limit
	ErrRateLimited  = errors.New("kustomer: rate limited")      // 429: a limit is exceeded, see RateLimitError
	ErrServer       = errors.New("kustomer: server error")      // 500 to 599
)

// ErrRejected is for [errors.Is]: the call failed because of what it asks for, so it fails again unless its arguments or the
// record change, while other calls may succeed. A job that works through a list sets such an item aside.
//
// It matches a [*ValidationError], an [*OtherCustomerError], and an [*Error] that is ErrBadRequest, ErrNotFound, ErrConflict or
// ErrTooLarge or has the status 422. It does not match ErrUnauthorized and ErrForbidden, which fail all calls until the key is
// replaced, nor any error after which the same call may succeed later.
var ErrRejected = errors.New("kustomer: the call was rejected")

// An Error is a call that failed: the server refused it, or no response came. Outcome says whether it was applied.
type Error struct {
	Op         string           // operation, such as updateConversationAttributes; "Do" for [Client.Do]
	Method     string           // HTTP method
	Path       string           // path template, such as /v1/conversations/{id}; for [Client.Do] the path with {…} for ids, without a query
	ID         string           // id in the path; for [Client.Do] only if {…} stands for exactly one id
	StatusCode int              // HTTP status; 0 if no response came
	Outcome    Outcome          // whether the call was applied
	Items      []ErrorItem      // the readable errors of the response
	Hint       string           // what to do, if known
	RequestID  string           // x-amz-cf-id of the response, for Kustomer's support; may be empty
	Attempts   int              // number of attempts
	Budget     ratelimit.Budget // the organisation's budget, as the response reports it
	Header     http.Header      // of the response; nil if none came
	Body       []byte           // first 64 KiB of the response; replaced by a note if it contains a part of the API key

	// CustomAttribute is the name of the custom attribute that the organisation has not defined, if that is the error.
	CustomAttribute string
	// NearestAttribute is the defined attribute with the most similar name, if one is similar and [WithDefinedAttributes] was
	// given. Otherwise it is empty.
	NearestAttribute string

	// Err is why no response came, or why it was unreadable; nil otherwise. An error of a transport or a token source matches
	// with errors.Is and errors.As but cannot be unwrapped, because it may contain the API key.
	Err error
}

// Error says what happened, whether the call was applied and what to do. It shows no query, body or API key.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "kustomer: %s (%s %s", e.Op, e.Method, e.Path)
	if e.ID != "" {
		fmt.Fprintf(&b, ", id %s", displayID(e.ID))
	}
	b.WriteString("): ")
	switch {
	case e.StatusCode != 0 && http.StatusText(e.StatusCode) != "":
		fmt.Fprintf(&b, "%d %s", e.StatusCode, http.StatusText(e.StatusCode))
	case e.StatusCode != 0:
		fmt.Fprintf(&b, "status %d", e.StatusCode)
	case e.Attempts == 0:
		b.WriteString("not sent")
	default:
		b.WriteString("no response")
	}
	if e.Err != nil {
		b.WriteString(": " + nestedText(e.Err))
	}
	if texts := e.itemTexts(); texts != nil {
		b.WriteString(": " + strings.Join(texts, "; "))
	}
	outcome := e.Outcome.String()
	if e.Outcome == OutcomeUnknown {
		outcome = "may have been applied"
	}
	b.WriteString(" [" + outcome + "]")
	if e.Hint != "" {
		b.WriteString(": " + e.Hint)
	}
	return b.String()
}

const maxItemsShown = 5

// maxItemText is how much of an item with its suberrors goes into a message, in bytes.
const maxItemText = 1 << 10

// itemTexts returns the errors in the response, each in one line.
func (e *Error) itemTexts() []string {
	if string(e.Body) == droppedBody {
		return []string{droppedBody}
	}
	var texts []string
	for i, item := range e.Items {
		if i == maxItemsShown {
			return append(texts, fmt.Sprintf("and %d more", len(e.Items)-i))
		}
		texts = append(texts, shorten(item.String(), maxItemText))
	}
	return texts
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNotFound) and the like true, by the status. A 404 is ErrNotFound only if Body has the form of the
// API's errors, {"errors": [{…}]}: a proxy, or a host or path that is wrong, also responds 404, which says nothing about the
// record.
func (e *Error) Is(target error) bool {
	if target == ErrRejected {
		return e.Outcome == OutcomeNotApplied && (e.StatusCode == http.StatusUnprocessableEntity ||
			e.Is(ErrBadRequest) || e.Is(ErrNotFound) || e.Is(ErrConflict) || e.Is(ErrTooLarge))
	}
	switch e.StatusCode {
	case http.StatusBadRequest:
		return target == ErrBadRequest
	case http.StatusUnauthorized:
		return target == ErrUnauthorized
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound && hasAPIErrors(e.Body)
	case http.StatusConflict:
		return target == ErrConflict
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	case http.StatusTooManyRequests:
		return target == ErrRateLimited
	}
	return target == ErrServer && e.StatusCode >= 500 && e.StatusCode <= 599
}

// LogValue returns what Error says as attributes: op, method, path, id, status, outcome, attempts, request_id, items and codes
// (the texts and codes of the first 5 items), cause and cause_text (the kind of Err and its text), and hint. Those without a
// value are left out. It shows no query, body, header or API key.
func (e *Error) LogValue() slog.Value {
	if e == nil {
		return slog.GroupValue()
	}
	attrs := []slog.Attr{
		slog.String("op", e.Op),
		slog.String("method", e.Method),
		slog.String("path", e.Path),
		slog.Int("status", e.StatusCode),
		slog.String("outcome", e.Outcome.String()),
		slog.Int("attempts", e.Attempts),
	}
	add := func(name, text string) {
		if text != "" {
			attrs = append(attrs, slog.String(name, text))
		}
	}
	if e.ID != "" {
		add("id", displayID(e.ID))
	}
	add("request_id", oneLine(e.RequestID))
	if texts := e.itemTexts(); texts != nil {
		attrs = append(attrs, slog.Any("items", texts))
	}
	var codes []string
	for _, item := range e.Items[:min(len(e.Items), maxItemsShown)] {
		if item.Code != "" {
			codes = append(codes, oneLine(item.Code))
		}
	}
	if codes != nil {
		attrs = append(attrs, slog.Any("codes", codes))
	}
	if e.Err != nil {
		add("cause", causeKind(e.Err))
		add("cause_text", nestedText(e.Err))
	}
	add("hint", e.Hint)
	return slog.GroupValue(attrs...)
}

// causeKind names the kind of a cause, for counting. The text of a cause differs with each address.
func causeKind(err error) string {
	op, isOp := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case is[*net.DNSError](err):
		return "name not resolved"
	case isOp:
		return "connection: " + op.Op
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "connection cut"
	}
	if t, ok := errors.AsType[causeType](err); ok {
		return string(t)
	}
	return fmt.Sprintf("%T", err)
}
