package kustomertest

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Request is a call that the fake received, and what became of it. It never holds an API key: the header
// Authorization reads [Redacted], and so does any other place where the key was.
type Request struct {
	Time   time.Time // when it arrived, by the process's clock
	Method string
	Path   string // escaped, as received
	Query  url.Values
	Header http.Header
	Body   []byte // at most one byte more than is allowed, 102,400

	Status  int    // of the answer; 0 while there is none, and where the connection was lost
	Applied bool   // whether it was a write, and was applied
	Fault   string // what was made to go wrong, "" for nothing
}

// Redacted stands where an API key was.
const Redacted = "REDACTED"

// Requests returns what was received so far, in the order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, len(s.records))
	for i, r := range s.records {
		list[i] = r.clone()
	}
	return list
}

// ResetRequests forgets what was received so far.
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

// newRecord writes down a call without its key. A key shorter than 8 bytes is looked for in Authorization only:
// elsewhere it may be there by chance.
func newRecord(c *call, query string, header http.Header) *Request {
	hide := func(text string) string { return text }
	if len(c.key) >= 8 {
		hide = func(text string) string { return strings.ReplaceAll(text, c.key, Redacted) }
	}
	// A query that cannot be parsed is kept as far as it can.
	values, _ := url.ParseQuery(hide(query))
	r := &Request{
		Time: time.Now(), Method: c.method, Path: hide(c.path), Query: values,
		Header: make(http.Header, len(header)), Body: []byte(hide(string(c.body))),
	}
	for name, values := range header {
		for _, v := range values {
			if name == "Authorization" {
				v = Redacted
			}
			r.Header[name] = append(r.Header[name], hide(v))
		}
	}
	return r
}
