package client

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kustomer-go/kustomer/gen"
)

// An ErrorItem is one error of a response. All four forms that Kustomer uses are supported.
type ErrorItem struct {
	Status  int    // HTTP status of the item, sent as a number or a text; 0 if absent
	Code    string // such as "badparam"
	Title   string // a few words
	Message string // a sentence
	Detail  string // a text, or a path in the server's schema
	Field   string // the field that is wrong: source.pointer, source.parameter or source.parameters

	// SubErrors are the errors in meta.subErrors.
	SubErrors []ErrorItem
}

// String returns the text and the field, in one line.
func (i ErrorItem) String() string {
	text := oneLine(cmp.Or(i.Message, i.Title, i.Detail, i.Code, "error without a text"))
	if i.Field != "" {
		text += " (" + oneLine(i.Field) + ")"
	}
	for n, sub := range i.SubErrors {
		if n == maxItemsShown {
			text += ", …"
			break
		}
		text += []string{": ", ", "}[min(n, 1)] + sub.String()
	}
	return text
}

// errorItems reads the errors in the body of a response. The body may be anything: another form, HTML, cut off, or empty.
func errorItems(body []byte) []ErrorItem {
	body = trimByteOrderMark(body)
	if all := apiItems(body); all != nil {
		return all
	}
	return otherItems(body)
}

// apiItems reads the errors in the form of the API: a list of objects.
func apiItems(body []byte) []ErrorItem {
	var envelope gen.ErrorResponse
	_ = decodeLeniently(body, &envelope)
	var all []ErrorItem
	for _, e := range envelope.Errors {
		if i := errorItem(e, 0); i.String() != (ErrorItem{}).String() {
			all = append(all, i)
		}
	}
	return all
}

// hasAPIErrors reports whether a body has errors in the form of the API. A gateway sends other forms, such as one message.
func hasAPIErrors(body []byte) bool {
	return apiItems(trimByteOrderMark(body)) != nil
}

func flatten(items []ErrorItem) []ErrorItem {
	var all []ErrorItem
	for _, i := range items {
		all = append(all, i)
		all = append(all, flatten(i.SubErrors)...)
	}
	return all
}

// otherItems reads the forms that gateways send: texts or one object in place of the list, or a body that is one error.
func otherItems(body []byte) []ErrorItem {
	var envelope struct {
		Errors    json.RawMessage `json:"errors"`
		Error     json.RawMessage `json:"error"`
		Message   json.RawMessage `json:"message"`
		ErrorCode json.RawMessage `json:"errorCode"`
	}
	if decodeLeniently(body, &envelope) != nil {
		return nil
	}
	var texts []string
	var one gen.ErrorItem
	var all []ErrorItem
	switch {
	case json.Unmarshal(envelope.Errors, &texts) == nil:
		for _, text := range texts {
			all = append(all, ErrorItem{Message: text})
		}
		return all
	case len(envelope.Errors) > 0 && envelope.Errors[0] == '{' && decodeLeniently(envelope.Errors, &one) == nil:
		return []ErrorItem{errorItem(one, 0)}
	case len(envelope.Errors) > 0 && envelope.Errors[0] == '"':
		return []ErrorItem{{Message: jsonText(envelope.Errors)}}
	}
	item := ErrorItem{Message: jsonText(envelope.Message), Title: jsonText(envelope.Error), Code: jsonText(envelope.ErrorCode)}
	if item.String() == (ErrorItem{}).String() {
		return nil
	}
	return []ErrorItem{item}
}

// jsonText returns the text of a JSON string, or other JSON as it is. It returns "" for null and for no value.
func jsonText(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// maxDepth is the number of levels of suberrors that are read.
const maxDepth = 4

func errorItem(e gen.ErrorItem, depth int) ErrorItem {
	i := ErrorItem{
		Code: e.Code, Title: e.Title, Message: e.Message, Detail: e.Detail,
		Field: cmp.Or(e.Source.Pointer, e.Source.Parameter, parameters(e.Source.Parameters)),
	}
	i.Status, _ = strconv.Atoi(string(bytes.Trim(e.Status, `"`)))
	if depth < maxDepth {
		for _, sub := range e.Meta.SubErrors {
			i.SubErrors = append(i.SubErrors, errorItem(sub, depth+1))
		}
	}
	return i
}

// parameters reads source.parameters. Its type is not documented.
func parameters(raw json.RawMessage) string {
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return strings.Join(many, ", ")
	}
	return jsonText(raw)
}
