package client_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// order is the create of most tests.
var order = client.ConversationCreate{ExternalID: new("order-7")}

func (r *harness) ensure(ctx context.Context, opts ...client.CallOption) (*client.Conversation, bool, error) {
	return r.EnsureConversation(ctx, r.customer, order, opts...)
}

func creates(f kustomertest.Fault) kustomertest.Fault { return only(f, "POST") }

func lookUps(f kustomertest.Fault) kustomertest.Fault { return only(f, "GET") }

func only(f kustomertest.Fault, method string) kustomertest.Fault {
	f.Match = func(r *http.Request) bool { return r.Method == method }
	return f
}

// appliedBut makes a status the response of a create that is applied.
func appliedBut(status int) kustomertest.Fault {
	return kustomertest.Fault{Status: status, Apply: true}
}

// steps returns the look-ups (L) and creates (C) with the seconds since start, such as "L0 C0 L0 L0.25".
func (r *harness) steps(start time.Time) string {
	var all []string
	for _, request := range r.srv.Requests() {
		name := map[string]string{"GET": "L", "POST": "C"}[request.Method]
		all = append(all, fmt.Sprintf("%s%v", name, math.Round(request.Time.Sub(start).Seconds()*100)/100))
	}
	return strings.Join(all, " ")
}

// matching returns how many conversations have the externalId.
func (r *harness) matching(externalID string) int {
	n := 0
	for _, conv := range r.srv.Conversations() {
		if conv.Attributes.ExternalID == externalID {
			n++
		}
	}
	return n
}

// allLooks are the look-ups after a create at 0 s, with the defaults.
const allLooks = " L0 L0.25 L0.75 L1.75 L3.75 L7.75 L10"

func TestEnsureConversation(t *testing.T) {
	cutBefore, cutAfter := creates(kustomertest.CutBefore()), creates(kustomertest.CutAfter())
	type faults = []kustomertest.Fault
	type opts = []client.CallOption
	lag := func(d time.Duration) fakeOptions { return fakeOptions{LookupLag: d} }
	for _, test := range []struct {
		name    string
		fake    fakeOptions
		client  []client.Option
		exists  bool // another client creates it just before
		faults  faults
		call    opts
		begun   *time.Duration // CallBegunAt, that long ago
		steps   string         // with a ~ before it, without the times
		created bool
		kind    string // "success" if empty
		is      error
		outcome client.Outcome
		count   int // of conversations afterwards
	}{
		{name: "absent", steps: "L0 C0", created: true, count: 1},
		{name: "known absent", call: opts{client.CallKnownAbsent()}, steps: "C0", created: true, count: 1},
		{name: "exists", exists: true, steps: "L0", count: 1},
		{name: "exists, but invisible", fake: lag(time.Minute), exists: true, steps: "L0 C0", created: true, count: 2},

		{name: "lost response", faults: faults{cutAfter}, steps: "L0 C0 L0", created: true, count: 1},
		{name: "lost response, known absent", faults: faults{cutAfter}, call: opts{client.CallKnownAbsent()}, steps: "C0 L0", created: true, count: 1},
		{name: "lost response, lag", fake: lag(3 * time.Second), faults: faults{cutAfter}, steps: "L0 C0 L0 L0.25 L0.75 L1.75 L3.75", created: true, count: 1},
		{name: "lost response, lag of almost the setting", fake: lag(9999 * time.Millisecond), faults: faults{cutAfter}, steps: "L0 C0" + allLooks, created: true, count: 1},
		{name: "503 that was applied", fake: lag(time.Second), faults: faults{creates(appliedBut(503))}, steps: "L0 C0 L0 L0.25 L0.75 L1.75", created: true, count: 1},
		{name: "lost request", faults: faults{cutBefore}, steps: "L0 C0" + allLooks + " C10", created: true, count: 1},
		{name: "503", faults: faults{creates(retryable)}, steps: "L0 C0" + allLooks + " C10", created: true, count: 1},
		{name: "lost request, CallRetryCreate", faults: faults{cutBefore}, call: opts{client.CallRetryCreate()}, steps: "L0 C0" + allLooks + " C10", created: true, count: 1},
		{name: "short search", faults: faults{cutBefore}, call: opts{client.CallSearchFor(time.Second)}, steps: "L0 C0 L0 L0.25 L0.75 L1 C1", created: true, count: 1},
		{name: "short search, slow look-ups", fake: fakeOptions{Latency: func() time.Duration { return 600 * time.Millisecond }}, faults: faults{cutBefore}, call: opts{client.CallSearchFor(time.Second)},
			steps: "L0 C0.6 L0.9 L1.75 L2.35 C2.95", created: true, count: 1},
		{name: "long search", faults: faults{cutBefore}, call: opts{client.CallSearchFor(30 * time.Second)}, steps: "L0 C0 L0 L0.25 L0.75 L1.75 L3.75 L7.75 L15.75 L23.75 L30 C30", created: true, count: 1},
		{name: "lost requests without end", faults: faults{always(cutBefore)}, call: opts{client.CallSearchFor(250 * time.Millisecond)},
			steps: "L0 C0 L0 L0.25 C0.25 L0.25 L0.5 C0.5 L0.5 L0.75 C0.75 L0.75 L1", kind: "unknown"},
		{name: "no retries", client: []client.Option{once}, faults: faults{cutBefore}, steps: "L0 C0" + allLooks, kind: "unknown"},
		{name: "lag beyond the setting", fake: lag(time.Minute), faults: faults{cutAfter}, steps: "L0 C0" + allLooks + " C10", created: true, count: 2},
		{name: "unreadable response", faults: faults{creates(kustomertest.ReplaceBody("{}"))}, steps: "L0 C0 L0", created: true, count: 1},
		{name: "unreadable response, never found", fake: lag(time.Minute), faults: faults{creates(kustomertest.ReplaceBody("{}"))}, steps: "L0 C0" + allLooks,
			kind: "error", outcome: client.OutcomeApplied, count: 1},

		{name: "400", faults: faults{creates(kustomertest.Status(400, ""))}, steps: "L0 C0", kind: "error", is: client.ErrBadRequest, outcome: client.OutcomeNotApplied},
		{name: "403", faults: faults{creates(kustomertest.Status(403, ""))}, steps: "L0 C0", kind: "error", is: client.ErrForbidden, outcome: client.OutcomeNotApplied},
		{name: "409", fake: fakeOptions{UniqueExternalIDs: true, LookupLag: 2 * time.Second}, exists: true, steps: "L0 C0 L0 L0.25 L0.75 L1.75 L3.75", count: 1},
		{name: "409, never found", faults: faults{creates(kustomertest.Status(409, ""))}, steps: "L0 C0" + allLooks, kind: "error", is: client.ErrConflict, outcome: client.OutcomeNotApplied},
		{name: "lost response, then 409", fake: fakeOptions{UniqueExternalIDs: true, LookupLag: 15 * time.Second}, faults: faults{cutAfter},
			steps: "L0 C0" + allLooks + " C10 L10 L10.25 L10.75 L11.75 L13.75 L17.75", created: true, count: 1},
		{name: "lost response, then 400", fake: lag(15 * time.Second), faults: faults{cutAfter, creates(kustomertest.Status(400, ""))},
			steps: "L0 C0" + allLooks + " C10 L10 L10.25 L10.75 L11.75 L13.75 L17.75", created: true, count: 1},
		{name: "lost request, then 400, never found", faults: faults{cutBefore, creates(kustomertest.Status(400, ""))},
			steps: "L0 C0" + allLooks + " C10 L10 L10.25 L10.75 L11.75 L13.75 L17.75 L20", kind: "unknown", is: client.ErrBadRequest},
		{name: "lost request, then 404", faults: faults{cutBefore, creates(kustomertest.Status(404, ""))}, steps: "L0 C0" + allLooks + " C10", kind: "error", is: client.ErrRejected, outcome: client.OutcomeNotApplied},
		{name: "lost request, then 403", faults: faults{cutBefore, creates(kustomertest.Status(403, ""))}, steps: "L0 C0" + allLooks + " C10", kind: "unknown", is: client.ErrForbidden},
		{name: "lost request, then 429", faults: faults{cutBefore, creates(with(kustomertest.Status(429, ""), "Retry-After", "7200"))}, steps: "L0 C0" + allLooks + " C10",
			kind: "unknown", is: client.ErrRateLimited},

		{name: "look-up fails once", faults: faults{lookUps(retryable)}, steps: "~L L C", created: true, count: 1},
		{name: "look-up fails", faults: faults{always(lookUps(retryable))}, steps: "~L L L L", kind: "error", is: client.ErrServer, outcome: client.OutcomeNotApplied},
		{name: "look-up gets a 404 of a proxy", faults: faults{lookUps(kustomertest.EdgeHTML(404))}, steps: "L0", kind: "error", outcome: client.OutcomeNotApplied},
		{name: "look-up is not allowed", faults: faults{lookUps(kustomertest.Status(403, ""))}, steps: "L0", kind: "error", is: client.ErrForbidden, outcome: client.OutcomeNotApplied},
		{name: "look-up is limited", faults: faults{lookUps(with(kustomertest.Status(429, ""), "Retry-After", "7200"))}, steps: "L0", kind: "rate limit", is: client.ErrRateLimited, outcome: client.OutcomeNotApplied},
		{name: "lost response, then no look-up", faults: faults{cutAfter, always(lookUps(retryable))}, call: opts{client.CallKnownAbsent()}, steps: "~C L L L L", kind: "unknown", count: 1},
		{name: "lost response, then look-ups are limited", faults: faults{cutAfter, lookUps(with(kustomertest.Status(429, ""), "Retry-After", "7200"))}, call: opts{client.CallKnownAbsent()},
			steps: "~C L", kind: "unknown", count: 1},
		{name: "unreadable response, then no look-up", faults: faults{creates(kustomertest.ReplaceBody("{}")), always(lookUps(retryable))}, call: opts{client.CallKnownAbsent()},
			steps: "~C L L L L", kind: "error", outcome: client.OutcomeApplied, count: 1},

		{name: "begun 4 s ago", begun: new(4 * time.Second), steps: "L0 L0.25 L0.75 L1.75 L3.75 L6 C6", created: true, count: 1},
		{name: "begun 4 s ago, exists", fake: lag(3 * time.Second), exists: true, begun: new(4 * time.Second), steps: "L0 L0.25 L0.75 L1.75 L3.75", count: 1},
		{name: "begun long ago", begun: new(time.Hour), steps: "L0 C0", created: true, count: 1},
		{name: "begun long ago, known absent", begun: new(time.Hour), call: opts{client.CallKnownAbsent()}, steps: "L0 C0", created: true, count: 1},
		{name: "begun long ago, then 400", begun: new(time.Hour), faults: faults{creates(kustomertest.Status(400, ""))}, steps: "L0 C0", kind: "error", is: client.ErrBadRequest, outcome: client.OutcomeNotApplied},
		{name: "begun long ago, then 409", begun: new(time.Hour), faults: faults{creates(kustomertest.Status(409, ""))}, steps: "L0 C0" + allLooks, kind: "error", is: client.ErrConflict, outcome: client.OutcomeNotApplied},
		{name: "begun in the future", begun: new(-time.Hour), steps: strings.TrimSpace(allLooks) + " C10", created: true, count: 1},
		{name: "begun now, known absent", begun: new(time.Duration(0)), call: opts{client.CallKnownAbsent()}, steps: strings.TrimSpace(allLooks) + " C10", created: true, count: 1},
		{name: "begun now, then 400", begun: new(9 * time.Second), faults: faults{creates(kustomertest.Status(400, ""))},
			steps: "L0 L0.25 L0.75 L1 C1 L1 L1.25 L1.75 L2.75 L4.75 L8.75 L11", kind: "error", is: client.ErrBadRequest, outcome: client.OutcomeNotApplied},

		{name: "no wait", faults: faults{cutBefore}, call: opts{client.CallNoWait()}, steps: "L0 C0 L0", kind: "unknown"},
		{name: "no wait, visible", faults: faults{cutAfter}, call: opts{client.CallNoWait()}, steps: "L0 C0 L0", created: true, count: 1},
		{name: "a wait of one second", faults: faults{cutBefore}, call: opts{client.CallMaxWait(time.Second)}, steps: "L0 C0 L0 L0.25 L0.75", kind: "unknown"},
		{name: "no wait, begun now", begun: new(time.Duration(0)), call: opts{client.CallNoWait()}, steps: "L0", kind: "error", outcome: client.OutcomeNotApplied},
		{name: "the waits of all calls count", faults: faults{lookUps(with(retryable, "Retry-After", "30")), creates(with(kustomertest.Status(429, ""), "Retry-After", "30"))},
			call: opts{client.CallMaxWait(50 * time.Second)}, steps: "L0 L30 C30", kind: "rate limit", outcome: client.OutcomeNotApplied},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &test.fake, append([]client.Option{unlimited}, test.client...)...)
			if test.exists {
				if err := r.create(t.Context(), order); err != nil {
					t.Fatal(err)
				}
				r.srv.ResetRequests()
			}
			r.srv.Fail(test.faults...)
			start, call := time.Now(), test.call
			if test.begun != nil {
				call = append(call, client.CallBegunAt(start.Add(-*test.begun)))
			}
			conv, created, err := r.ensure(t.Context(), call...)
			got, e := kind(err)
			if want := test.kind; want != "" && got != want || want == "" && err != nil || test.is != nil && !errors.Is(err, test.is) || created != test.created {
				t.Errorf("created is %t, %s: %v", created, got, err)
			}
			if e != nil && e.Outcome != test.outcome {
				t.Errorf("the outcome is %v", e.Outcome)
			}
			if (conv == nil) == (err == nil) || conv != nil && conv.Attributes.ExternalID != "order-7" {
				t.Errorf("the conversation is %v", conv)
			}
			steps := r.steps(start)
			if want, anyTime := strings.CutPrefix(test.steps, "~"); anyTime {
				if letters := strings.Join(strings.FieldsFunc(steps, func(r rune) bool { return r != 'L' && r != 'C' }), " "); letters != want {
					t.Errorf("the steps are %s", letters)
				}
			} else if steps != want {
				t.Errorf("the steps are %s\nwant          %s", steps, want)
			}
			if n := r.matching("order-7"); n != test.count {
				t.Errorf("there are %d conversations", n)
			}
			if is[*client.RateLimitError](err) && got != "rate limit" {
				t.Errorf("the error says that nothing was applied: %v", err)
			}
			if got == "unknown" && errors.Is(err, client.ErrNotFound) {
				t.Errorf("the error says that there is none: %v", err)
			}
		})
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// A wait that cannot fit the deadline fails at once.
func TestEnsureConversationWithADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(creates(kustomertest.CutBefore()))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		took, err := took(func() error { _, _, err := r.ensure(ctx); return err })
		if got, _ := kind(err); got != "unknown" || took != 1750*time.Millisecond || r.steps(start) != "L0 C0 L0 L0.25 L0.75 L1.75" {
			t.Errorf("after %v and %s: %v", took, r.steps(start), err)
		}
	})
}

func TestEnsureConversationIsCanceled(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration
		kind  string
		fault kustomertest.Fault
	}{
		{"in a look-up", time.Second, "error", lookUps(kustomertest.Delay(time.Minute))},
		{"in a create", time.Second, "unknown", creates(kustomertest.Delay(time.Minute))},
		{"in a pause", time.Second, "unknown", creates(kustomertest.CutBefore())},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(test.fault)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(test.after, cancel)
			took, err := took(func() error { _, _, err := r.ensure(ctx); return err })
			if got, _ := kind(err); got != test.kind || took != test.after || !errors.Is(err, context.Canceled) {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}

// The errors say what was tried.
func TestEnsureConversationErrorTexts(t *testing.T) {
	cut := always(creates(kustomertest.CutBefore()))
	for _, test := range []struct {
		name  string
		fault []kustomertest.Fault
		opts  []client.CallOption
		want  string
	}{
		{"exhausted", []kustomertest.Fault{cut}, nil,
			`kustomer: createConversationForCustomer (POST /v1/customers/{id}/conversations, id CUSTOMER): no response: read tcp: read: connection reset by peer [may have been applied]: EnsureConversation has not found the conversation (creates: 4, look-ups: 29); look for the externalId "order-7" before sending it again`},
		{"no wait", []kustomertest.Fault{cut}, []client.CallOption{client.CallNoWait()},
			`EnsureConversation has not found the conversation (creates: 1, look-ups: 2); then: the wait of 250ms before the retry is longer than the call may take; look for`},
		{"look-up fails", []kustomertest.Fault{cut, lookUps(kustomertest.Status(403, ""))}, []client.CallOption{client.CallKnownAbsent()},
			`EnsureConversation has not found the conversation (creates: 1, look-ups: 1); then: getConversationByExternalId (GET /v1/conversations/externalId={externalId}, id order-7): 403 Forbidden`},
		{"begun", nil, []client.CallOption{client.CallNoWait(), client.CallBegunAt(time.Now().Add(24 * time.Hour))},
			`not sent: the wait of 250ms before the retry is longer than the call may take [not applied]: an earlier create may have been applied, and EnsureConversation has not found the conversation (look-ups: 1)`},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(test.fault...)
			_, _, err := r.ensure(t.Context(), test.opts...)
			if got := strings.ReplaceAll(fmt.Sprint(err), r.customer, "CUSTOMER"); !strings.Contains(got, test.want) {
				t.Errorf("the error is\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestEnsureConversationChecksItsArguments(t *testing.T) {
	bad := []client.CallOption{client.CallSearchFor(0), client.CallBegunAt(time.Time{}), nil}
	for _, test := range []struct {
		name     string
		customer string
		create   client.ConversationCreate
		opts     []client.CallOption
		want     []string
	}{
		{"no externalId", "c", client.ConversationCreate{}, nil, []string{"externalId"}},
		{"empty externalId", "c", client.ConversationCreate{ExternalID: new("")}, nil, []string{"externalId"}},
		{"long externalId", "c", client.ConversationCreate{ExternalID: new(strings.Repeat("a", 257))}, nil, []string{"externalId"}},
		{"externalId that cannot be looked up", "c", client.ConversationCreate{ExternalID: new("a\x00")}, nil, []string{"externalId"}},
		{"all at once", "..", client.ConversationCreate{Priority: new(9)}, bad, []string{"options", "options", "options", "customerID", "priority", "externalId"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newHarness(t, nil)
			for _, c := range []*client.Client{r.Client, clone(t, r.Client, client.WithoutRequestChecks())} {
				_, _, err := c.EnsureConversation(t.Context(), test.customer, test.create, test.opts...)
				invalid, ok := errors.AsType[*client.ValidationError](err)
				if !ok || invalid.Op != "EnsureConversation" || r.sent() != 0 {
					t.Fatal(err)
				}
				var fields []string
				for _, v := range invalid.Violations {
					fields = append(fields, v.Field)
				}
				if c == r.Client && !slices.Equal(fields, test.want) || !slices.Contains(fields, "externalId") {
					t.Errorf("the violations are %v", invalid.Violations)
				}
			}
		})
	}
	var none context.Context
	_, _, err := newHarness(t, nil).ensure(none)
	if invalid, ok := errors.AsType[*client.ValidationError](err); !ok || len(invalid.Violations) != 1 || invalid.Violations[0].Field != "ctx" {
		t.Error(err)
	}
}

func TestEnsureConversationOfAnotherCustomer(t *testing.T) {
	for _, bare := range []bool{false, true} {
		bubble(t, fmt.Sprintf("bare %t", bare), func(t *testing.T) {
			r := newHarness(t, &fakeOptions{BareResponses: bare}, unlimited)
			if err := r.create(t.Context(), order); err != nil {
				t.Fatal(err)
			}
			conv, created, err := r.EnsureConversation(t.Context(), r.srv.AddCustomer(), order)
			if bare {
				if err != nil || conv.ID == "" || created {
					t.Errorf("the customer cannot be seen: %t, %v", created, err)
				}
				return
			}
			other, ok := errors.AsType[*client.OtherCustomerError](err)
			if !ok || other.CustomerID != r.customer || other.Conversation.Attributes.ExternalID != "order-7" || r.matching("order-7") != 1 || conv != nil || created {
				t.Fatal(err)
			}
			want := fmt.Sprintf("kustomer: the conversation %s has this externalId and belongs to another customer, %s: the externalId is used twice, or the customers were merged", other.Conversation.ID, r.customer)
			if err.Error() != want || !strings.Contains(other.LogValue().String(), r.customer) {
				t.Errorf("the error is %v, logged as %v", err, other.LogValue())
			}
		})
	}
}

// Each look-up and each create is a call of its own.
func TestEnsureConversationIsTraced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ops []string
		r := newHarness(t, nil, unlimited, client.WithTrace(client.Trace{Call: func(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
			ops = append(ops, info.Op)
			return ctx, nil
		}}))
		r.srv.Fail(creates(kustomertest.CutAfter()))
		if _, _, err := r.ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []string{"getConversationByExternalId", "createConversationForCustomer", "getConversationByExternalId"}; !slices.Equal(ops, want) {
			t.Errorf("the trace has %q", ops)
		}
	})
}

// The limiter gets the options of the call for each request.
func TestEnsureConversationAsksTheLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(asked)
		r := newHarness(t, nil, client.WithLimiter(l))
		if _, _, err := r.ensure(t.Context(), client.CallBackground(), client.CallMaxWait(time.Minute)); err != nil {
			t.Fatal(err)
		}
		want := []ratelimit.Request{
			{Op: "getConversationByExternalId", Background: true, MaxWait: time.Minute},
			{Op: "createConversationForCustomer", Customer: r.customer, Background: true, MaxWait: time.Minute},
		}
		if !slices.Equal(l.all, want) {
			t.Errorf("asked for %+v", l.all)
		}
	})
}
