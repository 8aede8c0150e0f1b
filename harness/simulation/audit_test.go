package simulation

import (
	"context"
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// The ledger counts what the server makes, which is faster than to look at all that it has. Here both are compared.
func TestLedgerAgreesWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty("", true, Free)
		st := newStage(t, s, Regime{}, 1)
		st.run(t.Context())
		has, most := make(map[string]int), 0
		for _, c := range st.srv.Conversations() {
			if id := c.Attributes.ExternalID; id != "" {
				has[id]++
				most = max(most, has[id])
			}
		}
		if !maps.Equal(has, st.ledger.created) {
			t.Errorf("the server has %v, the ledger %v", has, st.ledger.created)
		}
		// A server that neither knows nor refuses a repeat makes duplicates: this is what they look like.
		if a := st.audit(); most < 2 || a.duplicates == 0 {
			t.Errorf("no duplicates were made, or %+v does not know", a)
		}
	})
}

// A result that pleases has to be one that would have been found wanting.
func TestAudit(t *testing.T) {
	unknown := &client.OutcomeUnknownError{Err: &client.Error{}}
	hinted := &client.OutcomeUnknownError{Err: &client.Error{Hint: "it probably succeeded"}}
	const plain, may, was = "plain", "may", "was" // nothing failed; failed, not applied; applied, answer lost
	for _, tt := range []struct {
		name   string
		repeat bool
		ids    ExternalIDs
		create create
		exists int
		want   audit
	}{
		{"done", false, Free, create{plain, nil}, 1, audit{}},
		{"twice", false, Free, create{plain, nil}, 2, audit{duplicates: 1}},
		{"not there", false, Free, create{plain, nil}, 0, audit{missing: 1}},
		{"unknown", false, Free, create{may, unknown}, 0, audit{unknown: 1}},
		{"unknown and there", false, Free, create{was, unknown}, 1, audit{unknown: 1}},
		{"unknown without reason", false, Free, create{plain, unknown}, 1, audit{unknown: 1, falseAlarm: 1}},
		{"not told", false, Free, create{was, errors.New("failed")}, 1, audit{unreported: 1}},
		{"repeated without leave", false, Free, create{may, nil}, 1, audit{unreported: 1}},
		{"repeated with leave", true, Idempotent, create{was, nil}, 1, audit{}},
		{"given up", true, Idempotent, create{was, unknown}, 1, audit{unknown: 1, falseAlarm: 1}},
		{"conflict", true, Unique, create{was, hinted}, 1, audit{unknown: 1}},
		{"conflict without a hint", true, Unique, create{was, unknown}, 1, audit{unknown: 1, noHint: 1}},
		{"conflict taken for success", true, Unique, create{was, nil}, 1, audit{unreported: 1}},
		{"no conflict", true, Unique, create{may, nil}, 1, audit{}},
	} {
		l := newLedger(nil)
		l.suspect[may], l.suspect[was], l.lostApplied[was] = true, true, true
		st := &stage{Scenario: Scenario{RetryCreates: tt.repeat, ExternalIDs: tt.ids}, ledger: l}
		var got audit
		if got.take(tt.create, tt.exists, st); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// What stands still for ever ends with the context, and shows as lost calls.
func TestStuckRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, Scenario{Limit: 5, Pools: []Pool{{Workers: 10, Calls: 100}}}, Regime{}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		tallies := st.run(ctx)
		if got := tallies[0]; got.ok != 10 || got.ok+got.lost+got.unknown != 100 {
			t.Errorf("%d done, %d unknown, %d lost", got.ok, got.unknown, got.lost)
		}
	})
}
