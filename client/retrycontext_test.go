package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestContextEndsInAPause(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		kind   string
	}{{"unknown", 503, "unknown"}, {"refused", 429, "rate limit"}, {"dial", 0, "error"}} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			f := kustomertest.RefuseConnection()
			if test.status != 0 {
				f = with(kustomertest.Status(test.status, ""), "Retry-After", "30")
			}
			r.srv.Fail(always(f))
			ctx, cancel := context.WithCancel(t.Context())
			after := 10 * time.Second
			if test.status == 0 {
				after = time.Nanosecond // the pause is random
			}
			time.AfterFunc(after, cancel)
			took, err := took(func() error { return r.tag(ctx) })
			got, e := kind(err)
			if got != test.kind || took != after || r.sent() != 1 || !errors.Is(err, context.Canceled) || e.Attempts != 1 || e.StatusCode != test.status {
				t.Errorf("after %v and %d requests: %v", took, r.sent(), err)
			}
		})
	}
}

func TestContextEndsWhileTheLimiterWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil)
		r.srv.Spend(1000)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		took, err := took(func() error { return r.tag(ctx) })
		got, e := kind(err)
		if got != "rate limit" || took != 10*time.Second || r.sent() != 1 || !errors.Is(err, context.Canceled) || !errors.Is(err, client.ErrRateLimited) || e.Outcome != client.OutcomeNotApplied {
			t.Errorf("after %v and %d requests: %v", took, r.sent(), err)
		}
		if s, _ := r.RateLimit(); s.Waiting != 0 || s.InFlight != 0 {
			t.Errorf("the limiter has %+v", s)
		}
		// Another one that was not sent.
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err = r.tag(ctx)
		if got, e := kind(err); got != "error" || e.Attempts != 0 || e.Outcome != client.OutcomeNotApplied || !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestEndOfTheContextShowsThroughAnyLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := errors.New("the store is gone")
		r := newHarness(t, nil, client.WithLimiter(vague{lost}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.tag(ctx)
		if got, e := kind(err); got != "error" || e.Outcome != client.OutcomeNotApplied || !errors.Is(err, lost) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
	})
}

// If the deadline ends an attempt, there is no time for another one, and the error says so.
func TestDeadlineInAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(kustomertest.Delay(time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		took, err := took(func() error { return r.tag(ctx) })
		if got, _ := kind(err); got != "unknown" || took != 5*time.Second || !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "sent again") {
			t.Errorf("after %v: %v", took, err)
		}
	})
}
