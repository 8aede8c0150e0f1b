package kustomertest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// A pendingFault is a fault that still has calls to change.
type pendingFault struct {
	Fault
	left int // negative means no end
}

// Fail makes future calls fail. Each fault applies to the next call that it matches, or to as many as its Times. If
// several faults match a call, the oldest applies.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		left := f.Times
		if left == 0 {
			left = 1
		}
		s.faults = append(s.faults, &pendingFault{f, left})
	}
}

// ClearFaults removes the faults of [Server.Fail] that have not been used up.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// faultFor returns the fault of a call, or nil. The caller holds hooks.
func (s *Server) faultFor(r *Request) *Fault {
	s.mu.Lock()
	waiting := slices.Clone(s.faults)
	s.mu.Unlock()
	for _, q := range waiting {
		// Match may call methods of the fake, so mu is not held.
		if (q.Match == nil || q.Match(r.httpRequest())) && s.use(q) {
			return &q.Fault
		}
	}
	if s.cfg.Faults != nil {
		return s.cfg.Faults(r.clone())
	}
	return nil
}

// use uses up one call of a fault, and reports whether it had one left.
func (s *Server) use(q *pendingFault) bool {
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

// httpRequest returns the recorded request, without its key.
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
