package faults

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// What pleases has to be something that would have been found wrong.
func TestVerdict(t *testing.T) {
	fault := func(m faultproxy.Moment) []faultproxy.Fault { return []faultproxy.Fault{{Moment: m}} }
	one := faultproxy.Seen{Connections: 1, Requests: 1, Faults: 1}
	write := func(s statement, applied int) deed {
		return deed{plan: &plan{kind: create, attempts: 1, faults: fault(faultproxy.AfterPassing)}, said: s, id: "a", theID: "a", attempts: 1, seen: one, arrived: applied, applied: applied}
	}
	with := func(d deed, change func(*deed)) deed { change(&d); return d }
	for name, test := range map[string]struct {
		deed  deed
		wrong int
	}{
		"success":                      {write(success, 1), 0},
		"success and not applied":      {write(success, 0), 1},
		"applied":                      {write(applied, 1), 0},
		"applied and is not":           {write(applied, 0), 1},
		"unknown and applied":          {write(unknown, 1), 0},
		"unknown and not applied":      {write(unknown, 0), 0},
		"not applied, and a byte left": {write(notApplied, 0), 1},
		"not applied, but it is":       {write(notApplied, 1), 2},
		"not sent":                     {with(write(notApplied, 0), func(d *deed) { d.seen = faultproxy.Seen{} }), 0},
		"the same behind a wrapper":    {with(write(unknown, 0), func(d *deed) { d.seen, d.wrapped = faultproxy.Seen{}, true }), 0},
		"applied twice":                {with(write(success, 2), func(d *deed) { d.seen.Requests = 2 }), 3},
		"applied twice with leave":     {with(write(success, 2), func(d *deed) { d.plan.repeat, d.seen.Requests, d.attempts, d.plan.attempts = true, 2, 2, 2 }), 0},
		"sent twice":                   {with(write(success, 1), func(d *deed) { d.seen.Requests, d.attempts, d.plan.attempts = 2, 2, 2 }), 1},
		"sent twice in an attempt":     {with(write(success, 1), func(d *deed) { d.seen.Requests, d.plan.repeat = 2, true }), 1},
		"sent twice after GOAWAY": {with(write(success, 1), func(d *deed) {
			d.seen.Requests, d.attempts, d.plan.attempts = 2, 2, 2
			d.plan.faults[0] = faultproxy.Fault{Moment: faultproxy.BeforePassing, Manner: faultproxy.GoAway}
		}), 0},
		"unknown behind half an answer": {with(write(unknown, 1), func(d *deed) { d.plan.faults = fault(faultproxy.InAnswerBody) }), 1},
		"unknown where nobody listens":  {with(write(unknown, 0), func(d *deed) { d.plan.refused = true }), 1},
		"unknown after a handshake": {with(write(unknown, 0), func(d *deed) {
			d.plan.faults, d.seen = fault(faultproxy.InHandshake), faultproxy.Seen{Faults: 1}
		}), 1},
		"unknown after a handshake, behind a wrapper": {with(write(unknown, 0), func(d *deed) {
			d.plan.faults, d.seen, d.wrapped = fault(faultproxy.InHandshake), faultproxy.Seen{Faults: 1}, true
		}), 0},
		"unknown after a handshake and another attempt": {with(write(unknown, 0), func(d *deed) {
			d.plan.faults, d.plan.attempts = fault(faultproxy.InHandshake), 2
		}), 0},
		"the answer of another":     {with(write(success, 1), func(d *deed) { d.theID = "b" }), 1},
		"no id in the answer":       {with(write(success, 1), func(d *deed) { d.id = "" }), 1},
		"a read":                    {with(write(notApplied, 0), func(d *deed) { d.plan.kind = get }), 0},
		"a read of unknown outcome": {with(write(unknown, 0), func(d *deed) { d.plan.kind = get }), 1},
		"nonsense":                  {write(nonsense, 0), 1},
		"a permit is held":          {with(write(success, 1), func(d *deed) { d.held = 1 }), 1},
		"the next call fails":       {with(write(success, 1), func(d *deed) { d.after = errors.New("lost") }), 1},
		"a connection is left":      {with(write(success, 1), func(d *deed) { d.leaked = 1 }), 1},
		"too many attempts":         {with(write(success, 1), func(d *deed) { d.attempts = 2 }), 1},
	} {
		if found := test.deed.wrong(); len(found) != test.wrong {
			t.Errorf("%s: %d wrong, not %d: %q", name, len(found), test.wrong, found)
		}
	}
}

func TestStatements(t *testing.T) {
	of := func(o client.Outcome) *client.Error { return &client.Error{Outcome: o} }
	got := []statement{}
	for _, err := range []error{nil, of(client.OutcomeApplied), of(client.OutcomeNotApplied), &client.OutcomeUnknownError{Err: of(client.OutcomeUnknown)},
		&client.RateLimitError{Err: of(client.OutcomeNotApplied)}, of(client.OutcomeUnknown), &client.OutcomeUnknownError{Err: of(client.OutcomeApplied)}, fmt.Errorf("none of ours")} {
		s, _ := said(err)
		got = append(got, s)
	}
	want := []statement{success, applied, notApplied, unknown, notApplied, nonsense, nonsense, nonsense}
	if !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
