package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// How much of an answer is read: far more than a conversation has, and no more than a process can bear; of an error,
// what a person would read.
const (
	maxAnswer = 8 << 20
	maxError  = 64 << 10
)

var errTooLong = errors.New("kustomer: the answer is longer than 8 MiB")

// believedLength is how much memory an announced length is worth before anything has come.
const believedLength = 64 << 10

// readBody reads up to limit bytes and says if there was more, or less than announced.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	// A length announced saves the copies of a growing buffer; one that lies is found out by reading.
	size := min(max(resp.ContentLength, 0), believedLength)
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	body := buf.Bytes()
	if int64(len(body)) > limit {
		return body[:limit], errTooLong
	}
	if err != nil {
		return body, fmt.Errorf("kustomer: the answer was cut off after %d bytes: %w", len(body), err)
	}
	return body, nil
}
