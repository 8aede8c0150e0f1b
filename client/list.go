package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// errNoList reports a response that is not a list.
var errNoList = errors.New("the response has no list of records in data")

// Conversations returns the conversations of a list, such as a page of [Client.Pages]. Each is decoded on its own, as leniently as
// [DecodeConversation]. The Raw of each is {"data": {…}} with its record alone, and the rest of its Response is that of the list.
//
// The error names the records without a readable id, which are left out, and what is wrong with the list itself. The other
// conversations are returned all the same.
func (r *Response) Conversations() ([]*Conversation, error) {
	records, errs := r.records()
	var all []*Conversation
	for i, record := range records {
		conv := &Conversation{Response: *r}
		conv.raw = slices.Concat([]byte(`{"data":`), record, []byte("}"))
		conv.plain, conv.partial = conv.raw, nil
		if err := decodeRecord(conv); err != nil {
			errs = append(errs, fmt.Errorf("data[%d] is not a conversation: %w", i, err))
			continue
		}
		all = append(all, conv)
	}
	return all, errs.err()
}

// DecodeRecords decodes the records of a list, such as a page of [Client.Pages] or the response to a search by [Client.Do]. T is
// the type of one record: [Customer], or a type of your own. A value of another type than T expects is left out, and everything
// else is decoded. A struct that embeds another is decoded by encoding/json as a whole.
//
// The error names each record and field that could not be decoded, and what is wrong with the list itself. The records are
// returned all the same.
func DecodeRecords[T any](r *Response) ([]T, error) {
	records, errs := r.records()
	all := make([]T, len(records))
	for i, record := range records {
		if err := decodeLeniently(record, &all[i]); err != nil {
			errs = append(errs, fmt.Errorf("data[%d]: %w", i, r.redactError(err)))
		}
	}
	return all, errs.err()
}

// records returns the records of a list, and what is wrong with the list.
func (r *Response) records() ([]json.RawMessage, errorList) {
	var records []json.RawMessage
	errs := decodeData(r, &records)
	if records == nil {
		errs = append(errs, errNoList)
	}
	return records, errs
}
