package faults

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

func TestProblems(t *testing.T) {
	fault := func(m faultproxy.Moment) []faultproxy.Fault { return []faultproxy.Fault{{Moment: m}} }
	sentTwice := func(r *result) { r.requests, r.attempts, r.maxAttempts = 2, 2, 2 }
	for name, test := range map[string]struct {
		reported report
		applied  int
		change   func(*result)
		problems int
	}{
		"success":                         {success, 1, nil, 0},
		"success and not applied":         {success, 0, nil, 1},
		"applied":                         {applied, 1, nil, 0},
		"applied and is not":              {applied, 0, nil, 1},
		"unknown and applied":             {unknown, 1, nil, 0},
		"unknown and not applied":         {unknown, 0, nil, 0},
		"not applied, and a byte arrived": {notApplied, 0, nil, 1},
		"not applied, but it is":          {notApplied, 1, nil, 2},
		"not sent":                        {notApplied, 0, func(r *result) { r.requests, r.faultsSeen = 0, 0 }, 0},
		"not sent, behind a wrapper":      {unknown, 0, func(r *result) { r.requests, r.faultsSeen, r.wrapped = 0, 0, true }, 0},
		"applied twice":                   {success, 2, func(r *result) { r.requests = 2 }, 3},
		"applied twice, as allowed":       {success, 2, func(r *result) { sentTwice(r); r.retryCreate = true }, 0},
		"sent twice":                      {success, 1, sentTwice, 1},
		"sent twice in one attempt":       {success, 1, func(r *result) { r.requests, r.retryCreate = 2, true }, 1},
		"sent twice after GOAWAY": {success, 1, func(r *result) {
			sentTwice(r)
			r.faults = []faultproxy.Fault{{Moment: faultproxy.BeforeForwarding, Manner: faultproxy.GoAway}}
		}, 0},
		"unknown after half a response": {unknown, 1, func(r *result) { r.faults = fault(faultproxy.InResponseBody) }, 1},
		"unknown when nobody listens":   {unknown, 0, func(r *result) { r.faults, r.requests, r.faultsSeen = nil, 0, 0 }, 1},
		"unknown after a failed handshake": {unknown, 0, func(r *result) {
			r.faults, r.requests = fault(faultproxy.InHandshake), 0
		}, 1},
		"unknown after a failed handshake, behind a wrapper": {unknown, 0, func(r *result) {
			r.faults, r.requests, r.wrapped = fault(faultproxy.InHandshake), 0, true
		}, 0},
		"unknown after a failed handshake and another attempt": {unknown, 0, func(r *result) {
			r.faults, r.maxAttempts = fault(faultproxy.InHandshake), 2
		}, 0},
		"the response is about another record": {success, 1, func(r *result) { r.expectedID = "b" }, 1},
		"no id in the response":                {success, 1, func(r *result) { r.id = "" }, 1},
		"no id in a raw response":              {success, 1, func(r *result) { r.id, r.operation = "", &post }, 0},
		"no route":                             {success, 0, func(r *result) { r.id, r.operation = "", &postNoBody }, 0},
		"a read":                               {notApplied, 0, func(r *result) { r.operation = &get }, 0},
		"a read of unknown outcome":            {unknown, 0, func(r *result) { r.operation = &get }, 1},
		"a read of another record":             {success, 0, func(r *result) { r.operation, r.expectedID = &get, "b" }, 1},
		"undocumented":                         {undocumented, 0, nil, 1},
		"a permit is held":                     {success, 1, func(r *result) { r.permits = 1 }, 1},
		"the next call fails":                  {success, 1, func(r *result) { r.next = errors.New("lost") }, 1},
		"a connection is left":                 {success, 1, func(r *result) { r.left = 1 }, 1},
		"too many attempts":                    {success, 1, func(r *result) { r.attempts = 2 }, 1},
	} {
		r := &result{
			scenario: &scenario{operation: &create, maxAttempts: 1, faults: fault(faultproxy.BeforeResponse)},
			reported: test.reported, id: "a", expectedID: "a", attempts: 1, requests: 1, faultsSeen: 1, arrived: test.applied, applied: test.applied,
		}
		if test.change != nil {
			test.change(r)
		}
		if got := r.problems(); len(got) != test.problems {
			t.Errorf("%s: got %q, want %d problems", name, got, test.problems)
		}
	}
}

func TestReports(t *testing.T) {
	of := func(o client.Outcome) *client.Error { return &client.Error{Outcome: o} }
	var got []report
	for _, err := range []error{nil, of(client.OutcomeApplied), of(client.OutcomeNotApplied), &client.OutcomeUnknownError{Err: of(client.OutcomeUnknown)},
		&client.RateLimitError{Err: of(client.OutcomeNotApplied)}, of(client.OutcomeUnknown), &client.OutcomeUnknownError{Err: of(client.OutcomeApplied)}, fmt.Errorf("another type")} {
		r, _ := reportOf(err)
		got = append(got, r)
	}
	want := []report{success, applied, notApplied, unknown, notApplied, undocumented, undocumented, undocumented}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
