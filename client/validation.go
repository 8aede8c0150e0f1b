package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// A ValidationError reports that a call was not sent because its arguments are not valid. It has all violations at once. The
// call does not count against the budget.
//
// The checks come from the API document. [WithoutRequestChecks] turns them off, except for values that could reach another
// endpoint or cannot be written as JSON.
type ValidationError struct {
	Op         string      // operation, such as updateConversationAttributes
	Violations []Violation // at least one
}

// A Violation is one value that a request must not have.
type Violation struct {
	// Field is the place, in the names of the API: "priority", "tags[2]", "satisfactionLevel.createdAt",
	// "custom.orderNumberStr". An id in the path is "conversationID" or "customerID". Empty means the whole body.
	Field string
	// Message says what is wrong, without the value: "must be at most 5".
	Message string
}

// String returns the field and the message in one line. The field is quoted if it has characters that cannot be printed, and
// cut if it is long.
func (v Violation) String() string {
	field := "the body"
	if v.Field != "" {
		field = displayText(v.Field, maxText)
	}
	return field + " " + shorten(printable(v.Message), maxItemText)
}

const maxViolationsShown = 20

// Error lists up to 20 violations.
func (e *ValidationError) Error() string {
	return fmt.Sprintf("kustomer: %s was not sent: %s", e.Op, strings.Join(e.texts(), "; "))
}

// Is reports that the error is [ErrRejected].
func (e *ValidationError) Is(target error) bool { return target == ErrRejected }

func (e *ValidationError) texts() []string {
	var texts []string
	for i, v := range e.Violations {
		if i == maxViolationsShown {
			return append(texts, fmt.Sprintf("and %d more", len(e.Violations)-i))
		}
		texts = append(texts, v.String())
	}
	return texts
}

// LogValue returns the operation as op, and up to 20 violations as violations.
func (e *ValidationError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", e.Op), slog.Any("violations", e.texts()))
}

// prepare checks the arguments of an operation, and completes the call. Violations name the id idName, and the body root. If body
// is a pointer, it is to a struct that prepare may change. A call without a body has a nil one.
func (c *Client) prepare(ctx context.Context, call *call, opts []CallOption, idName, root string, body any) (err error) {
	call.settings = callSettingsOf(ctx, opts)
	if v := reflect.ValueOf(body); v.Kind() == reflect.Pointer {
		inUTC(v.Elem())
	}
	// The check of the id cannot be turned off: a PATCH with the id ".." would reach another live endpoint.
	wrong := violations(schema.Check(call.op.PathID, idName, call.id), true)
	if text := call.fillPath(); text != "" && wrong == nil {
		wrong = []Violation{{idName, text}}
	}
	found := append(call.optionErrs(), wrong...)
	if call.op.Body != nil {
		found = append(found, violations(schema.Check(call.op.Body, root, body), !c.skipChecks)...)
	}
	call.body, err = c.marshal(call.op, found, body)
	call.repeatable = call.repeatable || call.settings.retryCreate && call.createRef != (createRef{})
	return err
}

// fillPath puts the id of a call, or the value of its look-up, into its path. It returns what is wrong with the path. A value
// that may be an address, a phone number or a name is not kept as the id, because errors and logs show that.
func (call *call) fillPath() (wrong string) {
	before, rest, _ := strings.Cut(call.op.Path, "{")
	_, after, _ := strings.Cut(rest, "}")
	value := url.PathEscape(call.id)
	if !strings.HasSuffix(before, "=") {
		call.path = before + value + after
		return ""
	}
	// A plus sign may stay as it is in a path, but a server that decodes a path like a query would read a blank.
	call.path = before + strings.ReplaceAll(value, "+", "%2B") + after
	if !strings.HasSuffix(before, "/externalId=") || !plainID.MatchString(call.id) {
		call.id = ""
	}
	return checkPath(call.path)
}

// violations converts what a check found. Without all, it keeps only what cannot be sent at all.
func violations(found []schema.Violation, all bool) []Violation {
	var vs []Violation
	for _, v := range found {
		if all || v.Unsendable {
			vs = append(vs, Violation{v.Field, v.Message})
		}
	}
	return vs
}

// marshal writes a body as JSON; a nil one is no body. It returns an error if there are violations or the body is too large.
func (c *Client) marshal(op *schema.Operation, found []Violation, body any) (data []byte, err error) {
	if body != nil {
		data, err = json.Marshal(body)
	}
	if bytes.Contains(data, []byte(`\u00`)) {
		data = []byte(htmlEscapes.Replace(string(data)))
	}
	switch {
	case err != nil && len(found) == 0:
		var m *json.MarshalerError
		for errors.As(err, &m) { // its text names Go types, which do not help the person who filled in the fields
			err = m.Err
		}
		found = append(found, Violation{Message: "cannot be written as JSON: " + nestedText(err)})
	case err == nil && !c.skipChecks && len(data) > op.MaxBody:
		found = append(found, Violation{Message: fmt.Sprintf("has %d bytes, may have %d", len(data), op.MaxBody)})
	}
	if len(found) > 0 {
		return nil, &ValidationError{Op: op.ID, Violations: found}
	}
	return data, nil
}

// htmlEscapes undoes the escapes of <, > and &. encoding/json writes six bytes for each, which count against the maximum size of
// a body. An encoder can turn that off, but not for the MarshalJSON methods that it calls. An escaped backslash is replaced with
// itself, so that the u003c after it remains.
var htmlEscapes = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// inUTC converts the times in a struct to UTC, which is how the reference shows them. What the struct points to belongs to the
// caller, so it is copied before it is changed.
func inUTC(v reflect.Value) {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		*t = t.UTC()
		return
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && !f.IsNil() {
			c := reflect.New(f.Type().Elem())
			c.Elem().Set(f.Elem())
			f.Set(c)
			f = c.Elem()
		}
		if f.Kind() == reflect.Struct {
			inUTC(f)
		}
	}
}
