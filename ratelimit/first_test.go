package ratelimit_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestOneProbeBeforeTheFirstResponse(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(5, plain)
		want(t, "sent before the first response", sent(calls), 1)
		calls[0].respond(http.StatusOK, left(100, 3))
		want(t, "sent with 3 left", sent(calls), 4)
	})
}

func TestProbeWithoutResponseIsFollowed(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(40, plain)
		for _, step := range []struct {
			pass time.Duration
			want int
		}{{1999 * time.Millisecond, 1}, {time.Millisecond, 2}, {2 * time.Second, 3}, {2 * time.Second, 4}, {1999 * time.Millisecond, 4}, {time.Millisecond, 5}} {
			pass(step.pass)
			want(t, "sent", sent(calls), step.want)
		}
		calls[0].respond(http.StatusOK, left(100, 17))
		want(t, "sent with 17 left and 4 in flight", sent(calls), 18)
	})
}

// However long the first probe gets no response, only one more is sent, and the next one only after the usual time.
func TestProbeWithoutResponseForLong(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(1, plain)
		pass(time.Hour)
		calls = append(calls, b.calls(2, plain)...)
		want(t, "sent after an hour", sent(calls), 2)
		pass(2 * time.Second)
		want(t, "sent two seconds later", sent(calls), 3)
	})
}

// If responses are slow, the next probe is sent later, after up to half a minute.
func TestPatienceFollowsTheLatency(t *testing.T) {
	for _, test := range []struct{ latency, patience time.Duration }{
		{100 * time.Millisecond, 2 * time.Second}, {10 * time.Second, 15 * time.Second}, {29 * time.Second, 30 * time.Second},
	} {
		inBubble(t, ratelimit.Config{}, func(b *bench) {
			for range 30 {
				c := b.call(plain)
				pass(test.latency)
				c.respond(http.StatusOK, left(100, 90))
			}
			pass(3 * time.Minute)
			calls := b.calls(3, plain)
			pass(test.patience - 50*time.Millisecond)
			want(t, "sent before the time has come", sent(calls), 1)
			pass(50 * time.Millisecond)
			want(t, "sent then", sent(calls), 2)
		})
	}
}

// A new or idle limiter sends a few calls that cannot wait for the response to the first probe.
func TestCallsThatCannotWaitProbeToo(t *testing.T) {
	for name, prepare := range map[string]func(b *bench){
		"new":         func(*bench) {},
		"idle":        func(b *bench) { b.learn(100, 99); pass(125 * time.Second) },
		"next window": func(b *bench) { b.learn(100, 0); pass(61 * time.Second) },
	} {
		for _, wait := range []time.Duration{-1, time.Second} {
			t.Run(fmt.Sprintf("%s/%v", name, wait), func(t *testing.T) {
				inBubble(t, ratelimit.Config{}, func(b *bench) {
					prepare(b)
					calls := b.calls(10, ratelimit.Request{MaxWait: wait})
					pass(max(wait, 0))
					want(t, "sent before the first response", sent(calls), 8)
					for i, c := range calls {
						if c.sent() {
							c.respond(http.StatusOK, left(100, 99-i))
						} else {
							c.waitError()
						}
					}
					want(t, "in flight", b.Snapshot().InFlight, 0)
					want(t, "sent then", sent(b.calls(20, plain)), 20)
				})
			})
		}
	}
}

// What is known to block a call still blocks it.
func TestCallsThatCannotWaitMayBeBlocked(t *testing.T) {
	for name, test := range map[string]struct {
		config  ratelimit.Config
		prepare func(b *bench)
	}{
		"refused": {ratelimit.Config{}, func(b *bench) { b.call(recordA).respond(http.StatusTooManyRequests, nil) }},
		"refused before": {ratelimit.Config{}, func(b *bench) {
			b.call(recordA).respond(http.StatusTooManyRequests, nil)
			pass(2 * time.Second)
			b.calls(2, plain)
		}},
		"many in flight":   {ratelimit.Config{MaxInFlight: 3}, func(b *bench) { b.learn(100, 99); b.calls(3, plain); pass(125 * time.Second) }},
		"the record's own": {ratelimit.Config{ObjectLimit: 1}, func(b *bench) { b.call(recordA) }},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, test.config, func(b *bench) {
				test.prepare(b)
				b.call(ratelimit.Request{Object: "a", MaxWait: -1}).waitError()
			})
		})
	}
}

// A request without a response says nothing about the budget.
func TestFirstProbeFails(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(5, plain)
		calls[0].permit().Done(ratelimit.Result{Err: errors.New("connection refused")})
		pass(0)
		want(t, "sent after the first failed", sent(calls), 2)
		calls[1].respond(http.StatusOK, left(100, 99))
		want(t, "sent after a response", sent(calls), 5)
	})
}

func TestCancelledProbeIsReplaced(t *testing.T) {
	inBubble(t, ratelimit.Config{MaxInFlight: 1}, func(b *bench) {
		first := b.call(plain)
		second, third := b.call(plain), b.call(plain)
		second.cancel()
		pass(0)
		first.permit().Done(ratelimit.Result{Err: second.err()})
		pass(0)
		if !third.sent() {
			t.Error("no probe was sent")
		}
	})
}

func TestResponsesWithoutCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(100, plain)
		// Each response without a count doubles the number of probes, until ten of them show that no counts come.
		for responses, probes := range []int{1, 2 + 1, 4 + 2, 8 + 3, 16 + 4, 32 + 5, 64 + 6, 100, 100, 100} {
			want(t, "sent after "+strconv.Itoa(responses)+" responses without a count", sent(calls), probes)
			calls[responses].respond(http.StatusOK, nil)
		}
		calls = append(calls, b.calls(1000, plain)...)
		want(t, "sent if responses have no counts", sent(calls), 1100)
		calls = calls[100:]
		want(t, "remaining", b.Snapshot().Remaining, -1)

		// A refusal blocks all, and then one probe is sent.
		calls[0].respond(http.StatusTooManyRequests, nil)
		more := b.calls(10, plain)
		want(t, "sent after a refusal", sent(more), 0)
		pass(999 * time.Millisecond)
		want(t, "sent within a second of it", sent(more), 0)
		pass(time.Second + time.Millisecond)
		want(t, "sent after two seconds", sent(more), 1)
		more[0].respond(http.StatusOK, nil)
		want(t, "sent after a success", sent(more), 10)

		// A count is believed as soon as it comes.
		more[1].respond(http.StatusOK, left(100, 50))
		want(t, "sent with 50 left and more in flight", sent(b.calls(5, plain)), 0)
	})
}

// A response of a CDN or proxy never has a count, and does not show whether the API's responses have one.
func TestFirstResponseIsFromAProxy(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		calls := b.calls(10, plain)
		calls[0].respond(http.StatusServiceUnavailable, nil)
		want(t, "sent after a response of a proxy", sent(calls), 2)
		calls[1].respond(http.StatusNotFound, nil)
		want(t, "sent after a response of the API", sent(calls), 4)
	})
}

// The limiter concludes that no more counts come after ten responses of the API in a row without one, in a later
// window: some servers respond like that now and then.
func TestCountsComeAgain(t *testing.T) {
	miss := func(b *bench) { b.call(plain).respond(http.StatusOK, nil) }
	for _, test := range []struct {
		name string
		miss func(b *bench) // one response without a count
	}{
		{"within a window", miss},
		{"a count between", func(b *bench) {
			b.learn(100, 90)
			pass(61 * time.Second)
			miss(b)
		}},
		{"of a proxy", func(b *bench) {
			pass(61 * time.Second)
			b.call(plain).respond(http.StatusServiceUnavailable, nil)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(100, 90)
				for i := range 20 {
					if test.miss(b); b.Snapshot().Remaining < 0 {
						t.Fatalf("after %d responses without a count, none is expected any more", i+1)
					}
				}
			})
		})
	}
}

// A firewall that refuses requests for some seconds, around the end of a window or at the start, does not switch the
// limiter off. Neither responses that are not JSON nor server errors show how the API responds. After counts were
// seen, single responses without a count do not show it either.
func TestResponsesOfAFirewall(t *testing.T) {
	html := header("Content-Type", "text/html; charset=UTF-8")
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		seen   bool // counts, before
	}{
		{"HTML at the start", http.StatusForbidden, html, false},
		{"HTML with a count", http.StatusOK, left(1000, 999, "Content-Type", "text/html"), false},
		{"plain text at the start", http.StatusForbidden, header("Content-Type", "text/plain"), false},
		{"a server error at the start", http.StatusBadGateway, header("Content-Type", "application/json"), false},
		{"HTML", http.StatusForbidden, html, true},
		{"a server error", http.StatusServiceUnavailable, nil, true},
		{"JSON", http.StatusForbidden, header("Content-Type", "application/json"), true},
		{"nothing", http.StatusForbidden, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				if test.seen {
					b.learn(100, 50)
					pass(56 * time.Second)
				}
				for range 8 * 100 {
					time.Sleep(10 * time.Millisecond)
					b.call(plain).respond(test.status, test.header)
				}
				if n := sent(b.calls(2000, plain)); n > 50 {
					t.Errorf("%d are in flight", n)
				}
				if !test.seen {
					want(t, "limit", b.Snapshot().Limit, -1)
				}
			})
		})
	}
}

// An HTML page with status 429 says nothing about the API's limits, whatever was known. It blocks all for a moment.
func TestRefusalOfAFirewall(t *testing.T) {
	for name, h := range map[string]http.Header{
		"HTML":            header("Content-Type", "text/html"),
		"HTML and counts": left(1000, 500, "Content-Type", "text/html"),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, ratelimit.Config{}, func(b *bench) {
				b.learn(1000, 900)
				inFlight := b.calls(3, plain)
				b.call(recordA).respond(http.StatusTooManyRequests, h)
				next := b.calls(2, recordB)
				want(t, "sent at once", sent(next), 0)
				want(t, "records blocked", len(b.Snapshot().Blocked), 0)
				pass(2 * time.Second)
				want(t, "sent after two seconds", sent(next), 1)
				inFlight[0].respond(http.StatusForbidden, header("Content-Type", "text/html"))
				want(t, "sent after another page", sent(next), 1)
				inFlight[1].respond(http.StatusOK, left(1000, 890))
				want(t, "sent after a response of the API", sent(next), 2)
			})
		})
	}
}

// If a server stops sending counts, requests are sent one by one for two windows, and not forever.
func TestCountsStop(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 0)
		pass(61 * time.Second)
		first := time.Now()
		for time.Since(first) < 2*time.Minute {
			b.call(plain).respond(http.StatusOK, nil)
			calls := b.calls(3, plain)
			want(b.t, "sent while counts may come again", sent(calls), 1)
			for _, c := range calls {
				c.respond(http.StatusOK, nil)
			}
			pass(5 * time.Second)
		}
		b.call(plain).respond(http.StatusOK, nil)
		want(t, "sent after two windows without a count", sent(b.calls(99, plain)), 99)
		want(t, "sent beyond what a window can sent", sent(b.calls(20, plain)), 1)
	})
}

// A few responses without a count do not show that no counts come, however far apart they are.
func TestFewResponsesWithoutACount(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 90)
		for range 9 {
			pass(3 * time.Minute)
			b.call(plain).respond(http.StatusOK, nil)
		}
		want(t, "sent", sent(b.calls(10, plain)), 1)
	})
}

// As soon as that is clear, no call waits for the probes any longer.
func TestCountsStopDuringAProbe(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		b.learn(100, 20)
		calls := b.calls(20, plain)
		pass(61 * time.Second)
		for _, c := range calls[:9] {
			c.respond(http.StatusOK, nil)
		}
		pass(2 * time.Minute)
		waiting := b.calls(10, plain)
		want(t, "probes sent", sent(waiting), 1)
		calls[9].respond(http.StatusOK, nil)
		want(t, "sent after many responses without a count", sent(waiting), 10)
	})
}

// withoutCounts lets a limiter find out that responses have no counts.
func withoutCounts(b *bench) {
	for range 10 {
		b.call(plain).respond(http.StatusOK, nil)
	}
}

// If responses have no counts, a probe that hangs after a refusal blocks nothing once another probe has succeeded.
func TestProbeHangsWithoutCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		withoutCounts(b)
		b.call(plain).respond(http.StatusTooManyRequests, nil)
		calls := b.calls(10, plain)
		pass(4 * time.Second)
		want(t, "probes sent", sent(calls), 2)
		calls[1].respond(http.StatusOK, nil)
		want(t, "sent after a success", sent(calls), 10)
	})
}

// Probes from before it was clear that responses have no counts are not counted among the later ones.
func TestEarlierProbesWithoutCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		before := b.calls(40, plain)
		for _, c := range before[:10] {
			c.respond(http.StatusOK, nil)
		}
		b.call(plain).respond(http.StatusTooManyRequests, nil)
		for _, c := range before[10:20] {
			c.permit().Done(ratelimit.Result{Err: errors.New("connection reset")})
		}
		calls := b.calls(10, plain)
		pass(2 * time.Second)
		want(t, "probes sent", sent(calls), 1)
	})
}
