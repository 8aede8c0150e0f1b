package faults

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A result is what came of a call.
type result struct {
	*scenario
	err      error
	reported report // by err
	attempts int    // as the response or the error says
	id       string // in the response

	requests   int    // that the proxy has seen
	faultsSeen int    // that took place
	arrived    int    // requests that the server has handled
	applied    int    // how many of them it has applied
	expectedID string // of the record that the call is about
	permits    int    // of the limiter that were not given back
	next       error  // of the call that follows
	left       int    // connections and requests that do not end
}

// run makes the call of a scenario and observes what comes of it.
func (e *environment) run(ctx context.Context, s *scenario, mark string) *result {
	r := &result{scenario: s, expectedID: e.conversation}
	if s.idle {
		if r.next = e.tag(ctx, "before-"+mark); r.next != nil {
			return r
		}
	}
	e.fake.ResetRequests()
	e.proxy.Inject(s.faults...)
	r.id, r.attempts, r.err = e.call(ctx, s, mark)
	var failure *client.Error
	if r.reported, failure = reportOf(r.err); failure != nil {
		r.attempts = failure.Attempts
	}
	if state, ok := e.client.RateLimit(); ok {
		r.permits = state.InFlight + state.Waiting
	}
	if r.reported == notApplied {
		r.left = e.settle() // a request that is on its way has to arrive first
	}
	r.requests, r.faultsSeen = e.proxy.Seen()
	e.proxy.Inject()
	r.next = e.tag(ctx, "after-"+mark)
	r.left = max(r.left, e.settle())
	e.observe(r, mark)
	return r
}

// call makes the call, and gives up if the scenario says so.
func (e *environment) call(ctx context.Context, s *scenario, mark string) (id string, attempts int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	opts := []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: s.maxAttempts})}
	switch {
	case s.patience == 0:
	case s.givesUp == "timeout":
		opts = append(opts, client.WithTimeout(s.patience))
	case s.givesUp == "deadline":
		ctx, cancel = context.WithTimeout(ctx, s.patience)
		defer cancel()
	case s.givesUp == "cancel":
		defer time.AfterFunc(s.patience, cancel).Stop()
	}
	if len(s.faults) == 0 {
		scheme, _, _ := strings.Cut(e.proxy.URL, ":")
		opts = append(opts, client.WithBaseURL(scheme+"://127.0.0.1:1"), client.WithAPIKey(kustomertest.APIKey))
	}
	c, err := e.client.Clone(opts...)
	if err != nil {
		return "", 0, err
	}
	var callOpts []client.CallOption
	if s.retryCreate {
		callOpts = append(callOpts, client.CallRetryCreate())
	}
	if s.noWait {
		callOpts = append(callOpts, client.CallMaxWait(1))
	}
	return s.operation.do(ctx, call{e, c, mark, custom.New(note.Set(strings.Repeat("x", s.padding))), callOpts})
}

var note = custom.Txt("note")

// observe reads what the server has done.
func (e *environment) observe(r *result, mark string) {
	for _, request := range e.fake.Requests() {
		if strings.HasSuffix(request.Path, "/"+mark) || bytes.Contains(request.Body, []byte(`"`+mark+`"`)) {
			r.arrived++
			if request.Applied {
				r.applied++
			}
		}
	}
	for _, conv := range e.fake.Conversations() {
		if conv.Attributes.ExternalID == mark {
			r.expectedID = conv.ID
			if conv.ID == r.id {
				break
			}
		}
	}
}
