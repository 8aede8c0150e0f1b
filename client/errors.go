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
)

// What an error is about, for [errors.Is]. All but ErrServer mean that nothing was applied, unless the error is an
// [*OutcomeUnknownError]: then they are of its last attempt.
var (
	ErrBadRequest   = errors.New("kustomer: bad request")         // 400: something in the request; do not repeat it unchanged
	ErrUnauthorized = errors.New("kustomer: unauthorized")        // 401: the key is missing, invalid, expired, of another region, or lacks a role
	ErrForbidden    = errors.New("kustomer: forbidden")           // 403: the key lacks a role
	ErrNotFound     = errors.New("kustomer: not found")           // 404: no such record, or one outside the key's scope
	ErrConflict     = errors.New("kustomer: conflict")            // 409: the record changed meanwhile, or, of a create, its id is taken
	ErrTooLarge     = errors.New("kustomer: request too large")   // 413: the body is above the limit
	ErrRateLimited  = errors.New("kustomer: rate limited")        // 429: a limit is exceeded, see RateLimitError
	ErrServer       = errors.New("kustomer: fault of the server") // 500 to 599
)

// An Error is a call that failed: refused by the server, or without an answer. It tells what happened, to which call,
// and, as Outcome, whether it was applied.
type Error struct {
	Op         string      // operation, as updateConversationAttributes; "Do" for [Client.Do]
	Method     string      // HTTP method
	Path       string      // path template, such as /v1/conversations/{id}; of [Client.Do] the path with {…} for ids, without its query
	ID         string      // the id in the path; of [Client.Do] only where {…} stands for one id and nothing else
	StatusCode int         // HTTP status; 0 where no answer came
	Outcome    Outcome     // whether the call was applied
	Items      []ErrorItem // what the server said, if it could be read
	Hint       string      // what to do, if known
	RequestID  string      // x-amz-cf-id of the answer, for Kustomer's support; may be empty
	Attempts   int         // how often the call was sent
	RateLimit  RateLimit   // as the answer says
	Header     http.Header // of the answer; nil where none came
	Body       []byte      // its first 64 KiB; where it repeats the API key in parts or escaped, only a note that says so

	// CustomAttribute is the name of the custom attribute that the organisation has not defined, if that is the error.
	CustomAttribute string
	// NearestAttribute is the defined one that may have been meant: where the client was told with [WithDefinedAttributes]
	// what is defined, and one is near. Otherwise it is empty.
	NearestAttribute string

	// Err is why no answer came, or why it could not be read; nil otherwise. What comes from a transport or a token source
	// can be asked by errors.Is and errors.As alone, for it may hold the key.
	Err error
}

// Error says what happened, whether it was applied and what to do. It holds no query, no body and no key.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "kustomer: %s (%s %s", e.Op, e.Method, e.Path)
	if e.ID != "" {
		fmt.Fprintf(&b, ", id %s", shownID(e.ID))
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
		b.WriteString("no answer")
	}
	if e.Err != nil {
		b.WriteString(": " + within(e.Err))
	}
	if words := e.words(); words != nil {
		b.WriteString(": " + strings.Join(words, "; "))
	}
	fmt.Fprintf(&b, " [%s]", e.outcome())
	if e.Hint != "" {
		b.WriteString(": " + e.Hint)
	}
	return b.String()
}

const maxItemsShown = 5

// maxWords is how much of an item with all that is below it goes into a message, in bytes.
const maxWords = 1 << 10

// words are what the server said, each item in one line.
func (e *Error) words() []string {
	if string(e.Body) == droppedBody {
		return []string{droppedBody}
	}
	var words []string
	for i, item := range e.Items {
		if i == maxItemsShown {
			return append(words, fmt.Sprintf("and %d more", len(e.Items)-i))
		}
		words = append(words, shorten(item.String(), maxWords))
	}
	return words
}

func (e *Error) outcome() string {
	if e.Outcome == Unknown {
		return "may have been applied"
	}
	return e.Outcome.String()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNotFound) and the like hold, by the status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrBadRequest:
		return e.StatusCode == http.StatusBadRequest
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrTooLarge:
		return e.StatusCode == http.StatusRequestEntityTooLarge
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrServer:
		return e.StatusCode >= 500 && e.StatusCode <= 599
	}
	return false
}

// LogValue gives what Error says, as attributes: op, method, path, id, status, outcome, attempts, request_id, items and
// codes (the server's words and codes, of the first 5 items), cause and cause_text (the kind of Err and its text) and hint.
// Those that are empty are left out. There is no query, body, header or key.
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
		add("id", shownID(e.ID))
	}
	add("request_id", oneLine(e.RequestID))
	if words := e.words(); words != nil {
		attrs = append(attrs, slog.Any("items", words))
	}
	if codes := e.codes(); codes != nil {
		attrs = append(attrs, slog.Any("codes", codes))
	}
	if e.Err != nil {
		add("cause", causeKind(e.Err))
		add("cause_text", within(e.Err))
	}
	add("hint", e.Hint)
	return slog.GroupValue(attrs...)
}

// codes are those of the items that words shows.
func (e *Error) codes() []string {
	var codes []string
	for _, item := range e.Items[:min(len(e.Items), maxItemsShown)] {
		if item.Code != "" {
			codes = append(codes, oneLine(item.Code))
		}
	}
	return codes
}

// causeKind names what kept a response away, for counting: the text of a cause differs with each address.
func causeKind(err error) string {
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "time-out"
	case errors.As(err, &dns):
		return "name not resolved"
	case errors.As(err, &op):
		return "connection: " + op.Op
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "connection cut"
	}
	if t, ok := errors.AsType[causeType](err); ok {
		return string(t)
	}
	return fmt.Sprintf("%T", err)
}
