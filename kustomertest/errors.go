package kustomertest

import "strings"

// An errorItem is one error of the envelope, in any of the formats that Kustomer sends.
type errorItem struct {
	Status  int          `json:"status,omitempty"`
	Source  *errorSource `json:"source,omitempty"`
	Code    string       `json:"code,omitempty"`
	Title   string       `json:"title,omitempty"`
	Detail  string       `json:"detail,omitempty"`
	Message string       `json:"message,omitempty"`
	Meta    *errorMeta   `json:"meta,omitempty"`
}

type errorSource struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
}

type errorMeta struct {
	SubErrors []errorItem `json:"subErrors,omitempty"`
}

// errorResponse returns one error in the recorded format, where status is a number (observed).
func errorResponse(status int, item errorItem) *response {
	item.Status = status
	return envelope(status, item)
}

// badRequest returns a 400 in the documented format, for bodies that cannot be read.
func badRequest(message string) *response {
	return envelope(400, errorItem{Code: "bad_request", Message: message, Meta: &errorMeta{}})
}

func envelope(status int, items ...errorItem) *response {
	return &response{status: status, body: encode(map[string]any{"errors": items})}
}

// parameter returns the source of an error in a field or path parameter, or nil.
func parameter(name string) *errorSource {
	if name == "" {
		return nil
	}
	return &errorSource{Parameter: name}
}

func notFound(name string) *response {
	return errorResponse(404, errorItem{Source: parameter(name), Code: "notfound", Title: "Not Found"})
}

func conflict(name string) *response {
	return errorResponse(409, errorItem{Source: parameter(name), Code: "conflict", Title: "Conflict"})
}

func tooManyRequests() *response {
	return errorResponse(429, errorItem{Code: "ratelimit", Title: "Too Many Requests"})
}

// A fieldError is one error in a body.
type fieldError struct {
	parameter string // name of the field or attribute
	pointer   string // the field as a JSON pointer
	title     string
	detail    string
}

// unknownField is the error of an unknown property, in the recorded words (observed for custom attributes). schema is
// the location in Kustomer's JSON schema.
func unknownField(name, parent, schema string) fieldError {
	return fieldError{
		parameter: name,
		pointer:   parent + "/" + escapes.Replace(name),
		title:     "Additional properties not allowed",
		detail:    schema + "/additionalProperties",
	}
}

// invalidBody returns a 400: the recorded format for one error, the nested format for several (both observed).
func invalidBody(errs []fieldError) *response {
	first := errs[0]
	item := errorItem{Source: parameter(first.parameter), Code: "badparam", Title: first.title, Detail: first.detail}
	if len(errs) > 1 {
		item.Title, item.Detail, item.Meta = "Invalid parameter", "", new(errorMeta)
		for _, p := range errs {
			sub := errorItem{Title: p.title, Source: &errorSource{Pointer: p.pointer}}
			item.Meta.SubErrors = append(item.Meta.SubErrors, sub)
		}
	}
	return errorResponse(400, item)
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1") // RFC 6901

var pointers = strings.NewReplacer(".", "/", "[", "/", "]", "")

// pointer returns the JSON pointer of a field such as snooze.status or tags[2].
func pointer(field string) string {
	p := pointers.Replace(field)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return p
}
