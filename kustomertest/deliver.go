package kustomertest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"time"
)

// pauses are the minutes before an event is delivered again.
var pauses = []int{1, 1, 2, 5, 10, 15, 30}

// DeliverWebhooks delivers the events of all changes so far, and of the changes that the receivers make meanwhile. It calls
// the handlers on the goroutine of the caller, one event after the other, and returns when no event is left.
//
// A delivery succeeds with a 2xx within 5 seconds (the time is assumed). Otherwise DeliverWebhooks waits and delivers the event
// again, after 1, 1, 2, 5, 10, 15 and 30 minutes. In a testing/synctest bubble, waiting takes no real time. Other events are
// delivered meanwhile. If the last delivery fails too, the webhook is disabled: it gets no more events. DeliverWebhooks then
// returns an error, after all events of other webhooks. It also returns an error if the receivers go on making events.
//
// If ctx ends, DeliverWebhooks returns its cause, and a later call continues. It repeats a delivery that ctx has interrupted. If
// a handler panics, DeliverWebhooks panics too, and the delivery has failed.
func (s *Server) DeliverWebhooks(ctx context.Context) error {
	s.mu.Lock()
	left := len(s.events)*(len(pauses)+1) + 1000 // which the receivers may cause
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

// takeEvent removes the next event from those that wait, or returns how long to wait until it is due.
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

// deliver delivers an event once, and plans the next delivery if this one fails. If there is none, the error says that the
// webhook is now disabled.
func (s *Server) deliver(ctx context.Context, e *event) (disabled error) {
	d := Delivery{Time: time.Now(), EventID: e.id, Event: e.name, Body: e.body, Header: http.Header{
		"Content-Type":                 {"application/json"},
		"X-Kustomer-Webhook-Event":     {e.name},
		"X-Kustomer-Webhook-Signature": {e.to.sign(e.body)},
	}, Err: errors.New("the handler panicked")}
	defer func() { // after a panic too, so that the event is not lost
		s.mu.Lock()
		defer s.mu.Unlock()
		s.deliveries = append(s.deliveries, d)
		switch {
		case d.Status >= 200 && d.Status <= 299:
		case ctx.Err() != nil && d.Status == 0: // the test stopped it, not the receiver
			s.addEvent(e)
		case e.failed < len(pauses):
			e.due = time.Now().Add(time.Duration(pauses[e.failed]) * time.Minute)
			e.failed++
			s.addEvent(e)
		default:
			e.to.disabled = true
			disabled = fmt.Errorf("kustomertest: the webhook %s is disabled, because %d deliveries of event %s failed, the last with %w",
				e.to.url, len(pauses)+1, e.id, cmp.Or(d.Err, fmt.Errorf("status %d", d.Status)))
		}
	}()
	d.Status, d.Err = e.to.post(ctx, d.Header.Clone(), d.Body)
	return nil
}

var webhookClient = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true}, // because connections have goroutines
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post sends one request, and returns the status of the response.
func (h *hook) post(ctx context.Context, header http.Header, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
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
	return resp.StatusCode, resp.Body.Close()
}
