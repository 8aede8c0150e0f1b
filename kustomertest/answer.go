package kustomertest

import (
	"fmt"
	"net/http"
	"time"
)

// An answer is what goes back.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	applied bool
	rated   bool // has rate-limit headers
	refused bool // by the organisation's limit
}

// handle applies a call and writes the answer's headers.
func (s *Server) handle(c *call) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	a := s.answer(c, now)
	c.rec.Applied = a.applied
	s.answers++
	a.header = http.Header{"X-Amz-Cf-Id": {fmt.Sprintf("%054d==", s.answers)}}
	if !s.cfg.noDate {
		a.header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if !c.fault.Edge {
		a.header.Set("Content-Type", "application/json; charset=utf-8")
		a.header.Set("X-Kustomer-Pod", s.cfg.pod)
		a.header.Set("Cache-Control", "no-cache,private")
		if a.rated {
			s.rateHeaders(a.header, a.refused, now)
		}
	}
	for name, values := range c.fault.Header {
		name = http.CanonicalHeaderKey(name)
		if delete(a.header, name); len(values) > 0 {
			a.header[name] = values
		}
	}
	return a
}

// answer returns the answer of a call, spoilt as its fault wants.
func (s *Server) answer(c *call, now time.Time) *answer {
	f := c.fault
	if f.Status == 0 || f.Apply {
		a := s.serve(c, now)
		if f.Status != 0 {
			a.status, a.body = f.Status, canned(f)
		} else if f.Body != nil {
			a.body = f.Body
		}
		return a
	}
	a := &answer{status: f.Status, body: canned(f), rated: true}
	if !f.Edge {
		s.take(&s.org, 0, now) // costs budget, and is not refused
	}
	return a
}

// canned is the body of an answer that a fault's Status replaces.
func canned(f *Fault) []byte {
	if f.Body != nil {
		return f.Body
	}
	code, ok := codes[f.Status]
	if !ok {
		code = "internal"
	}
	return refuse(f.Status, errorItem{Code: code, Title: http.StatusText(f.Status)}).body
}

// codes are the words for statuses in errors; those beside 400 and 404 are assumed.
var codes = map[int]string{
	400: "badparam", 401: "unauthorized", 403: "forbidden", 404: "notfound", 409: "conflict", 413: "toolarge",
	429: "ratelimit",
}

// serve answers as the API does: first the key, then the budget. A call without a valid key costs nothing, and one
// with a key of another region learns nothing of the budget either (both assumed).
func (s *Server) serve(c *call, now time.Time) *answer {
	if refusal := s.authenticate(c.key); refusal != nil {
		refusal.rated = s.cfg.keyPod == s.cfg.pod
		return refusal
	}
	if !s.take(&s.org, s.cfg.limits.org, now) {
		a := tooMany()
		a.rated, a.refused = true, true
		return a
	}
	a := s.route(c)
	a.rated = true
	return a
}

func (s *Server) dropRateHeaders(c *call, a *answer) {
	if s.cfg.limits.drop == nil {
		return
	}
	s.mu.Lock()
	r := c.rec.clone()
	s.mu.Unlock()
	r.Status = a.status
	s.hooks.Lock()
	defer s.hooks.Unlock()
	if s.cfg.limits.drop(r) {
		a.header.Del(headerLimit)
		a.header.Del(headerRemaining)
		a.header.Del(headerReset)
	}
}
