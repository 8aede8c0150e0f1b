package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// spend makes n reads within one window, and returns the number of requests.
func (r *harness) spend(t *testing.T, n int) int {
	t.Helper()
	before := r.sent()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := r.Do(t.Context(), "GET", "/v1/users/current", nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return r.sent() - before
}

func TestReserveIsLeft(t *testing.T) {
	for _, test := range []struct {
		name string
		opts []client.Option
		left int
	}{
		{"default", nil, 10},
		{"a fifth", []client.Option{reserve(0.2)}, 40},
		{"none", []client.Option{reserve(0)}, 0},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{OrgLimit: 200, Latency: func() time.Duration { return 50 * time.Millisecond }}, test.opts...)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					for ctx.Err() == nil {
						_, _ = r.Do(ctx, "GET", "/v1/users/current", nil)
					}
				})
			}
			time.Sleep(11 * time.Second) // only the reserve is left, and no request has shown yet whether the window has ended
			if spent, _ := r.srv.Budget(); 200-spent != test.left {
				t.Errorf("%d are left, want %d", 200-spent, test.left)
			}
			s, ok := r.RateLimit()
			if !ok || s.Limit != 200 || s.Remaining != test.left || s.Reserve != test.left || s.Waiting != 16 || s.InFlight != 0 || s.Reset.IsZero() {
				t.Errorf("the snapshot is %+v", s)
			}
			cancel()
			wg.Wait()
			if s, _ := r.RateLimit(); s.Waiting != 0 || s.InFlight != 0 {
				t.Errorf("the snapshot is %+v", s)
			}
		})
	}
}

func TestCreatesPerCustomer(t *testing.T) {
	for _, imported := range []bool{false, true} {
		bubble(t, fmt.Sprint("imported ", imported), func(t *testing.T) {
			r := newHarness(t, nil)
			var create client.ConversationCreate
			if imported {
				create.ImportedAt = new(time.Now())
			}
			start := time.Now()
			var wg sync.WaitGroup
			for range 130 {
				wg.Go(func() {
					if err := r.create(t.Context(), create); err != nil {
						t.Error(err)
					}
				})
			}
			// Another customer does not wait.
			wg.Go(func() {
				if _, err := r.CreateConversationForCustomer(t.Context(), r.srv.AddCustomer(), client.ConversationCreate{}); err != nil || time.Since(start) > time.Second {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
			})
			time.Sleep(30 * time.Second)
			want := 122
			if imported {
				want = 132
			}
			if n, _ := r.state(); n != want || r.sent() != want-1 {
				t.Errorf("there are %d conversations after %d requests, want %d", n, r.sent(), want)
			}
			wg.Wait()
			if n, _ := r.state(); n != 132 || r.sent() != 131 {
				t.Errorf("there are %d conversations after %d requests", n, r.sent())
			}
			if took := time.Since(start); !imported && took > 62*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestHotConversationHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, &fakeOptions{ObjectLimit: 10, Latency: func() time.Duration { return 100 * time.Millisecond }})
		start := time.Now()
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				if err := r.tag(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		for range 100 {
			wg.Go(func() {
				_, err := r.AppendTagsToConversation(t.Context(), r.srv.AddConversation(r.customer), []string{"vip"})
				if took := time.Since(start); err != nil || took > time.Second {
					t.Errorf("after %v: %v", took, err)
				}
			})
		}
		time.Sleep(5 * time.Second)
		s, _ := r.RateLimit()
		if len(s.Blocked) != 1 || s.Blocked[0].Kind != "object" || s.Blocked[0].ID != r.conversation || s.Blocked[0].Waiting+s.InFlight != 20 { // one may be looking
			t.Errorf("the snapshot is %+v", s)
		}
		wg.Wait()
	})
}

// If the limiter knows that the wait cannot fit, it refuses the call before anything is sent.
func TestBudgetSpentAndPhaseKnown(t *testing.T) {
	for name, opts := range map[string][]client.CallOption{"deadline": nil, "call": {client.CallMaxWait(5 * time.Second)}, "no wait": {client.CallNoWait()}} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{OrgLimit: 20}, reserve(0))
			r.spend(t, 20)
			// The 429 says when the window ends.
			if err := r.tag(t.Context(), client.CallNoWait()); !errors.Is(err, client.ErrRateLimited) {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			sent := r.sent()
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					ctx := t.Context()
					if len(opts) == 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, 5*time.Second)
						defer cancel()
					}
					took, err := took(func() error { return r.tag(ctx, opts...) })
					limited, ok := errors.AsType[*client.RateLimitError](err)
					if !ok || took > 10*time.Millisecond {
						t.Errorf("after %v: %v", took, err)
						return
					}
					if !limited.Local || limited.Scope != client.ScopeOrg || limited.RetryAfter < 54*time.Second || limited.RetryAfter > 56*time.Second {
						t.Errorf("the error is %+v", limited)
					}
					var held *ratelimit.WaitError
					if !errors.Is(err, client.ErrRateLimited) || !errors.As(err, &held) || limited.Err.Attempts != 0 || limited.Err.Outcome != client.OutcomeNotApplied {
						t.Errorf("the error is %+v", limited.Err)
					}
				})
			}
			wg.Wait()
			if n := r.sent() - sent; n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
	bubble(t, "phase unknown", func(t *testing.T) {
		r := newHarness(t, nil)
		r.srv.Spend(1000)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				if err := r.tag(ctx); !errors.Is(err, client.ErrRateLimited) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if r.sent() > 1 {
			t.Errorf("%d requests were sent", r.sent())
		}
	})
}

// A call whose wait fits waits and succeeds.
func TestWaitThatFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil)
		r.srv.Spend(1000)
		took, err := took(func() error { return r.tag(t.Context(), client.CallMaxWait(65*time.Second)) })
		if err != nil || took < 59*time.Second || took > 62*time.Second || r.sent() != 2 {
			t.Errorf("%d requests in %v: %v", r.sent(), took, err)
		}
	})
}

func TestBackgroundLetsOthersGoFirst(t *testing.T) {
	const latency = 100 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		limiter, err := ratelimit.New(ratelimit.Config{Reserve: -1, MaxInFlight: 8})
		if err != nil {
			t.Fatal(err)
		}
		r := newHarness(t, &fakeOptions{Latency: func() time.Duration { return latency }}, client.WithLimiter(limiter))
		ctx, cancel := context.WithCancel(t.Context())
		var jobs sync.WaitGroup
		for range 64 {
			jobs.Go(func() {
				for ctx.Err() == nil {
					_, _ = r.Do(ctx, "GET", "/v1/users/current", nil, client.CallBackground())
				}
			})
		}
		time.Sleep(time.Second)
		for range 20 {
			took, err := took(func() error { return r.tag(t.Context()) })
			if err != nil || took > 2*latency {
				t.Errorf("a call took %v beside a job in the background: %v", took, err)
			}
			time.Sleep(17 * time.Millisecond)
		}
		if s, _ := r.RateLimit(); s.InFlight != 8 {
			t.Errorf("the job does not run at full speed: %+v", s)
		}
		cancel()
		jobs.Wait()
	})
}

// A cap of the client's own is no limit of the organisation.
func TestOwnCapIsNoLimitOfTheOrganisation(t *testing.T) {
	bubble(t, "in flight", func(t *testing.T) {
		l, err := ratelimit.New(ratelimit.Config{MaxInFlight: 1})
		if err != nil {
			t.Fatal(err)
		}
		r := newHarness(t, nil, client.WithLimiter(l))
		p, err := l.Acquire(t.Context(), ratelimit.Request{})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Done(ratelimit.Result{})
		err = r.tag(t.Context(), client.CallNoWait())
		limited, ok := errors.AsType[*client.RateLimitError](err)
		if !ok || limited.Scope != client.ScopeUnknown || !limited.Local || !strings.Contains(err.Error(), "as many as MaxInFlight allows") {
			t.Errorf("error is %v", err)
		}
	})
}

// A page of a firewall that asks for a day: the refused call fails at once and says so, and others go after 15 minutes.
func TestPageThatAsksForADay(t *testing.T) {
	bubble(t, "HTML", func(t *testing.T) {
		r := newHarness(t, nil)
		page := kustomertest.EdgeHTML(429)
		page.Header.Set("Retry-After", "86400")
		r.srv.Fail(page)
		began := time.Now()
		refused, next := r.tag(t.Context()), r.tag(t.Context(), client.CallNoWait())
		for err, want := range map[error]time.Duration{refused: 24 * time.Hour, next: 15 * time.Minute} {
			if limited, ok := errors.AsType[*client.RateLimitError](err); !ok || limited.RetryAfter.Round(time.Second) != want || time.Since(began) > time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		}
		if err := r.tag(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
