package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

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

// callFor checks and sends a call whose response is a record. See [Client.prepare] for idName, root and body.
func callFor[T any, R record[T]](ctx context.Context, c *Client, call call, opts []CallOption, idName, root string, body any) (R, error) {
	if err := c.prepare(ctx, &call, opts, idName, root, body); err != nil {
		return nil, err
	}
	return sendFor[T, R](ctx, c, call)
}

// sendFor sends a call that is checked and whose response is a record.
func sendFor[T any, R record[T]](ctx context.Context, c *Client, call call) (R, error) {
	rec := R(new(T))
	_, r, _ := rec.meta()
	call.decode = decodeInto(rec)
	if err := c.run(ctx, &call, r); err != nil {
		return nil, err
	}
	return rec, nil
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
	body := bytes.TrimPrefix(r.plain, []byte(byteOrderMark))
	err := decodeLeniently(body, &e)
	*data = e.Data
	errs := errorList{r.partial, r.redactError(err)}
	if !formats.IsExact(body) {
		errs = append(errs, errNotExact)
	}
	if e.Errors != nil && !isNothing(e.Errors) {
		errs = append(errs, r.redactError(errorsBeside(body)))
	}
	return errs
}

// errorsBeside returns the errors that a response lists beside its data as one error.
func errorsBeside(body []byte) error {
	errs := errorList{errors.New("the response has errors beside its data")}
	for _, item := range errorItems(body) {
		if len(errs) <= maxItemsShown {
			errs = append(errs, errors.New(item.String()))
		}
	}
	return errs
}
