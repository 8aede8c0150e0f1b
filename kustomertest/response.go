package kustomertest

import (
	"fmt"
	"net/http"
	"time"
)

// A response is what the fake returns for a call.
type response struct {
	status  int
	header  http.Header
	body    []byte
	applied bool
	rated   bool // has rate-limit headers
	refused bool // because the organisation's limit is used up
}

// handle handles a call and adds the response headers.
func (s *Server) handle(c *call) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	resp := s.respond(c, now)
	c.rec.Applied = resp.applied
	s.responses++
	resp.header = http.Header{"X-Amz-Cf-Id": {fmt.Sprintf("%054d==", s.responses)}}
	if !s.cfg.OmitDate {
		resp.header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if !c.fault.Edge {
		resp.header.Set("Content-Type", "application/json; charset=utf-8")
		resp.header.Set("X-Kustomer-Pod", s.cfg.Pod)
		resp.header.Set("Cache-Control", "no-cache,private")
		if resp.rated {
			s.rateHeaders(resp.header, resp.refused, now)
		}
	}
	for name, values := range c.fault.Header {
		name = http.CanonicalHeaderKey(name)
		if delete(resp.header, name); len(values) > 0 {
			resp.header[name] = values
		}
	}
	return resp
}

// respond returns the response of a call, with the changes of its fault.
func (s *Server) respond(c *call, now time.Time) *response {
	f := c.fault
	if f.Status == 0 || f.Apply {
		resp := s.serve(c, now)
		if f.Status != 0 {
			resp.status, resp.body = f.Status, faultBody(f)
		} else if f.Body != nil {
			resp.body = f.Body
		}
		return resp
	}
	resp := &response{status: f.Status, body: faultBody(f), rated: true}
	if !f.Edge {
		s.spend(&s.org, 0, now) // uses the budget but is never refused
	}
	return resp
}

// faultBody returns the response body for a fault with a Status.
func faultBody(f *Fault) []byte {
	if f.Body != nil {
		return f.Body
	}
	code, ok := errorCodes[f.Status]
	if !ok {
		code = "internal"
	}
	return errorResponse(f.Status, errorItem{Code: code, Title: http.StatusText(f.Status)}).body
}

// errorCodes are the codes in error responses by status; those other than 400 and 404 are assumed.
var errorCodes = map[int]string{
	400: "badparam", 401: "unauthorized", 403: "forbidden", 404: "notfound", 409: "conflict", 413: "toolarge",
	429: "ratelimit",
}

// serve handles a call like the API: it checks the key, then the budget. A call without a valid key uses no budget, and
// the response to a key of another region has no rate-limit headers (both assumed).
func (s *Server) serve(c *call, now time.Time) *response {
	if failure := s.authenticate(c.key); failure != nil {
		failure.rated = s.cfg.KeyPod == s.cfg.Pod
		return failure
	}
	if !s.spend(&s.org, s.cfg.OrgLimit, now) {
		resp := tooManyRequests()
		resp.rated, resp.refused = true, true
		return resp
	}
	resp := s.route(c)
	resp.rated = true
	return resp
}

func (s *Server) dropRateHeaders(c *call, resp *response) {
	if s.cfg.OmitRateHeaders == nil {
		return
	}
	s.mu.Lock()
	r := c.rec.clone()
	s.mu.Unlock()
	r.Status = resp.status
	s.hooks.Lock()
	defer s.hooks.Unlock()
	if s.cfg.OmitRateHeaders(r) {
		resp.header.Del(headerLimit)
		resp.header.Del(headerRemaining)
		resp.header.Del(headerReset)
	}
}
