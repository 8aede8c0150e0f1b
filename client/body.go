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
	body := make([]byte, 0, size+bytes.MinRead)
	var err error
	for err == nil && int64(len(body)) <= limit {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		var n int
		n, err = resp.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
	}
	if int64(len(body)) > limit {
		return body[:limit], errTooLong
	}
	if err != nil && err != io.EOF {
		return body, fmt.Errorf("kustomer: the answer was cut off after %d bytes: %w", len(body), err)
	}
	return body, nil
}
