package kustomertest

import (
	"cmp"
	"net/http"
	"strings"
)

// An errorItem is one error of the envelope, in any of the formats that Kustomer sends.
type errorItem struct {
	Status  int                    `json:"status,omitempty"`
	Source  errorSource            `json:"source,omitzero"`
	Code    string                 `json:"code,omitempty"`
	Title   string                 `json:"title,omitempty"`
	Detail  string                 `json:"detail,omitempty"`
	Message string                 `json:"message,omitempty"`
	Meta    map[string][]errorItem `json:"meta,omitzero"`
}

type errorSource struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"` // of the path or the body
}

// errorCodes are the codes in error responses by status; those other than 400 and 404 are assumed.
var errorCodes = map[int]string{
	400: "badparam", 401: "unauthorized", 403: "forbidden", 404: "notfound", 409: "conflict", 413: "toolarge",
	429: "ratelimit",
}

// errorResponse returns one error in the recorded format, where status is a number (observed). Code and title follow
// from the status unless item has them.
func errorResponse(status int, item errorItem) *response {
	item.Status = status
	item.Code = cmp.Or(item.Code, errorCodes[status], "internal")
	item.Title = cmp.Or(item.Title, http.StatusText(status))
	return envelope(status, item)
}

// badRequest returns a 400 in the documented format, for bodies that cannot be read.
func badRequest(message string) *response {
	return envelope(400, errorItem{Code: "bad_request", Message: message, Meta: map[string][]errorItem{}})
}

func envelope(status int, item errorItem) *response {
	return &response{status: status, body: encode(map[string]any{"errors": []errorItem{item}})}
}

func notFound(parameter string) *response {
	return errorResponse(404, errorItem{Source: errorSource{Parameter: parameter}})
}

func conflict(parameter string) *response {
	return errorResponse(409, errorItem{Source: errorSource{Parameter: parameter}})
}

func tooManyRequests() *response { return errorResponse(429, errorItem{}) }

// A fieldError is one error in a body. The parameter is the name of the field or attribute, the pointer its JSON pointer.
type fieldError struct{ parameter, pointer, title, detail string }

// unknownField is the error of an unknown property, in the words observed for custom attributes. schema is its location.
func unknownField(name, parent, schema string) fieldError {
	pointer := parent + "/" + escapes.Replace(name)
	return fieldError{name, pointer, "Additional properties not allowed", schema + "/additionalProperties"}
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1") // RFC 6901

// invalidBody returns a 400: the recorded format for one error, the nested format for several (both observed).
func invalidBody(errs ...fieldError) *response {
	first := errs[0]
	item := errorItem{Source: errorSource{Parameter: first.parameter}, Title: first.title, Detail: first.detail}
	if len(errs) > 1 {
		var subErrors []errorItem
		for _, e := range errs {
			subErrors = append(subErrors, errorItem{Title: e.title, Source: errorSource{Pointer: e.pointer}})
		}
		item.Title, item.Detail, item.Meta = "Invalid parameter", "", map[string][]errorItem{"subErrors": subErrors}
	}
	return errorResponse(400, item)
}

var pointers = strings.NewReplacer(".", "/", "[", "/", "]", "")

// pointer returns the JSON pointer of a field such as snooze.status or tags[2].
func pointer(field string) string { return "/" + strings.TrimPrefix(pointers.Replace(field), "/") }
