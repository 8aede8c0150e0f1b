package client_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Full jitter: each pause is random, from nearly nothing to a maximum that doubles up to one minute. The average is half of
// the maximum.
func TestBackoffDoublesWithFullJitter(t *testing.T) {
	for _, status := range []int{503, 429} {
		bubble(t, strconv.Itoa(status), func(t *testing.T) {
			const runs, pauses = 200, 12
			var longest, shortest, sum [pauses]time.Duration
			for range runs {
				r := newHarness(t, nil, unlimited, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: pauses + 1, RetryWindow: time.Hour}))
				r.srv.Fail(kustomertest.Fault{Status: status, Times: pauses, Edge: true})
				if err := r.tag(t.Context()); err != nil {
					t.Fatal(err)
				}
				for i, wait := range r.waits() {
					longest[i] = max(longest[i], wait)
					if shortest[i] == 0 || wait < shortest[i] {
						shortest[i] = wait
					}
					sum[i] += wait / runs
				}
			}
			for i := range pauses {
				most := min(time.Second<<i, time.Minute)
				if longest[i] > most+time.Nanosecond || longest[i] < most*9/10 || shortest[i] > most/10 || sum[i] < most*2/5 || sum[i] > most*3/5 {
					t.Errorf("pause %d is from %v to %v, %v on the average, of at most %v", i+1, shortest[i], longest[i], sum[i], most)
				}
			}
		})
	}
}

// The wait is never shorter than the server asks for.
func TestRetryWaitsAsAsked(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		skew   time.Duration
		header func(now time.Time) []string // by the server's clock
		want   time.Duration
	}{
		{"503, seconds", 503, 0, func(time.Time) []string { return []string{"Retry-After", "90"} }, 90 * time.Second},
		{"429, seconds", 429, 0, func(time.Time) []string { return []string{"Retry-After", "90"} }, 90 * time.Second},
		{"503, above each cap", 503, 0, func(time.Time) []string { return []string{"Retry-After", "1000"} }, 1000 * time.Second},
		{"503, an hour", 503, 0, func(time.Time) []string { return []string{"Retry-After", "3600"} }, time.Hour},
		{"503, date", 503, 0, func(now time.Time) []string {
			return []string{"Retry-After", now.Add(75 * time.Second).UTC().Format(http.TimeFormat)}
		}, 75 * time.Second},
		{"503, date by a clock ahead", 503, time.Hour, func(now time.Time) []string {
			return []string{"Retry-After", now.Add(75 * time.Second).UTC().Format(http.TimeFormat)}
		}, 75 * time.Second},
		{"429, date by a clock behind", 429, -time.Hour, func(now time.Time) []string {
			return []string{"Retry-After", now.Add(75 * time.Second).UTC().Format(http.TimeFormat)}
		}, 75 * time.Second},
		{"429, reset", 429, 0, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(40*time.Second).Unix(), 10)}
		}, 40 * time.Second},
		{"429, reset by a clock ahead", 429, 45 * time.Second, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(40*time.Second).Unix(), 10)}
		}, 40 * time.Second},
		{"429, reset by a clock behind", 429, -45 * time.Second, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(40*time.Second).Unix(), 10)}
		}, 40 * time.Second},
		{"429, reset ten minutes ahead", 429, 0, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(10*time.Minute).Unix(), 10)}
		}, 10 * time.Minute},
		{"429, reset in another time zone", 429, 0, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(time.Hour).Unix(), 10)}
		}, time.Minute},
		{"503, with a fraction", 503, 0, func(time.Time) []string { return []string{"Retry-After", "29.997"} }, 30 * time.Second},
		{"429, with a unit", 429, 0, func(time.Time) []string { return []string{"Retry-After", "30s"} }, 30 * time.Second},
		{"429, the later of both", 429, 0, func(now time.Time) []string {
			return []string{"X-Ratelimit-Reset", strconv.FormatInt(now.Add(40*time.Second).Unix(), 10), "Retry-After", "50"}
		}, 50 * time.Second},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{ClockSkew: test.skew}, unlimited, onlyWriter)
			r.srv.Fail(with(kustomertest.Status(test.status, ""), test.header(time.Now().Add(test.skew))...))
			if err := r.tag(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := r.waits()[0]; got != test.want {
				t.Errorf("waited %v, want %v", got, test.want)
			}
		})
	}
}

// If the server's time makes no sense, the wait is that of the backoff.
func TestRetryIgnoresNonsense(t *testing.T) {
	for _, header := range [][2]string{
		{"Retry-After", "soon"}, {"Retry-After", "-5"}, {"Retry-After", "1e9"}, {"Retry-After", "Fri, 01 Jan 1999 00:00:00 GMT"},
		{"X-Ratelimit-Reset", "soon"}, {"X-Ratelimit-Reset", "-1"}, {"X-Ratelimit-Reset", "1"}, {"X-Ratelimit-Reset", "900000000"},
	} {
		bubble(t, header[0]+" "+header[1], func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(with(kustomertest.Status(429, ""), header[0], header[1]))
			if err := r.tag(t.Context()); err != nil {
				t.Fatal(err)
			}
			if wait := r.waits()[0]; wait <= 0 || wait > time.Second+time.Nanosecond {
				t.Errorf("waited %v", wait)
			}
		})
	}
}

// If a pause cannot fit, the call fails at once, and the error has the required pause.
func TestPauseThatCannotFit(t *testing.T) {
	within := func(d time.Duration) func(*testing.T) context.Context {
		return func(t *testing.T) context.Context {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			t.Cleanup(cancel)
			return ctx
		}
	}
	for _, test := range []struct {
		name string
		ctx  func(*testing.T) context.Context
		opts []client.Option
		call []client.CallOption
	}{
		{"deadline", within(29 * time.Second), nil, nil},
		{"policy", nil, []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxWait: 29 * time.Second})}, nil},
		{"call", nil, []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxWait: time.Hour})}, []client.CallOption{client.CallMaxWait(29 * time.Second)}},
		{"no wait", nil, nil, []client.CallOption{client.CallNoWait()}},
	} {
		for _, f := range []struct {
			name  string
			fault kustomertest.Fault
			call  func(context.Context, *harness, ...client.CallOption) error
			kind  string
		}{
			{"503 on tags", kustomertest.Status(503, ""), func(ctx context.Context, r *harness, o ...client.CallOption) error { return r.tag(ctx, o...) }, "unknown"},
			{"429 on tags", kustomertest.Status(429, ""), func(ctx context.Context, r *harness, o ...client.CallOption) error { return r.tag(ctx, o...) }, "rate limit"},
			{"503 on a read", kustomertest.Status(503, ""), func(ctx context.Context, r *harness, o ...client.CallOption) error {
				_, err := r.Do(ctx, "GET", "/v1/users/current", nil, o...)
				return err
			}, "error"},
		} {
			bubble(t, test.name+"/"+f.name, func(t *testing.T) {
				ctx := t.Context()
				if test.ctx != nil {
					ctx = test.ctx(t)
				}
				r := newHarness(t, nil, append(test.opts, unlimited)...)
				r.srv.Fail(always(with(f.fault, "Retry-After", "30")))
				took, err := took(func() error { return f.call(ctx, r, test.call...) })
				got, e := kind(err)
				if got != f.kind || took > 0 || r.sent() != 1 || e.Attempts != 1 {
					t.Fatalf("after %v and %d requests: %s, %v", took, r.sent(), got, err)
				}
				if limited, ok := errors.AsType[*client.RateLimitError](err); ok && (limited.RetryAfter != 30*time.Second || limited.Local) {
					t.Errorf("the error says %v, local %t", limited.RetryAfter, limited.Local)
				}
				if !strings.Contains(err.Error(), "the wait of 30s before the retry is longer than the call may take") {
					t.Errorf("the error is %v", err)
				}
				if errors.Is(err, context.DeadlineExceeded) {
					t.Error("the deadline has not come yet")
				}
			})
		}
	}
}

// Without a deadline or MaxWait, a pause of more than one hour fails at once, and the error has the required pause.
func TestPauseLongerThanAnHour(t *testing.T) {
	const asked = 90 * time.Minute
	for _, test := range []struct {
		name     string
		opts     []client.Option
		deadline time.Duration
		waits    bool
	}{
		{"no options", nil, 0, false},
		{"enough by policy", []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxWait: 48 * time.Hour, RetryWindow: 48 * time.Hour})}, 0, true},
		{"enough by deadline", []client.Option{onlyWriter}, 48 * time.Hour, true},
	} {
		for _, status := range []int{503, 429} {
			for _, limiter := range [][]client.Option{nil, {unlimited}} {
				bubble(t, strings.Join([]string{test.name, strconv.Itoa(status), "limited", strconv.FormatBool(limiter == nil)}, "/"), func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), max(test.deadline, time.Nanosecond))
					defer cancel()
					if test.deadline == 0 {
						ctx = t.Context()
					}
					r := newHarness(t, nil, append(limiter, test.opts...)...)
					r.srv.Fail(with(kustomertest.Status(status, ""), "Retry-After", "5400"))
					took, err := took(func() error { return r.tag(ctx) })
					if test.waits {
						if err != nil || took < asked || took > asked+time.Minute {
							t.Errorf("after %v: %v", took, err)
						}
						return
					}
					if err == nil || took > 0 || r.sent() != 1 || !strings.Contains(err.Error(), "1h30m0s") {
						t.Errorf("after %v and %d requests: %v", took, r.sent(), err)
					}
					if limited, ok := errors.AsType[*client.RateLimitError](err); ok != (status == 429) || ok && limited.RetryAfter != asked {
						t.Errorf("error is %+v", limited)
					}
				})
			}
		}
	}
}

// If the server did not say how long to wait, the error has the required pause.
func TestRefusalWithoutATimeHasTheRequiredPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(kustomertest.Status(429, ""))
		limited, ok := errors.AsType[*client.RateLimitError](r.tag(t.Context(), client.CallNoWait()))
		if !ok || limited.RetryAfter <= 0 || limited.RetryAfter > time.Second+time.Nanosecond {
			t.Errorf("the error is %+v", limited)
		}
	})
}

// A pause that fits exactly is made.
func TestPauseThatJustFits(t *testing.T) {
	for name, opts := range map[string][]client.CallOption{"deadline": nil, "call": {client.CallMaxWait(30 * time.Second)}} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(with(kustomertest.Status(503, ""), "Retry-After", "30"))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second+1)
			defer cancel()
			if err := r.tag(ctx, opts...); err != nil {
				t.Error(err)
			}
		})
	}
}

// MaxWait limits the sum of all waits of a call, without the time of its attempts.
func TestMaxWaitIsForAllWaits(t *testing.T) {
	bubble(t, "pauses", func(t *testing.T) {
		r := newHarness(t, nil, unlimited, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 10, MaxWait: 100 * time.Second, RetryWindow: time.Hour}))
		r.srv.Fail(always(kustomertest.Fault{Status: 503, DelayAfter: 20 * time.Second, Header: http.Header{"Retry-After": {"30"}}}))
		took, err := took(func() error { return r.tag(t.Context()) })
		if got, _ := kind(err); got != "unknown" || r.sent() != 4 || took != 4*20*time.Second+3*30*time.Second {
			t.Errorf("%d requests in %v: %v", r.sent(), took, err)
		}
	})
	bubble(t, "the limiter's too", func(t *testing.T) {
		r := newHarness(t, &fakeOptions{ResetHeader: kustomertest.ResetAlways}, reserve(0))
		r.srv.Spend(1000)
		r.srv.Fail(kustomertest.Fault{Match: func(*http.Request) bool { n, _ := r.srv.Budget(); return n < 1000 }, Status: 503, Header: http.Header{"Retry-After": {"30"}}})
		took, err := took(func() error { return r.tag(t.Context(), client.CallMaxWait(80*time.Second)) })
		if got, _ := kind(err); got != "unknown" || took < 59*time.Second || took > 62*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// A pause that would end at the deadline fails at once, because it leaves no time for an attempt.
func TestPauseAsLongAsTheDeadline(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{30 * time.Second: 0, 30*time.Second + 1: 30 * time.Second} {
		bubble(t, d.String(), func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(with(kustomertest.Status(503, ""), "Retry-After", "30"))
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if took, err := took(func() error { return r.tag(ctx) }); took != want || (err == nil) != (want > 0) {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}

// vague is a limiter whose error does not wrap that of the context.
type vague struct{ err error }

func (l vague) Acquire(ctx context.Context, _ ratelimit.Request) (ratelimit.Permit, error) {
	<-ctx.Done()
	return nil, l.err
}
