package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// drain responds to calls with falling counts until none is sent any more, and returns how many were sent.
func (b *bench) drain(calls []*call, limit, remaining int) (n int) {
	b.t.Helper()
	for i := 0; i < len(calls) && calls[i].sent(); i++ {
		remaining--
		calls[i].respond(http.StatusOK, left(limit, remaining))
		n++
	}
	return n
}

// What background requests leave depends on the config and on who else came.
func TestBackgroundLeavesBudget(t *testing.T) {
	interactive := func(n int) func(b *bench) {
		return func(b *bench) {
			for i := range n {
				b.call(plain).respond(http.StatusOK, left(300, 299-i))
			}
		}
	}
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		prepare func(b *bench)
		left    int // by the background, of 300, at the beginning of a window
	}{
		{"no other calls", ratelimit.Config{}, func(*bench) {}, 0},
		{"no other calls, a share", ratelimit.Config{BackgroundReserve: 0.2}, func(*bench) {}, 60},
		{"on top of what is kept for others", ratelimit.Config{BackgroundReserve: 0.2, ReserveCount: 30}, func(*bench) {}, 105},
		{"all but one", ratelimit.Config{BackgroundReserve: 0.999}, func(*bench) {}, 299},
		{"another call", ratelimit.Config{}, interactive(1), 156},
		{"long ago", ratelimit.Config{}, func(b *bench) { interactive(1)(b); pass(10 * time.Minute) }, 0},
		{"some time ago", ratelimit.Config{}, func(b *bench) { interactive(1)(b); pass(10*time.Minute - time.Second) }, 6},
		{"many in the last window", ratelimit.Config{}, func(b *bench) {
			interactive(60)(b)
			pass(2 * time.Minute)
			interactive(1)(b)
			pass(time.Minute)
			interactive(40)(b)
			pass(time.Minute)
		}, 45},
		{"as a retry", ratelimit.Config{}, func(b *bench) {
			b.call(ratelimit.Request{Background: true, Retry: true}).respond(http.StatusOK, left(300, 299))
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				test.prepare(b)
				calls := b.calls(300, background)
				want(t, "left", 300-b.drain(calls, 300, 300), test.left)
				if test.left > 0 && test.config.ReserveCount == 0 && !b.call(plain).sent() {
					t.Error("an interactive request does not find what is left for it")
				}
			})
		})
	}
}

// If more was used in this window than in the previous one, that amount applies.
func TestBackgroundLeavesWhatIsUsedNow(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(300, 299)
		pass(2 * time.Minute)
		b.learn(300, 299)
		for i := range 40 {
			b.learn(300, 298-i)
		}
		pass(15 * time.Second)
		want(t, "left", 259-b.drain(b.calls(300, background), 300, 259), 36)
	})
}

// What is kept for interactive requests shrinks over the window, so that background requests get it by the end.
func TestBackgroundGetsTheRest(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.call(plain).respond(http.StatusOK, left(300, 299))
		calls := b.calls(400, background)
		n := b.drain(calls, 300, 299)
		want(t, "sent at once", n, 143)
		for _, step := range []struct {
			pass time.Duration
			want int // sent in all
		}{{20 * time.Second, 193}, {20 * time.Second, 243}, {19 * time.Second, 290}} {
			for until := time.Now().Add(step.pass); time.Now().Before(until); {
				pass(100 * time.Millisecond)
				n += b.drain(calls[n:], 300, 299-n)
			}
			if n < step.want-3 || n > step.want+1 {
				t.Errorf("%d were sent, want %d", n, step.want)
			}
		}
	})
}

// A limiter that uses the budget in a burst keeps some of it for others who send evenly, if it has a reserve. It keeps
// nothing for anyone else.
func TestBudgetIsKeptForOthers(t *testing.T) {
	for _, test := range []struct {
		name    string
		config  ratelimit.Config
		calls   int
		prepare func(b *bench)
		left    int // of 1000
	}{
		{"no reserve", ratelimit.Config{}, 1000, func(*bench) {}, 0},
		{"before anything is known", ratelimit.Config{ReserveCount: 50}, 1000, func(*bench) {}, 150},
		{"a larger reserve", ratelimit.Config{ReserveCount: 300}, 1000, func(*bench) {}, 310},
		{"few", ratelimit.Config{ReserveCount: 50}, 90, func(*bench) {}, 910},
		{"no others in the last window", ratelimit.Config{ReserveCount: 50}, 1000, func(b *bench) {
			b.learn(1000, 999)
			pass(59 * time.Second)
			b.learn(1000, 998)
			pass(time.Second)
		}, 60},
		{"others came in the last window", ratelimit.Config{ReserveCount: 50}, 1000, func(b *bench) {
			b.learn(1000, 999)
			pass(55 * time.Second)
			b.learn(1000, 798)
			pass(5 * time.Second)
		}, 313},
		{"our own were in flight", ratelimit.Config{ReserveCount: 50}, 1000, func(b *bench) {
			b.learn(1000, 999)
			calls := b.calls(20, plain)
			calls[0].respond(http.StatusOK, left(1000, 979))
			for _, c := range calls[1:] {
				c.respond(http.StatusOK, left(1000, 980))
			}
			pass(time.Minute)
		}, 150},
		{"others came in a burst", ratelimit.Config{ReserveCount: 50}, 1000, func(b *bench) {
			b.learn(1000, 999)
			pass(55 * time.Second)
			b.learn(1000, 498)
			pass(5 * time.Second)
		}, 60},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				test.prepare(b)
				want(t, "left", 1000-b.drain(b.calls(test.calls, plain), 1000, 1000), test.left)
			})
		})
	}
}

// A limiter that has used little may use what is left, except the reserve.
func TestLittleUseLeavesTheReserve(t *testing.T) {
	inBubble(t, ratelimit.Config{ReserveCount: 50}, func(b *bench) {
		b.learn(1000, 100)
		want(t, "sent", sent(b.calls(60, plain)), 50)
	})
}
