package ratelimit_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A server that has counts only in refusals, or in responses that are not JSON, is used as fully as any: the probes
// for counts block the others for seconds, not for windows.
func TestServersWithFewCounts(t *testing.T) {
	counts := func(remaining int, pairs ...string) http.Header {
		return header(append(pairs, "X-Ratelimit-Limit", "1000", "X-Ratelimit-Remaining", strconv.Itoa(remaining))...)
	}
	reset := func(end time.Time) string { return strconv.FormatInt(end.Add(time.Second-1).Unix(), 10) }
	none := func(int) http.Header { return nil }
	for _, test := range []struct {
		name    string
		success func(remaining int) http.Header
		refusal func(end time.Time) http.Header
		after   int // responses with a count before all others
		windows int // that may be lost
	}{
		{"a reset", none, func(end time.Time) http.Header { return header("X-Ratelimit-Reset", reset(end)) }, 0, 0},
		{"a reset and counts", none, func(end time.Time) http.Header { return counts(0, "X-Ratelimit-Reset", reset(end)) }, 0, 0},
		{"counts", none, func(time.Time) http.Header { return counts(0) }, 0, 3},
		{"a reset and counts, after a count", none, func(end time.Time) http.Header { return counts(0, "X-Ratelimit-Reset", reset(end)) }, 1, 3},
		{"how long to wait", none, func(end time.Time) http.Header {
			return header("Retry-After", strconv.Itoa(int(time.Until(end)/time.Second)+1))
		}, 0, 0},
		{"plain text", func(n int) http.Header { return counts(n, "Content-Type", "text/plain") },
			func(end time.Time) http.Header {
				return counts(0, "X-Ratelimit-Reset", reset(end), "Content-Type", "text/plain")
			}, 0, 0},
		{"bytes without counts", func(int) http.Header { return header("Content-Type", "application/octet-stream") },
			func(end time.Time) http.Header { return header("X-Ratelimit-Reset", reset(end)) }, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBench(t, ratelimit.Config{MaxInFlight: 100})
				var mu sync.Mutex
				var end time.Time
				var used, sent int
				respond := func() (int, http.Header) {
					mu.Lock()
					defer mu.Unlock()
					if now := time.Now(); !now.Before(end) {
						used, end = 0, now.Add(time.Minute)
					}
					if used == 1000 {
						return http.StatusTooManyRequests, test.refusal(end)
					}
					used++
					sent++
					if sent <= test.after {
						return http.StatusOK, counts(1000 - used)
					}
					return http.StatusOK, test.success(1000 - used)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				var wg sync.WaitGroup
				for range 100 {
					wg.Go(func() {
						for {
							p, err := l.Acquire(ctx, plain)
							if err != nil {
								return
							}
							r := ratelimit.Result{Sent: time.Now()}
							time.Sleep(100 * time.Millisecond)
							r.Status, r.Header = respond()
							time.Sleep(100 * time.Millisecond)
							r.Received = time.Now()
							p.Done(r)
						}
					})
				}
				wg.Wait()
				if most := 9800 - 1000*test.windows; sent < most {
					t.Errorf("%d sent in 10 minutes, less than %d", sent, most)
				}
			})
		})
	}
}

// The counts in a record's refusal block no other request if the API's other responses have none.
func TestOnlyARecordsRefusalHasCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		withoutCounts(b)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 3))
		want(t, "sent", sent(b.calls(100, plain)), 100)
		want(t, "sent to the record", sent(b.calls(1, recordA)), 0)
	})
}

// Counts that come later apply from then on, in the next window too. One response without a count does not change
// that.
func TestCountsComeLater(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		withoutCounts(b)
		b.learn(100, 4)
		b.call(plain).respond(http.StatusOK, nil)
		calls := b.calls(10, plain)
		want(t, "sent with 3 left", sent(calls), 3)
		for i, c := range calls[:3] {
			c.respond(http.StatusOK, left(100, 2-i))
		}
		pass(61 * time.Second)
		want(t, "sent: one to learn the reset, one probe then", sent(calls), 5)
	})
}

// A response to a request from before the refusal does not end the refused window, but a later one does.
func TestRefusedWindowWithoutCounts(t *testing.T) {
	inBubble(t, ratelimit.Config{}, func(b *bench) {
		withoutCounts(b)
		inFlight := b.calls(2, plain)
		pass(time.Millisecond)
		inFlight[0].respond(http.StatusTooManyRequests, left(1000, 0))
		inFlight[1].respond(http.StatusOK, nil)
		calls := b.calls(10, plain)
		pass(5 * time.Second)
		want(t, "sent after a response that was on its way", sent(calls), 0)
		for !calls[0].sent() { // a probe
			pass(time.Second)
		}
		want(t, "probes sent", sent(calls), 1)
		calls[0].respond(http.StatusOK, nil)
		want(t, "sent after its response", sent(calls), 10)
	})
}
