package ratelimit_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// impatient are the ways to make a call wait for at most 5 s.
var impatient = map[string]func(b *bench, r ratelimit.Request) *call{
	"max wait": func(b *bench, r ratelimit.Request) *call {
		r.MaxWait = 5 * time.Second
		return b.call(r)
	},
	"deadline": func(b *bench, r ratelimit.Request) *call {
		ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
		b.t.Cleanup(cancel)
		return b.callIn(ctx, r)
	},
	"the shorter of both, the deadline": func(b *bench, r ratelimit.Request) *call {
		ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
		b.t.Cleanup(cancel)
		r.MaxWait = time.Hour
		return b.callIn(ctx, r)
	},
	"the shorter of both, the wait": func(b *bench, r ratelimit.Request) *call {
		ctx, cancel := context.WithTimeout(b.t.Context(), time.Hour)
		b.t.Cleanup(cancel)
		r.MaxWait = 5 * time.Second
		return b.callIn(ctx, r)
	},
	"no wait": func(b *bench, r ratelimit.Request) *call {
		r.MaxWait = -1
		return b.call(r)
	},
}

// A wait that is too long fails at once, and the error has the wait.
func TestWaitThatIsTooLong(t *testing.T) {
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		prepare func(b *bench)
		request ratelimit.Request
		want    time.Duration
		object  bool
	}{
		{name: "spent", want: 40 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 40*time.Second))
		}},
		{name: "spent, and many windows are waited for", want: 100 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(10, 40*time.Second))
			b.calls(15, plain)
		}},
		{name: "in the background behind others", request: background, want: 100 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(10, 40*time.Second))
			b.calls(7, plain)
			b.calls(8, background)
		}},
		{name: "before others in the background", want: 40 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(10, 40*time.Second))
			b.calls(15, background)
		}},
		{name: "many windows with a reserve", config: ratelimit.Config{ReserveCount: 5}, want: 100 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(10, 40*time.Second))
			b.calls(7, plain)
		}},
		{name: "many windows, and the first may begin at once", want: 50 * time.Second, prepare: func(b *bench) {
			b.learn(10, 1)
			b.call(plain).respond(http.StatusTooManyRequests, left(10, 0))
			b.calls(7, background)
			pass(10 * time.Second)
			b.calls(15, plain)
		}},
		{name: "spent, after a window that began sooner than expected", want: time.Minute, prepare: func(b *bench) {
			h := spent(100, 40*time.Second)
			h.Set("X-Ratelimit-Remaining", "50")
			b.call(plain).respond(http.StatusOK, h)
			pass(10 * time.Second)
			b.learn(100, 99)
			b.learn(100, 0)
		}},
		{name: "spent, and the limit is not known", want: 40 * time.Second, prepare: func(b *bench) {
			h := spent(10, 40*time.Second)
			h.Del("X-Ratelimit-Limit")
			b.call(plain).respond(http.StatusTooManyRequests, h)
			b.calls(15, plain)
		}},
		{name: "the reserve is left", config: ratelimit.Config{ReserveCount: 5}, want: 40 * time.Second, prepare: func(b *bench) {
			h := spent(1000, 40*time.Second)
			h.Set("X-Ratelimit-Remaining", "5")
			b.call(plain).respond(http.StatusOK, h)
		}},
		{name: "Retry-After", want: 30 * time.Second, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, header("Retry-After", "30"))
		}},
		{name: "Retry-After longer than the reset", want: 90 * time.Second, prepare: func(b *bench) {
			h := spent(1000, 40*time.Second)
			h.Set("Retry-After", "90")
			b.call(plain).respond(http.StatusTooManyRequests, h)
		}},
		{name: "Retry-After shorter than the reset", want: 40 * time.Second, prepare: func(b *bench) {
			h := spent(1000, 40*time.Second)
			h.Set("Retry-After", "7")
			b.call(plain).respond(http.StatusTooManyRequests, h)
		}},
		{name: "blocked record", request: recordA, want: 30 * time.Second, object: true, prepare: func(b *bench) {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 900, "Retry-After", "30"))
		}},
		{name: "record's limit", config: ratelimit.Config{ObjectLimit: 1}, request: recordA, want: time.Minute, object: true, prepare: func(b *bench) {
			b.call(recordA).respond(http.StatusOK, left(1000, 900))
		}},
		{name: "blocked record, but the budget for longer", request: recordA, want: 40 * time.Second, prepare: func(b *bench) {
			b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 900, "Retry-After", "30"))
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 40*time.Second))
		}},
		{name: "rate", config: ratelimit.Config{MaxRate: 1}, want: time.Minute, prepare: func(b *bench) { b.learn(1000, 900) }},
		{name: "rate, and others wait", config: ratelimit.Config{MaxRate: 2}, want: 2 * time.Minute, prepare: func(b *bench) {
			b.learn(1000, 900)
			pass(10 * time.Second)
			b.learn(1000, 899)
			b.calls(3, plain)
		}},
		{name: "rate, and others wait for the budget", config: ratelimit.Config{MaxRate: 2}, want: time.Minute, prepare: func(b *bench) {
			b.learn(1000, 900)
			pass(time.Hour)
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 40*time.Second))
			b.calls(2, plain)
		}},
		{name: "rate, and more wait than it lets through", config: ratelimit.Config{MaxRate: 3}, want: time.Minute, prepare: func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 50*time.Second))
			pass(10 * time.Second)
			b.calls(3, plain)
		}},
	} {
		for name, acquire := range impatient {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				inBubble(t, test.config, func(b *bench) {
					test.prepare(b)
					waiting, began := b.Snapshot().Waiting, time.Now()
					c := acquire(b, test.request)
					e := c.waitError()
					if !c.ended().Equal(began) {
						t.Errorf("it failed after %v", c.ended().Sub(began))
					}
					if e.Wait != test.want || (e.Scope == ratelimit.ScopeObject) != test.object {
						t.Errorf("%+v, want %v, %t", e, test.want, test.object)
					}
					if s := b.Snapshot(); s.Waiting != waiting || s.InFlight != 0 {
						t.Errorf("state is left: %+v", s)
					}
					if text := e.Error(); !strings.Contains(text, e.Wait.String()) {
						t.Error(text)
					}
				})
			})
		}
	}
}

// If the wait is not known, a call waits as long as it may. A call that does not wait fails.
func TestWaitOfUnknownLength(t *testing.T) {
	for name, acquire := range impatient {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{MaxInFlight: 4}, func(b *bench) {
				b.learn(1000, 900)
				b.calls(5, plain)
				began := time.Now()
				c := acquire(b, plain)
				for range 3 {
					b.calls(1, plain) // more than the probes that follow
				}
				switch {
				case name == "no wait":
					e := c.waitError()
					if e.Wait != 0 || !c.ended().Equal(began) {
						t.Errorf("%+v after %v", e, c.ended().Sub(began))
					}
					if want := "ratelimit: 4 requests are in flight, as many as MaxInFlight allows; the next one is sent when one of them ends"; e.Error() != want {
						t.Error(e)
					}
				case c.waiting() || c.sent():
				default:
					t.Errorf("it failed at once: %v", c.err())
				}
			})
		})
	}
}

// A wait that is just short enough does not fail at once.
func TestWaitThatIsJustShortEnough(t *testing.T) {
	for wait, fits := range map[time.Duration]bool{40 * time.Second: true, 40*time.Second - time.Nanosecond: false} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(1000, 40*time.Second))
			if c := b.call(ratelimit.Request{MaxWait: wait}); c.waiting() != fits {
				t.Errorf("%v: waiting %t, %v", wait, c.waiting(), c.err())
			}
		})
	}
}

// A response may end the wait at any moment, though the window lasts longer than the call can wait.
func TestWaitThatMayEndSooner(t *testing.T) {
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		prepare func(b *bench)
	}{
		{"all that is left is in flight", ratelimit.Config{}, func(b *bench) {
			b.learn(1000, 900)
			pass(10 * time.Second)
			b.learn(1000, 990) // a window that was seen to begin
			b.learn(1000, 3)
			b.calls(3, plain)
		}},
		{"MaxInFlight is reached", ratelimit.Config{MaxInFlight: 3}, func(b *bench) {
			b.learn(1000, 900)
			pass(10 * time.Second)
			b.learn(1000, 990)
			b.calls(3, plain)
		}},
		{"counts have stopped, and many wait", ratelimit.Config{MaxInFlight: 3}, func(b *bench) {
			b.learn(10, 5)
			pass(61 * time.Second)
			for range 20 {
				b.call(plain).respond(http.StatusOK, nil)
				pass(10 * time.Second)
			}
			b.calls(100, plain)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				test.prepare(b)
				c := b.call(ratelimit.Request{MaxWait: 5 * time.Second})
				if !c.waiting() {
					t.Errorf("sent %t, %v", c.sent(), c.err())
				}
			})
		})
	}
}

// Even if the length of the wait is not known, its reason is.
func TestReasonOfTheWait(t *testing.T) {
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		request ratelimit.Request
		object  bool
	}{
		{"budget", ratelimit.Config{MaxInFlight: 4}, plain, false},
		{"budget, for another record", ratelimit.Config{MaxInFlight: 4}, recordB, false},
		{"responses for the record", ratelimit.Config{}, recordA, true},
		{"a response for the record", ratelimit.Config{ObjectLimit: 4}, recordA, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				b.learn(1000, 900)
				b.calls(4, recordA)
				test.request.MaxWait = -1
				if e := b.call(test.request).waitError(); e.Wait != 0 || (e.Scope == ratelimit.ScopeObject) != test.object {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}

// A call that waits for a response fails when its MaxWait is over.
func TestMaxWaitEnds(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		first := b.call(recordA)
		began := time.Now()
		c := b.call(ratelimit.Request{MaxWait: 5 * time.Second, Object: "a"})
		last := b.call(plain)
		pass(5*time.Second - time.Nanosecond)
		if !c.waiting() {
			t.Fatalf("it returned early: %v", c.err())
		}
		pass(time.Nanosecond)
		if e := c.waitError(); e.Wait != 5*time.Second || e.Scope == ratelimit.ScopeObject || c.ended().Sub(began) != 5*time.Second {
			t.Errorf("%+v after %v", e, c.ended().Sub(began))
		}
		want(t, "waiting", b.Snapshot().Waiting, 1)
		first.respond(http.StatusOK, left(1000, 800))
		if !last.sent() {
			t.Error("the next one was not sent")
		}
	})
}

// A call fails at once if its wait is too long because of the calls ahead: at the same key limiter, or for what is
// left of the budget.
func TestWaitBehindOthers(t *testing.T) {
	within := func(r ratelimit.Request, d time.Duration) ratelimit.Request { r.MaxWait = d; return r }
	for _, test := range []struct {
		name   string
		config ratelimit.Config
		before func(b *bench)
		call   ratelimit.Request
		fits   time.Duration // the shortest MaxWait that is not rejected
		object bool
	}{
		{"at the key limiter", ratelimit.Config{CustomerLimit: 3}, func(b *bench) {
			b.learn(1000, 999)
			for i, c := range b.calls(3, customerA) {
				c.respond(http.StatusCreated, left(1000, 990-i))
			}
			b.calls(7, customerA) // three windows, of which the last has room for two more
		}, customerA, 3 * time.Minute, true},
		{"at a key limiter with room", ratelimit.Config{CustomerLimit: 3}, func(b *bench) {
			b.learn(1000, 999)
			b.call(customerA).respond(http.StatusCreated, left(1000, 990))
			b.calls(2, customerA)
			b.calls(3, customerA)
		}, customerA, 2 * time.Minute, true},
		{"for what is left", ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
			b.call(plain).respond(http.StatusTooManyRequests, spent(10, time.Second))
			pass(time.Second)
			b.call(plain).respond(http.StatusOK, left(10, 9))
			b.calls(25, plain) // nine, ten, and six of the third window, which begins after two minutes
		}, plain, 2 * time.Minute, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				test.before(b)
				c := b.call(within(test.call, test.fits-2*time.Second))
				if c.waiting() {
					t.Fatal("a call whose wait is too long waits")
				}
				if e := c.waitError(); (e.Scope == ratelimit.ScopeObject) != test.object || e.Wait > test.fits || e.Wait < test.fits-2*time.Second {
					t.Errorf("the error is %+v", e)
				}
				if c := b.call(within(test.call, test.fits+2*time.Second)); !c.waiting() {
					t.Errorf("a call that may wait long enough does not wait: %v", c.err())
				}
			})
		})
	}
}

// A call that its key limiter has room for waits no longer than the backoff. A call that has passed the key limiter
// does not wait for it any more.
func TestWaitIfTheKeyLimiterHasRoom(t *testing.T) {
	r := customerA
	r.MaxWait = 40 * time.Second
	inBubble(t, ratelimit.Config{CustomerLimit: 100}, func(b *bench) {
		b.learn(1000, 999)
		b.call(customerA).respond(http.StatusCreated, left(1000, 990))
		b.call(customerA).respond(http.StatusTooManyRequests, left(1000, 989, "Retry-After", "30"))
		b.calls(5, customerA)
		if c := b.call(r); !c.waiting() {
			t.Errorf("behind five others: %v", c.err())
		}
	})
	inBubble(t, ratelimit.Config{CustomerLimit: 3, MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 999)
		for i := range 2 {
			b.call(customerA).respond(http.StatusCreated, left(1000, 990-i))
		}
		b.call(plain)
		if c := b.call(r); !c.waiting() {
			t.Errorf("the last one that the key limiter has room for: %v", c.err())
		}
	})
}

// A call without MaxWait fails at once if a server asks for more than an hour.
func TestServerAsksForMoreThanAnHour(t *testing.T) {
	for _, test := range []struct {
		after string
		waits bool
	}{{"3600", true}, {"3601", false}, {"99999999999999999999", false}} {
		for name, r := range map[string]ratelimit.Request{"all": plain, "record": recordA} {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1000, 900)
				inFlight := b.call(r)
				h := left(1000, 0, "Retry-After", test.after)
				if name == "record" {
					h = left(1000, 890, "Retry-After", test.after)
				}
				inFlight.respond(http.StatusTooManyRequests, h)
				c := b.call(r)
				if c.waiting() != test.waits {
					t.Fatalf("%s, Retry-After %s: waiting %t, %v", name, test.after, c.waiting(), c.err())
				}
				if !test.waits && c.waitError().Wait < 3601*time.Second {
					t.Errorf("the wait is %v", c.waitError().Wait)
				}
			})
		}
	}
}

// The largest MaxWait does not overflow.
func TestLongestMaxWait(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		b.learn(1000, 900)
		b.call(plain)
		for _, d := range []time.Duration{200 * 365 * 24 * time.Hour, math.MaxInt64} {
			if c := b.call(ratelimit.Request{MaxWait: d}); !c.waiting() {
				t.Errorf("MaxWait %v: %v", d, c.err())
			}
		}
	})
}
