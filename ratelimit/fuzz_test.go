package ratelimit_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// FuzzDone passes a random response to a limiter. The next request is sent within two minutes, unless Retry-After asks
// for more. A server that always responds like that gets at most two requests a second.
func FuzzDone(f *testing.F) {
	f.Add("1000", "0", "30", "", "", uint16(429), int64(0), int64(0), false)
	f.Add("1000", "0", "946684801", "", "Sat, 01 Jan 2000 00:00:00 GMT", uint16(429), int64(0), int64(0), false)
	f.Add("1000", "5", "", "7", "", uint16(429), int64(-1<<62), int64(1<<62), true)
	f.Add("", "", "", "Fri, 31 Dec 9999 23:59:59 GMT", "", uint16(429), int64(0), int64(0), true)
	f.Add("", "", "soon", "", "Fri, 31 Dec 9999 23:59:59 GMT", uint16(429), int64(0), int64(0), false)
	f.Add("-1", "2147483647", "99999999999999", "-7", "never", uint16(503), int64(1e9), int64(-1e9), true)
	f.Add("1", "0", "1", "", "", uint16(200), int64(0), int64(0), false)
	f.Fuzz(func(t *testing.T, limit, remaining, reset, after, date string, status uint16, sent, received int64, record bool) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, ratelimit.Config{Reserve: 0.05})
			h := http.Header{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining},
				"X-Ratelimit-Reset": {reset}, "Retry-After": {after}, "Date": {date}}
			r := plain
			if record {
				r = recordA
			}
			send := func() {
				c := b.call(r)
				for range 121 {
					if c.sent() {
						break
					}
					wait, _ := ratelimit.RetryAfter(h, time.Now())
					pass(max(time.Second, wait))
					if c.err() != nil { // the server is too far off to be waited for
						if e := c.waitError(); e.Wait <= time.Hour {
							t.Fatalf("not sent, for a wait of %v", e.Wait)
						}
						c = b.call(r)
					}
				}
				if !c.sent() {
					t.Fatalf("not sent: %+v", b.Snapshot())
				}
				now := time.Now()
				c.permit().Done(ratelimit.Result{Status: int(status), Header: h, Sent: now.Add(time.Duration(sent)), Received: now.Add(time.Duration(received))})
			}
			began := time.Now()
			for range 200 {
				send()
			}
			if d := time.Since(began); status == http.StatusTooManyRequests && d < 99*time.Second {
				t.Errorf("200 requests were refused in %v", d)
			}
		})
	})
}
