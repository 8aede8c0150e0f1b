package client

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/kustomer-go/kustomer/gen"
)

// An ErrorItem is one error of an answer, in any of the four forms that Kustomer uses.
type ErrorItem struct {
	Status  int    // as the item says, as number or as text; 0 if it does not
	Code    string // as "badparam"
	Title   string // in a few words
	Message string // in a sentence
	Detail  string // a text, or a path into the server's schema
	Field   string // what it is about: source.pointer, source.parameter or source.parameters

	// SubErrors are the errors below this one, from meta.subErrors.
	SubErrors []ErrorItem
}

// String returns the text and the field, in one line.
func (i ErrorItem) String() string {
	text := i.text()
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

func (i ErrorItem) text() string {
	for _, t := range []string{i.Message, i.Title, i.Detail, i.Code} {
		if t != "" {
			return oneLine(t)
		}
	}
	return "error without a text"
}

// maxText is how much of a server's text goes into a message, in bytes.
const maxText = 200

// oneLine keeps a server's text from breaking a log.
func oneLine(text string) string { return shorten(printable(text), maxText) }

// printable puts a blank in place of what breaks a line, turns its direction or steers a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
}

// shorten cuts a text to as many bytes.
func shorten(text string, most int) string {
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// maxID is how much of an id goes into a message, in bytes.
const maxID = 64

func shownID(id string) string { return shown(id, maxID) }

// shown makes an id or a name fit for a message, in up to as many bytes: it comes from the caller, or from whoever fills in a
// form of theirs, and may turn the direction of a line of a log, or be as long as a book.
func shown(text string, most int) string {
	short := shorten(text, most)
	if quoted := strconv.Quote(short); len(quoted) != len(short)+2 {
		return quoted
	}
	return short
}

// errorItems reads what it can of an error's body. Anything may come: another shape, HTML, half an answer, nothing.
func errorItems(body []byte) []ErrorItem {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	var answer gen.ErrorAnswer
	_ = decodeLeniently(body, &answer)
	var all []ErrorItem
	for _, e := range answer.Errors {
		if i := errorItem(e, 0); i.String() != (ErrorItem{}).String() {
			all = append(all, i)
		}
	}
	if all == nil {
		return otherItems(body)
	}
	return all
}

// otherItems reads what gateways send, and some integrations expect: texts or one object in place of the list, or an
// error that is the whole body.
func otherItems(body []byte) []ErrorItem {
	var answer struct {
		Errors    json.RawMessage `json:"errors"`
		Error     json.RawMessage `json:"error"`
		Message   json.RawMessage `json:"message"`
		ErrorCode json.RawMessage `json:"errorCode"`
	}
	if decodeLeniently(body, &answer) != nil {
		return nil
	}
	var texts []string
	var one gen.ErrorItem
	var all []ErrorItem
	switch {
	case json.Unmarshal(answer.Errors, &texts) == nil:
		for _, text := range texts {
			all = append(all, ErrorItem{Message: text})
		}
		return all
	case len(answer.Errors) > 0 && answer.Errors[0] == '{' && decodeLeniently(answer.Errors, &one) == nil:
		return []ErrorItem{errorItem(one, 0)}
	case len(answer.Errors) > 0 && answer.Errors[0] == '"':
		return []ErrorItem{{Message: plain(answer.Errors)}}
	}
	item := ErrorItem{Message: plain(answer.Message), Title: plain(answer.Error), Code: plain(answer.ErrorCode)}
	if item.String() == (ErrorItem{}).String() {
		return nil
	}
	return []ErrorItem{item}
}

// plain returns the text of a JSON string, or what else stands there; "" for null and nothing.
func plain(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// maxDepth is how deep errors below errors are followed.
const maxDepth = 4

func errorItem(e gen.ErrorItem, depth int) ErrorItem {
	i := ErrorItem{
		Code: e.Code, Title: e.Title, Message: e.Message, Detail: e.Detail,
		Field: e.Source.Pointer,
	}
	i.Status, _ = strconv.Atoi(string(bytes.Trim(e.Status, `"`)))
	if i.Field == "" {
		i.Field = e.Source.Parameter
	}
	if i.Field == "" {
		i.Field = parameters(e.Source.Parameters)
	}
	if depth < maxDepth {
		for _, sub := range e.Meta.SubErrors {
			i.SubErrors = append(i.SubErrors, errorItem(sub, depth+1))
		}
	}
	return i
}

// parameters reads source.parameters, whose type is not documented.
func parameters(raw json.RawMessage) string {
	var one string
	var many []string
	switch {
	case len(raw) == 0:
		return ""
	case json.Unmarshal(raw, &one) == nil:
		return one
	case json.Unmarshal(raw, &many) == nil:
		return strings.Join(many, ", ")
	}
	return string(raw)
}
