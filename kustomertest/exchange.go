package kustomertest

import (
	"cmp"
	"context"
	"errors"
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
