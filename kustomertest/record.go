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

	Status  int    // status of the response; 0 before the response or if the connection was lost
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
func newRecord(c *call, query string, header http.Header) *Request {
	redact := func(text string) string { return text }
	if len(c.key) >= 8 {
		redact = func(text string) string { return strings.ReplaceAll(text, c.key, Redacted) }
	}
	// An invalid query is kept as far as it can be parsed.
	values, _ := url.ParseQuery(redact(query))
	r := &Request{
		Time: time.Now(), Method: c.method, Path: redact(c.path), Query: values,
		Header: make(http.Header, len(header)), Body: []byte(redact(string(c.body))),
	}
	for name, values := range header {
		for _, v := range values {
			if name == "Authorization" {
				v = Redacted
			}
			r.Header[name] = append(r.Header[name], redact(v))
		}
	}
	return r
}
