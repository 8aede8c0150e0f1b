package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A column is a kind of call of the retry table.
type column struct {
	name    string
	safety  safety
	creates bool // a conversation, if it is applied
	call    func(context.Context, *harness) error
}

// columns returns a column for each operation, and those for calls that are retried in another way.
func columns() []column {
	var all []column
	for _, op := range operations {
		all = append(all, column{op.ID, op.safety, op.creates(), func(ctx context.Context, r *harness) error {
			if op.ofCustomer() {
				return op.call(ctx, r.Client, r.customer)
			}
			return op.call(ctx, r.Client, r.conversation)
		}})
	}
	return append(all,
		column{"update with rev", unsafe, false, func(ctx context.Context, r *harness) error {
			_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value("n"), Rev: new(1)})
			return err
		}},
		column{"create that may be retried", repeatable, true, func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{ExternalID: new("o")}, client.CallRetryCreate())
		}},
		column{"create that may be retried but has no id", unsafe, true, func(ctx context.Context, r *harness) error {
			return r.create(ctx, client.ConversationCreate{ExternalID: new("")}, client.CallRetryCreate())
		}},
		column{"Do GET", reading, false, func(ctx context.Context, r *harness) error {
			_, err := r.Do(ctx, "GET", "/v1/conversations/"+r.conversation, nil)
			return err
		}},
		column{"look-up", reading, false, func(ctx context.Context, r *harness) error {
			r.srv.AddCustomerWith(kustomertest.Customer{Emails: []string{"jane@shop.example"}})
			_, err := r.FindCustomer(ctx, client.ByEmail("jane@shop.example"))
			return err
		}},
		column{"Do POST", unsafe, true, func(ctx context.Context, r *harness) error {
			_, err := r.Do(ctx, "POST", "/v1/customers/"+r.customer+"/conversations", json.RawMessage(`{"externalId":"o"}`), client.CallRetryCreate())
			return err
		}},
	)
}

// A row is one way in which an attempt fails.
type row struct {
	name      string
	fault     kustomertest.Fault
	ambiguous bool // it may have been applied
	retried   bool // where it cannot be applied twice
	applied   bool // it was
	takes     time.Duration
	inWindow  int // attempts that start within the window of an update or tags; 0 is all
}

func rows() []row {
	applied := func(status int) kustomertest.Fault { return kustomertest.Fault{Status: status, Apply: true} }
	all := []row{
		{name: "429", fault: kustomertest.Status(429, ""), retried: true},
		{name: "425", fault: kustomertest.Status(425, ""), retried: true},
		{name: "dial", fault: kustomertest.RefuseConnection(), retried: true},
		{name: "cut before", fault: kustomertest.CutBefore(), ambiguous: true, retried: true},
		{name: "cut after", fault: kustomertest.CutAfter(), ambiguous: true, retried: true, applied: true},
		{name: "time-out before", fault: kustomertest.Delay(time.Minute), ambiguous: true, retried: true, takes: 30 * time.Second, inWindow: 2},
		{name: "time-out after", fault: kustomertest.DelayAfter(time.Minute), ambiguous: true, retried: true, applied: true, takes: 30 * time.Second, inWindow: 2},
		{name: "HTML of the edge", fault: kustomertest.EdgeHTML(503), ambiguous: true, retried: true},
	}
	for _, status := range []int{408, 500, 502, 503, 504} {
		all = append(all,
			row{name: fmt.Sprint(status), fault: kustomertest.Status(status, ""), ambiguous: true, retried: true},
			row{name: fmt.Sprint(status, " after"), fault: applied(status), ambiguous: true, retried: true, applied: true})
	}
	for _, status := range []int{301, 302, 303, 499, 501, 505, 599} {
		all = append(all, row{name: fmt.Sprint(status), fault: kustomertest.Status(status, ""), ambiguous: true})
	}
	for _, status := range []int{300, 304, 307, 400, 401, 403, 404, 407, 409, 413, 422, 428, 430} {
		all = append(all, row{name: fmt.Sprint(status), fault: kustomertest.Status(status, "")})
	}
	return all
}

// state returns the number of conversations, and whether the first one was changed.
func (r *harness) state() (conversations int, changed bool) {
	all := r.srv.Conversations()
	first := all[slices.IndexFunc(all, func(c kustomertest.Conversation) bool { return c.ID == r.conversation })]
	return len(all), first.Rev > 1
}

func TestRetryTable(t *testing.T) {
	for _, col := range columns() {
		for _, row := range rows() {
			again := row.retried && (!row.ambiguous || col.safety != unsafe)
			failsWith, outcome := "error", client.OutcomeNotApplied
			switch {
			case row.name == "429":
				failsWith = "rate limit"
			case row.ambiguous && col.safety != reading:
				failsWith, outcome = "unknown", client.OutcomeUnknown
			}
			for _, limiter := range [][]client.Option{nil, {unlimited}} {
				name := fmt.Sprint(col.name, "/", row.name, "/limited ", limiter == nil)
				opts := slices.Clone(limiter)
				check := func(t *testing.T, r *harness, err error, sent int, failed bool) {
					t.Helper()
					want, wantOutcome := "success", client.Outcome(0)
					if failed {
						want, wantOutcome = failsWith, outcome
					}
					got, e := kind(err)
					if got != want || e != nil && (e.Outcome != wantOutcome || e.Attempts != sent) {
						t.Errorf("%s (%+v), want %s: %v", got, e, want, err)
					}
					if r.sent() != sent {
						t.Errorf("%d attempts were sent, want %d: does call.repeatable or call.windowed (client/conversations.go) differ from safety (client/operations_test.go)?", r.sent(), sent)
					}
					wantRecords, wantChange := 1, false
					if (!failed || row.applied) && col.safety != reading {
						if col.creates {
							wantRecords = 2
						} else {
							wantChange = col.name != "removeTagsFromConversation" // the conversation has no tags
						}
					}
					if n, changed := r.state(); n != wantRecords || changed != wantChange {
						t.Errorf("there are %d conversations and the change was made: %t; want %d, %t", n, changed, wantRecords, wantChange)
					}
					for i, wait := range r.waits() {
						most := min(time.Second<<i, time.Minute)
						if limiter == nil && row.name == "429" {
							most = time.Minute // the limiter's own pace
						}
						if pause := wait - row.takes; pause <= 0 || pause > most+time.Nanosecond {
							t.Errorf("pause %d is %v, want up to %v", i+1, pause, most)
						}
					}
				}
				bubble(t, name+"/once", func(t *testing.T) {
					r := newHarness(t, &fakeOptions{IdempotentExternalIDs: true}, opts...)
					r.srv.Fail(row.fault)
					err := col.call(t.Context(), r)
					sent := 1
					if again {
						sent = 2
					}
					check(t, r, err, sent, !again)
				})
				bubble(t, name+"/always", func(t *testing.T) {
					r := newHarness(t, &fakeOptions{IdempotentExternalIDs: true}, opts...)
					r.srv.Fail(always(row.fault))
					err := col.call(t.Context(), r)
					sent := 1
					if again {
						sent = 4
					}
					if row.name == "429" {
						sent = 26
					}
					if again && row.inWindow > 0 && col.safety == windowed {
						sent = row.inWindow
					}
					check(t, r, err, sent, true)
				})
				bubble(t, name+"/one attempt", func(t *testing.T) {
					r := newHarness(t, nil, append(opts, once)...)
					r.srv.Fail(row.fault)
					err := col.call(t.Context(), r)
					check(t, r, err, 1, true)
				})
			}
		}
	}
}
