package kustomertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// A call is a request to the fake, over a socket or in memory.
type call struct {
	method, path, contentType, key string
	body                           []byte

	op      *schema.Operation // nil until the route is known
	rec     *Request          // guarded by the server's mutex once it is in the records
	fault   Fault
	latency time.Duration
	lag     time.Duration // of lookups, for what the call creates
}

// errCut means that the connection must be cut.
var errCut = errors.New("connection cut")

// newCall records a call and chooses its fault.
func (s *Server) newCall(r *http.Request, body []byte) *call {
	c := &call{
		method: cmp.Or(r.Method, "GET"), path: r.URL.EscapedPath(), contentType: r.Header.Get("Content-Type"), body: body,
	}
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.key = key
	}
	c.rec = newRecord(c, r)

	s.hooks.Lock()
	c.fault = s.faultFor(c.rec)
	if s.cfg.Latency != nil {
		c.latency = max(s.cfg.Latency(), 0)
	}
	if c.lag = s.cfg.LookupLag; s.cfg.LookupLags != nil && c.method != "GET" {
		c.lag = s.cfg.LookupLags()
	}
	s.hooks.Unlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	c.rec.Fault = c.fault.String()
	s.records = append(s.records, c.rec)
	return c
}

// exchange returns the response of a call. The error is errCut or that of ctx.
func (s *Server) exchange(ctx context.Context, c *call) (*response, error) {
	before := c.latency / 2
	if err := s.wait(ctx, c, before+c.fault.Delay); err != nil {
		return nil, err
	}
	if c.fault.Connection == ConnectionRefused || c.fault.Connection == ConnectionCutBefore {
		return nil, errCut
	}
	resp, rec := s.handle(c)
	s.dropRateHeaders(resp, rec)
	if err := s.wait(ctx, c, c.fault.DelayAfter+c.latency-before); err != nil {
		return nil, err
	}
	if c.fault.Connection == ConnectionCutAfter {
		return nil, errCut
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.rec.Status = resp.status
	return resp, nil
}

// wait waits for d. It returns at once when ctx ends.
func (s *Server) wait(ctx context.Context, c *call, d time.Duration) error {
	if ctx.Err() == nil && d > 0 {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
		}
	}
	err := context.Cause(ctx)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		c.rec.Fault = strings.TrimPrefix(c.rec.Fault+", the caller left", ", ")
	}
	return err
}

// A response is what the fake returns for a call.
type response struct {
	status  int
	header  http.Header
	body    []byte
	cut     int  // how many bytes of body are sent before the connection is lost, or all
	applied bool // a write was applied
	refused bool // the organisation's limit is used up
}

// handle returns the response of a call, with its headers, and the record of the call so far.
func (s *Server) handle(c *call) (*response, Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	resp := s.respond(c, now)
	resp.header = s.header(c, resp.refused, now)
	c.rec.Applied = resp.applied
	rec := c.rec.clone()
	rec.Status = resp.status
	return resp, rec
}

func (s *Server) dropRateHeaders(resp *response, rec Request) {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	if s.cfg.OmitRateHeaders != nil && s.cfg.OmitRateHeaders(rec) {
		maps.DeleteFunc(resp.header, func(name string, _ []string) bool { return strings.HasPrefix(name, "X-Ratelimit-") })
	}
}

// header returns the headers of a response, with the changes of the call's fault.
func (s *Server) header(c *call, refused bool, now time.Time) http.Header {
	s.responses++
	h := http.Header{"X-Amz-Cf-Id": {fmt.Sprintf("%054d==", s.responses)}}
	if !s.cfg.OmitDate {
		h.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if !c.fault.Edge {
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("X-Kustomer-Pod", s.cfg.Pod)
		h.Set("Cache-Control", "no-cache,private")
		s.rateHeaders(h, refused, now)
	}
	for name, values := range c.fault.Header {
		name = http.CanonicalHeaderKey(name)
		if delete(h, name); len(values) > 0 {
			h[name] = values
		}
	}
	return h
}

// respond returns the response of a call, with the changes of its fault to status and body.
func (s *Server) respond(c *call, now time.Time) *response {
	f := &c.fault
	resp := new(response)
	switch {
	case f.Status == 0 || f.Apply:
		resp = s.serve(c, now)
	case !f.Edge:
		s.spend(&s.org, 0, now) // uses the budget but is never refused
	}
	if f.Status != 0 {
		resp.status = f.Status
		if f.Status < 200 || f.Status > 999 { // not valid for a final response
			resp.status = http.StatusInternalServerError
		}
		resp.body = errorResponse(resp.status, errorItem{}).body
	}
	if f.Body != nil {
		resp.body = f.Body
	}
	resp.cut = len(resp.body)
	if f.TruncateAt != nil {
		resp.cut = min(max(*f.TruncateAt, 0), resp.cut)
	}
	return resp
}

// serve checks the key, then the budget. A call without a valid key uses no budget (assumed).
func (s *Server) serve(c *call, now time.Time) *response {
	if failure := s.authenticate(c.key); failure != nil {
		return failure
	}
	if !s.spend(&s.org, s.cfg.OrgLimit, now) {
		resp := tooManyRequests()
		resp.refused = true
		return resp
	}
	return s.route(c)
}
