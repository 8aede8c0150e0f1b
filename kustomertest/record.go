package kustomertest

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Request is a call that the fake received, with its result. It never holds an API key: [Redacted] replaces the
// header Authorization and every other occurrence of the key.
type Request struct {
	Time   time.Time // when it arrived, by the clock of the process
	Method string
	Path   string // escaped, as received
	Query  url.Values
	Header http.Header
	Body   []byte // at most 102,401 bytes, one more than allowed

	Status  int    // of the response; 0 if there is none yet or the connection was lost
	Applied bool   // whether it was a write and was applied
	Fault   string // the fault in words, or ""
}

// Redacted replaces an API key.
const Redacted = "REDACTED"

// Requests returns the requests received so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, len(s.records))
	for i, r := range s.records {
		list[i] = r.clone()
	}
	return list
}

// ResetRequests clears the list of received requests.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = nil
}

func (r *Request) clone() Request {
	c := *r
	c.Query = url.Values(http.Header(r.Query).Clone())
	c.Header = r.Header.Clone()
	c.Body = bytes.Clone(r.Body)
	return c
}

// newRecord records a call without its key. A key shorter than 8 bytes is only redacted in Authorization, because
// elsewhere it may appear by chance.
func newRecord(c *call, r *http.Request) *Request {
	redact := func(text string) string { return text }
	if len(c.key) >= 8 {
		redact = func(text string) string { return strings.ReplaceAll(text, c.key, Redacted) }
	}
	query, _ := url.ParseQuery(redact(r.URL.RawQuery)) // of an invalid query, what can be parsed
	header := r.Header.Clone()
	for name, values := range header {
		for i, v := range values {
			values[i] = redact(v)
			if name == "Authorization" {
				values[i] = Redacted
			}
		}
	}
	return &Request{
		Time: time.Now(), Method: c.method, Path: redact(c.path), Query: query, Header: header,
		Body: []byte(redact(string(c.body))),
	}
}
