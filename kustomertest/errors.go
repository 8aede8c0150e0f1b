package kustomertest

import "strings"

// An errorItem is one error of the envelope, in any of the variants that Kustomer sends.
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

// refuse answers with one error in the recorded variant, where status is a number (observed).
func refuse(status int, item errorItem) *answer {
	item.Status = status
	return envelope(status, item)
}

// malformed answers 400 in the variant that the documentation shows, for bodies that cannot be read at all.
func malformed(message string) *answer {
	return envelope(400, errorItem{Code: "bad_request", Message: message, Meta: &errorMeta{}})
}

func envelope(status int, items ...errorItem) *answer {
	return &answer{status: status, body: encode(map[string]any{"errors": items})}
}

// parameter returns the source of an error about a field or a path parameter, nil where there is none.
func parameter(name string) *errorSource {
	if name == "" {
		return nil
	}
	return &errorSource{Parameter: name}
}

func notFound(name string) *answer {
	return refuse(404, errorItem{Source: parameter(name), Code: "notfound", Title: "Not Found"})
}

func conflict(name string) *answer {
	return refuse(409, errorItem{Source: parameter(name), Code: "conflict", Title: "Conflict"})
}

func tooMany() *answer {
	return refuse(429, errorItem{Code: "ratelimit", Title: "Too Many Requests"})
}

// A problem is one thing that is wrong with a body.
type problem struct {
	parameter string // the field's name, or the attribute's
	pointer   string // the field as a JSON pointer
	title     string
	detail    string
}

// notAllowed is the problem of a property that the server does not know, in the recorded words (observed for
// custom attributes). schema is where in its schema it was looked for.
func notAllowed(name, parent, schema string) problem {
	return problem{
		parameter: name,
		pointer:   parent + "/" + escapes.Replace(name),
		title:     "Additional properties not allowed",
		detail:    schema + "/additionalProperties",
	}
}

// badParam answers 400: one problem in the recorded variant, several in the nested one (both observed).
func badParam(problems []problem) *answer {
	first := problems[0]
	item := errorItem{Source: parameter(first.parameter), Code: "badparam", Title: first.title, Detail: first.detail}
	if len(problems) > 1 {
		item.Title, item.Detail, item.Meta = "Invalid parameter", "", new(errorMeta)
		for _, p := range problems {
			sub := errorItem{Title: p.title, Source: &errorSource{Pointer: p.pointer}}
			item.Meta.SubErrors = append(item.Meta.SubErrors, sub)
		}
	}
	return refuse(400, item)
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1") // as RFC 6901 has it

var pointers = strings.NewReplacer(".", "/", "[", "/", "]", "")

// pointer writes a field such as snooze.status or tags[2] as a JSON pointer.
func pointer(field string) string {
	p := pointers.Replace(field)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return p
}
