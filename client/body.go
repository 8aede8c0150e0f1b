package client

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
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
	return readUpTo(resp.Body, min(max(resp.ContentLength, 0), believedLength), limit)
}

// readUpTo reads up to limit bytes, of which it expects as many as size says.
func readUpTo(r io.Reader, size, limit int64) ([]byte, error) {
	body := make([]byte, 0, size+bytes.MinRead)
	var err error
	for err == nil && int64(len(body)) <= limit {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		var n int
		n, err = r.Read(body[len(body):cap(body)])
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

// errEncoding says that a body's content encoding cannot be undone.
var errEncoding = errors.New("kustomer: the body of the response cannot be decompressed")

// isPlain reports whether a body is not compressed: a transport may undo an encoding and leave the header.
func isPlain(body []byte) bool { return beginsAs(body) != bodyOther || utf8.Valid(body) }

// ungzip returns a body without the encodings that its header names: up to limit bytes of it, or as much as can be read and
// the reason why that is not all. [http.Transport] undoes gzip only if it has asked for it itself.
func ungzip(header http.Header, body []byte, limit int64) ([]byte, error) {
	if len(header["Content-Encoding"]) == 0 {
		return body, nil
	}
	encodings := strings.Split(strings.Join(header["Content-Encoding"], ","), ",")
	for _, name := range slices.Backward(encodings) { // the last was applied last
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "gzip", "x-gzip":
			if isPlain(body) {
				continue
			}
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errEncoding, err)
			}
			if body, err = readUpTo(r, int64(len(body)), limit); err != nil {
				return body, fmt.Errorf("kustomer: decompress the answer: %w", err)
			}
		case "", "identity":
		default:
			if !isPlain(body) {
				return nil, fmt.Errorf("%w: it is encoded as %q, and only gzip is supported", errEncoding, shorten(oneLine(name), maxID))
			}
		}
	}
	return body, nil
}
