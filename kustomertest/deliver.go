package kustomertest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"time"
)

// pauses are those before an event is delivered again.
var pauses = []time.Duration{
	time.Minute, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
}

const (
	responseTime = 5 * time.Second // the reference states a few seconds
	maxChain     = 1000            // how many more events the receivers may cause in one call
)

// DeliverWebhooks delivers the events of all changes so far, and of the changes that the receivers make meanwhile. It calls
// the handlers on the goroutine of the caller, one event after the other, and returns when no event is left.
//
// A delivery succeeds with a 2xx within 5 seconds (the time is assumed). Otherwise the event is delivered again after 1, 1, 2, 5,
// 10, 15 and 30 minutes. DeliverWebhooks waits for that; in a testing/synctest bubble it takes no real time. Other events are
// delivered meanwhile. If the last delivery fails too, the webhook is disabled: its other events are dropped, and it gets no
// new ones. DeliverWebhooks then returns an error, after all events of other webhooks.
//
// If ctx ends, DeliverWebhooks returns its cause, and a later call continues. It delivers an event again if ctx ended during its
// delivery, which does not count as failed. If a handler panics, DeliverWebhooks panics too. The delivery has then failed.
//
// DeliverWebhooks also returns an error if the receivers go on making events, such as one that updates a conversation for each
// event. It does not wait for what a concurrent call delivers.
func (s *Server) DeliverWebhooks(ctx context.Context) error {
	s.mu.Lock()
	left := len(s.events)*(len(pauses)+1) + maxChain
	s.mu.Unlock()
	var errs []error
	for ; left > 0; left-- {
		e, err := s.nextEvent(ctx)
		if e == nil {
			return errors.Join(append(errs, err)...)
		}
		errs = append(errs, s.deliver(ctx, e))
	}
	return errors.Join(append(errs, errors.New("kustomertest: the receiver still makes events, perhaps one for each event"))...)
}

// nextEvent waits until an event is due and takes it. It returns nil if there is none, or ctx ends.
func (s *Server) nextEvent(ctx context.Context) (*event, error) {
	for ctx.Err() == nil {
		e, wait := s.takeEvent()
		if wait <= 0 {
			return e, nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	return nil, context.Cause(ctx)
}

// takeEvent removes the next event from those that wait. If it is not due yet, takeEvent only returns how long to wait.
func (s *Server) takeEvent() (*event, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = slices.DeleteFunc(s.events, func(e *event) bool { return e.to.disabled })
	if len(s.events) == 0 {
		return nil, 0
	}
	e := s.events[0]
	if wait := time.Until(e.due); wait > 0 {
		return nil, wait
	}
	s.events = s.events[1:]
	return e, 0
}

// addEvent adds an event, behind those that are due at the same time. The caller holds mu.
func (s *Server) addEvent(e *event) {
	i := sort.Search(len(s.events), func(i int) bool { return s.events[i].due.After(e.due) })
	s.events = slices.Insert(s.events, i, e)
}

// deliver delivers an event once, and plans the next delivery if this one fails. The error is that of a webhook which
// is now disabled.
func (s *Server) deliver(ctx context.Context, e *event) (disabled error) {
	d := Delivery{Time: time.Now(), EventID: e.id, Event: e.name, Body: e.body, Header: http.Header{
		"Content-Type":                 {"application/json"},
		"X-Kustomer-Webhook-Event":     {e.name},
		"X-Kustomer-Webhook-Signature": {e.to.sign(e.body)},
	}, Err: errors.New("the handler panicked")}
	defer func() { disabled = s.delivered(ctx, e, d) }() // after a panic too, so that the event is not lost
	d.Status, d.Err = e.to.post(ctx, d.Header.Clone(), d.Body)
	return nil
}

// delivered notes a delivery, and plans the next one if it failed.
func (s *Server) delivered(ctx context.Context, e *event, d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, d)
	switch {
	case d.Status >= 200 && d.Status <= 299:
		return nil
	case ctx.Err() != nil && d.Status == 0: // the test stopped it, not the receiver
		s.addEvent(e)
		return nil
	}
	if e.failed < len(pauses) {
		e.due = time.Now().Add(pauses[e.failed])
		e.failed++
		s.addEvent(e)
		return nil
	}
	e.to.disabled = true
	return fmt.Errorf("kustomertest: the webhook %s is disabled, because %d deliveries of event %s failed, the last with %w",
		e.to.url, len(pauses)+1, e.id, cmp.Or(d.Err, fmt.Errorf("status %d", d.Status)))
}

// webhookClient keeps no connections, because they have goroutines.
var webhookClient = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post sends one request, and returns the status of the response.
func (h *hook) post(ctx context.Context, header http.Header, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, responseTime)
	defer cancel()
	if h.handler != nil {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
		r.Header = header
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return w.Code, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header = header
	resp, err := webhookClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // the status alone decides
	return resp.StatusCode, nil
}
