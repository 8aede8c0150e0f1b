package kustomertest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// A call is a request to the fake, over a socket or in memory.
type call struct {
	method, path, contentType, key string
	body                           []byte

	op      *schema.Operation // nil until the route is known
	rec     *Request          // guarded by the server's mutex once it is in the records
	fault   *Fault            // never nil
	latency time.Duration
}

// errCut means that the connection must be cut.
var errCut = errors.New("connection cut")

// newCall records a call and chooses its fault.
func (s *Server) newCall(method, path, query string, header http.Header, body []byte) *call {
	c := &call{
		method: method, path: path, contentType: header.Get("Content-Type"),
		key: bearer(header.Get("Authorization")), body: body,
	}
	c.rec = newRecord(c, query, header)
	arrived := c.rec.clone()

	s.hooks.Lock()
	if c.fault = s.faultFor(&arrived); c.fault == nil {
		c.fault = new(Fault)
	}
	if s.cfg.Latency != nil {
		c.latency = max(s.cfg.Latency(), 0)
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
	resp := s.handle(c)
	s.dropRateHeaders(c, resp)
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
	err := context.Cause(ctx)
	if err == nil && d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.rec.Fault != "" {
			c.rec.Fault += ", "
		}
		c.rec.Fault += "the caller left"
	}
	return err
}
