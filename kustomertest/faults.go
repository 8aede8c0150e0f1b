package kustomertest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// A queued fault is one that still has calls to spoil.
type queued struct {
	Fault
	left int // negative is without end
}

// Fail makes coming calls go wrong: each fault takes the next call that it matches, or as many as its Times. Of
// several that match a call the oldest takes it.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		left := f.Times
		if left == 0 {
			left = 1
		}
		s.faults = append(s.faults, &queued{f, left})
	}
}

// ClearFaults takes back the faults of [Server.Fail] that no call has taken yet.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// pick returns the fault that takes a call, nil if there is none. The caller holds hooks.
func (s *Server) pick(r *Request) *Fault {
	s.mu.Lock()
	waiting := slices.Clone(s.faults)
	s.mu.Unlock()
	for _, q := range waiting {
		// Match is the caller's, who may ask the fake something: mu is free.
		if (q.Match == nil || q.Match(r.httpRequest())) && s.claim(q) {
			return &q.Fault
		}
	}
	if s.cfg.hook != nil {
		return s.cfg.hook(r.clone())
	}
	return nil
}

// claim takes one call from a fault, and reports whether it had one left.
func (s *Server) claim(q *queued) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.faults, q)
	if i < 0 {
		return false
	}
	if q.left > 0 {
		q.left--
	}
	if q.left == 0 {
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return true
}

// httpRequest writes a record as the request that it was, without its key.
func (r *Request) httpRequest() *http.Request {
	path, err := url.PathUnescape(r.Path)
	if err != nil {
		path = r.Path
	}
	return &http.Request{
		Method: r.Method,
		URL:    &url.URL{Path: path, RawPath: r.Path, RawQuery: r.Query.Encode()},
		Header: r.Header.Clone(),
		Body:   io.NopCloser(bytes.NewReader(r.Body)),
	}
}
