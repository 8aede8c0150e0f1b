package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// A record is a pointer to a type that a response is decoded into: [Conversation] or [Customer].
type record[T any] interface {
	*T
	// meta returns where the record has its id, its response and its DecodeError.
	meta() (id *string, r *Response, decodeErr *error)
}

// errNoID reports a response that does not say which record it is about.
var errNoID = errors.New("the response has no data.id")

// errNotExact reports text that has changed. Two names may have become one.
var errNotExact = errors.New("it has text that is not valid Unicode and that is read as U+FFFD")

// content says what the body of a response with a 2xx status has.
type content struct {
	kind   bodyKind
	id     bool // a readable data.id, or the list that the call asks for
	errors bool // errors, and no record
}

// decodeInto returns a function that decodes the response of an attempt into a record. If the response has no readable id, the
// record gets the id of the one that the call changes, if any.
func decodeInto[T any, R record[T]](rec R) func(*call, *attempt) content {
	return func(call *call, a *attempt) content {
		err := decodeRecord(rec)
		if err == nil {
			return content{kind: bodyObject, id: true}
		}
		id, _, decodeErr := rec.meta()
		*id, *decodeErr = call.object, err
		return content{kind: a.kind(), errors: hasErrors(a.plain)}
	}
}

// decodeAny reports what the response of a call by [Client.Do] has.
func decodeAny(call *call, a *attempt) content {
	var c content
	var envelope struct{ Data, Errors json.RawMessage }
	body := trimByteOrderMark(a.plain)
	if beginsAs(body) == bodyObject && json.Unmarshal(body, &envelope) == nil {
		c.kind = bodyObject
		if isNothing(envelope.Errors) && (call.readOnly || a.StatusCode != http.StatusAccepted) {
			return c // nothing depends on the id
		}
		c.errors = !isNothing(envelope.Errors) && !isRecordList(envelope.Data)
	} else {
		c.kind, c.errors = a.kind(), hasErrors(body)
	}
	c.id = decodeRecord(&Conversation{Response: Response{plain: body}}) == nil
	c.errors = c.errors && !c.id
	return c
}

// decodePage reports what the response of a call that asks for a list has. Its records are decoded later.
func decodePage(call *call, a *attempt) content {
	c := decodeAny(call, a)
	c.id = c.kind == bodyObject && !c.errors
	return c
}

// isRecordList reports whether a JSON value is a list of records that is not empty.
func isRecordList(raw []byte) bool {
	var list []struct{ ID json.RawMessage }
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && list[0].ID != nil
}

// decodeRecord decodes the body of a record's response into the record, and sets its DecodeError. Without a readable data.id it
// returns an error instead, and the record has what else could be decoded.
func decodeRecord[T any, R record[T]](rec R) error {
	id, r, decodeErr := rec.meta()
	response := *r
	var data T
	errs := decodeData(&response, &data)
	*rec, *r = data, response
	if *id == "" {
		return append(errs, errNoID).err()
	}
	*decodeErr = errs.err()
	return nil
}

// decodeData decodes the data of a response leniently. It returns what is wrong with the body.
func decodeData[T any](r *Response, data *T) errorList {
	var e struct {
		Data   T               `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	body := trimByteOrderMark(r.plain)
	err := decodeLeniently(body, &e)
	*data = e.Data
	errs := errorList{r.partial, r.redactError(err)}
	if !formats.IsExact(body) {
		errs = append(errs, errNotExact)
	}
	if e.Errors != nil && !isNothing(e.Errors) {
		errs = append(errs, r.redactError(addedErrors(body)))
	}
	return errs
}

// addedErrors returns the errors that a response lists in addition to its data as one error.
func addedErrors(body []byte) error {
	errs := errorList{errors.New("the response has errors in addition to its data")}
	for _, item := range errorItems(body) {
		if len(errs) <= maxItemsShown {
			errs = append(errs, errors.New(item.String()))
		}
	}
	return errs
}

// A bodyKind classifies the body of a response. The API sends JSON objects; any other body may come from a proxy.
type bodyKind uint8

const (
	bodyEmpty      bodyKind = iota // only whitespace, or nothing
	bodyObject                     // a JSON object, or the beginning of one that is cut off
	bodyOther                      // HTML, text, other JSON, or invalid JSON
	bodyUnreadable                 // its content encoding cannot be decoded
)

// kind returns the kind of the body.
func (a *attempt) kind() bodyKind {
	if errors.Is(a.partial, errEncoding) {
		return bodyUnreadable
	}
	return kindOf(a.plain)
}

// kindOf returns the kind of a body. It reads the whole body, which takes as long as decoding it, so it is called only if
// decodeRecord finds no id.
func kindOf(body []byte) bodyKind {
	kind := beginsAs(body)
	if kind != bodyObject {
		return kind
	}
	dec := json.NewDecoder(bytes.NewReader(trimByteOrderMark(body)))
	dec.UseNumber() // a number may not fit into a float64
	for depth := 0; ; {
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return bodyObject
		case err != nil:
			return bodyOther
		case token == json.Delim('{'), token == json.Delim('['):
			depth++
		case token == json.Delim('}'), token == json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return bodyObject
		}
	}
}

// beginsAs returns the kind of a body from its beginning. An object begins with a name and a colon, or is empty.
func beginsAs(body []byte) bodyKind {
	d := lenientDecoder{body: trimByteOrderMark(body)}
	switch first := d.next(); {
	case d.pos == len(d.body):
		return bodyEmpty
	case first != '{':
		return bodyOther
	}
	d.pos++
	switch d.next() {
	case 0, '}':
		return bodyObject
	case '"':
		if _, err := d.skip(); err != nil || d.next() == ':' || d.next() == 0 {
			return bodyObject
		}
	}
	return bodyOther
}

// hasErrors reports whether a body has errors in any form: a member of that name that is not null or empty.
func hasErrors(body []byte) bool {
	d := lenientDecoder{body: trimByteOrderMark(body)}
	found := false
	if d.next() != '{' {
		return false
	}
	_ = d.object(func(name string) error {
		raw, err := d.skip()
		if strings.EqualFold(name, "errors") {
			found = found || err == nil && !isNothing(raw) || errors.Is(err, errShort) && d.next() != 0
		}
		return err
	})
	return found
}

// isNothing reports whether a JSON value is null or empty.
func isNothing(raw []byte) bool {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return len(raw) == 0
	}
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}
