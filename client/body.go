package client

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// How much of a body is read, in bytes.
const (
	maxResponse  = 8 << 20  // far more than a conversation has
	maxErrorBody = 64 << 10 // as much as a person would read
)

var errTooLong = errors.New("kustomer: the response is longer than 8 MiB")

// maxPrealloc is how much memory is allocated for a Content-Length before anything is read, in bytes.
const maxPrealloc = 64 << 10

// readBody reads up to limit bytes. It returns an error if the body is longer, or shorter than its Content-Length.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	return readUpTo(resp.Body, min(max(resp.ContentLength, 0), maxPrealloc), limit)
}

// readUpTo reads up to limit bytes, into a buffer that begins with the given size.
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
		return body, fmt.Errorf("kustomer: the response was cut off after %d bytes: %w", len(body), err)
	}
	return body, nil
}

// errEncoding reports a content encoding that cannot be decoded.
var errEncoding = errors.New("kustomer: the body of the response cannot be decompressed")

// isPlain reports whether a body is not compressed. A transport may decompress it and keep the header.
func isPlain(body []byte) bool { return beginsAs(body) != bodyOther || utf8.Valid(body) }

// ungzip returns up to limit bytes of a body without the encodings that its header names. If it cannot decompress everything,
// it returns what it has and the reason. [http.Transport] decompresses only what it has requested itself.
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
				return body, fmt.Errorf("kustomer: decompress the response: %w", err)
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

// A bodyKind classifies the body of a response. The API sends JSON objects; any other body may come from a proxy.
type bodyKind uint8

const (
	bodyEmpty      bodyKind = iota // only whitespace, or nothing
	bodyObject                     // a JSON object, or the beginning of one that is cut off
	bodyOther                      // HTML, text, other JSON, or invalid JSON
	bodyUnreadable                 // its content encoding cannot be decoded
)

// kindOf returns the kind of a body. It reads the whole body, which takes as long as decoding it, so it is called only if
// decodeConversation finds no id.
func kindOf(body []byte) bodyKind {
	kind := beginsAs(body)
	if kind != bodyObject {
		return kind
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte(byteOrderMark))))
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
	d := lenientDecoder{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
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
	d := lenientDecoder{body: bytes.TrimPrefix(body, []byte(byteOrderMark))}
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
