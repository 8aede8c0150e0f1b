package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A Response is the response of a call that succeeded.
type Response struct {
	StatusCode int              // HTTP status, 200 to 299
	Header     http.Header      // as received, without the API key if the server repeats it
	RequestID  string           // x-amz-cf-id, the only request id that the API sends (observed); may be empty
	Attempts   int              // number of attempts
	Budget     ratelimit.Budget // the organisation's budget, as this response reports it

	raw     []byte
	plain   []byte              // raw without its content encoding; raw itself if that cannot be decoded
	partial error               // why the body is incomplete
	redact  func(string) string // removes the API key from a text; may be nil
	hasKey  func(string) bool   // reports whether a text has the whole API key; may be nil
}

// Raw returns the body as received, up to 8 MiB. The caller must not change it. If [http.Transport] has not decompressed the
// body, Raw is compressed as the header Content-Encoding says. Decode and [DecodeConversation] decompress it.
func (r *Response) Raw() json.RawMessage { return r.raw }

// Decode decodes the body into v with [json.Unmarshal], for what the types of this package do not have. It returns an error if
// the body was cut off. If names differ only in case, the last one counts.
func (r *Response) Decode(v any) error {
	if r.partial != nil {
		return r.partial
	}
	if err := json.Unmarshal(r.plain, v); err != nil {
		return errorList{fmt.Errorf("decode the response: %w", r.redactError(err))}
	}
	return nil
}

// redactError removes the API key from the text of an error about the body.
func (r *Response) redactError(err error) error {
	if err != nil && r.redact != nil {
		if text := r.redact(err.Error()); text != err.Error() {
			return errors.New(text)
		}
	}
	return err
}

// How much of a body is read, in bytes.
const (
	maxResponse  = 8 << 20  // far more than a conversation has
	maxErrorBody = 64 << 10 // as much as a person would read
)

// receive reads a response up to its limit, removes its content encoding, and hides the API key.
func (a *attempt) receive(ctx context.Context, resp *http.Response) {
	restoreLocation(resp.Header)
	a.StatusCode = resp.StatusCode
	a.Header = a.secrets.redactHeader(resp.Header, a.success())
	a.RequestID = a.Header.Get(requestIDHeader)
	a.Budget = ratelimit.ReadBudget(a.Header, a.receivedAt)
	used := a.secrets
	a.redact = func(text string) string { return used.redact(text, droppedCause) }
	a.hasKey = func(text string) bool {
		return slices.ContainsFunc(used, func(token string) bool { return len(token) > maxRun && strings.Contains(text, token) })
	}
	limit := int64(maxErrorBody + a.secrets.longest())
	switch {
	case a.success():
		limit = maxResponse
	case a.StatusCode < 200:
		return // its body is the connection itself, which no context ends
	}
	body, err := readUpTo(resp.Body, min(max(resp.ContentLength, 0), maxPrealloc), limit)
	plain, encodingErr := ungzip(resp.Header, body, limit)
	a.raw, a.plain = body, plain
	if plain == nil {
		a.plain = body
	}
	a.cut = err != nil && !errors.Is(err, errTooLong)
	if encodingErr != nil && (err == nil || errors.Is(encodingErr, errEncoding)) {
		err = errors.Join(err, encodingErr)
	}
	if !a.success() && errors.Is(err, errTooLong) {
		err = nil // the beginning of an error body is enough
	}
	a.partial = a.secrets.redactError(withContextErr(ctx, err))
}

var errTooLong = errors.New("kustomer: the response is longer than 8 MiB")

// maxPrealloc is how much memory is allocated for a Content-Length before anything is read, in bytes.
const maxPrealloc = 64 << 10

// readUpTo reads up to limit bytes, into a buffer that begins with the given size. It returns an error if there is more, or if
// the reader fails before the end.
func readUpTo(r io.Reader, size, limit int64) ([]byte, error) {
	body := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	n, err := body.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case n > limit:
		return body.Bytes()[:limit], errTooLong
	case err != nil:
		return body.Bytes(), fmt.Errorf("kustomer: the response was cut off after %d bytes: %w", n, err)
	}
	return body.Bytes(), nil
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
