package ratelimit_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A reset is a time on the server's clock. Each Date has the whole seconds of that clock, so a wait may be up to a
// second too long, but it is never too short. Several Dates make it more precise.
func TestResetByTheServersClock(t *testing.T) {
	const late = 900 * time.Millisecond // in a second
	type response struct{ wait, ahead time.Duration }
	const noDate = time.Hour // as ahead: an response whose Date is none
	for _, test := range []struct {
		name      string
		responses []response // the last one brings a reset
		want      time.Duration
	}{
		{"one Date", []response{{late, 0}}, late},
		{"one on the second before", []response{{0, 0}, {late, 0}}, 0},
		{"one late in a second before", []response{{late, 0}, {time.Second - late, 0}}, 0},
		{"ahead", []response{{0, 45 * time.Second}, {late, 45 * time.Second}}, 0},
		{"behind", []response{{0, -45 * time.Second}, {late, -45 * time.Second}}, 0},
		{"no date between", []response{{0, 0}, {0, noDate}, {late, 0}}, 0},
		{"centuries ahead between", []response{{0, 0}, {0, 200 * 365 * 24 * time.Hour}, {late, 0}}, 0},
		{"set ahead", []response{{0, 0}, {late, 45 * time.Second}}, late},
		{"set back", []response{{0, 0}, {late, -45 * time.Second}}, late},
		{"set ahead and back", []response{{0, 0}, {time.Second, 45 * time.Second}, {time.Second, 0}, {late, 0}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				var end time.Time
				for i, a := range test.responses {
					pass(a.wait)
					date := time.Now().Add(a.ahead).Truncate(time.Second)
					h := left(100, 50-i, "Date", date.UTC().Format(http.TimeFormat))
					if a.ahead == noDate {
						h.Set("Date", "today")
					}
					if i == len(test.responses)-1 {
						h.Set("X-Ratelimit-Remaining", "0")
						h.Set("X-Ratelimit-Reset", unixReset(date.Add(30*time.Second)))
						end = date.Add(30*time.Second - a.ahead)
					}
					b.call(plain).respond(http.StatusOK, h)
				}
				next := b.call(plain)
				pass(2 * time.Minute)
				if d := next.ended().Sub(end); d != test.want {
					t.Errorf("the next one went %v after the reset, want %v", d, test.want)
				}
			})
		})
	}
}

// If a server's clock is set back by less than a second, responses at the end of one of its seconds show it. A wait
// for a reset is not too short then.
func TestServersClockIsSetBack(t *testing.T) {
	for _, by := range []time.Duration{0, 300 * time.Millisecond, 800 * time.Millisecond, 1500 * time.Millisecond} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			var back time.Duration
			date := func() string { return time.Now().Add(-back).UTC().Format(http.TimeFormat) }
			for i := range 600 {
				if i == 100 {
					back = by
				}
				c := b.call(plain)
				pass(10 * time.Millisecond)
				c.respond(http.StatusOK, left(10_000, 9000-i, "Date", date()))
				pass(40 * time.Millisecond)
			}
			reset := time.Now().Add(-back).Truncate(time.Second).Add(30 * time.Second)
			b.call(plain).respond(http.StatusTooManyRequests, left(10_000, 0, "Date", date(), "X-Ratelimit-Reset", unixReset(reset)))
			next := b.call(plain)
			pass(time.Minute)
			if late := next.ended().Sub(reset.Add(back)); late < 0 || late > 100*time.Millisecond {
				t.Errorf("set back by %v: the next one went %v after the reset", by, late)
			}
		})
	}
}

// Among responses with the same Date, the first one is the most precise, even if its result is reported last.
func TestDatesOutOfOrder(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		date := time.Now().Truncate(time.Second)
		h := left(100, 50, "Date", date.UTC().Format(http.TimeFormat))
		b.learn(100, 51)
		early, late := b.call(plain), b.call(plain)
		first := ratelimit.Result{Status: http.StatusOK, Header: h, Received: time.Now()}
		pass(900 * time.Millisecond)
		late.respond(http.StatusOK, h)
		early.permit().Done(first)
		last := b.call(plain)
		h = left(100, 0, "Date", h.Get("Date"), "X-Ratelimit-Reset", unixReset(date.Add(30*time.Second)))
		last.respond(http.StatusOK, h)
		next := b.call(plain)
		pass(time.Minute)
		if d := next.ended().Sub(date.Add(30 * time.Second)); d != 0 {
			t.Errorf("the next one went %v after the reset", d)
		}
	})
}

// If the end of a window is not known, a probe is sent at the full minute of the server's clock. If windows begin
// then, it finds the new one at once.
func TestFullMinuteIsProbed(t *testing.T) {
	for second := 1; second < 60; second += 2 {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, ratelimit.Config{})
			s := &server{limit: 50, grid: true}
			time.Sleep(time.Minute + time.Duration(second)*time.Second)
			s.spend()
			end := s.end
			s.run(t, b, 1, 1)
			if late := time.Since(end); late > time.Second {
				t.Errorf("spent at second %d: the next window was used %v after it began", second, late)
			}
		})
	}
}
