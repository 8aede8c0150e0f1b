package ratelimit

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Budget is what the headers of one answer say about the organisation's budget of requests.
type Budget struct {
	Limit     int       // requests per 60 seconds for the whole organisation; -1 where the answer does not say
	Remaining int       // how many are left in this window, for everybody; -1 where the answer does not say
	Reset     time.Time // when the window ends, by this machine's clock; zero where the answer does not say
}

// The longest time ahead that is believed: twice the window that the documentation names.
const maxAhead = 120 * time.Second

// ReadBudget reads x-ratelimit-limit, x-ratelimit-remaining and x-ratelimit-reset. received is when the answer
// came, by this machine's clock; the reset is counted from the answer's Date, so that the two clocks may differ.
// What is missing or makes no sense counts as not said.
func ReadBudget(h http.Header, received time.Time) Budget {
	b := readCounts(h)
	if text := field(h, "X-Ratelimit-Reset"); text != "" {
		if wait, ok := untilReset(text, now(h, received)); ok {
			b.Reset = received.Add(wait)
		}
	}
	return b
}

// readCounts is ReadBudget without the reset.
func readCounts(h http.Header) Budget {
	b := Budget{Limit: -1, Remaining: -1}
	if n, ok := count(h, "X-Ratelimit-Limit"); ok {
		b.Limit = max(n, -1)
	}
	if n, ok := count(h, "X-Ratelimit-Remaining"); ok {
		b.Remaining = max(n, 0) // below 0, as a server may put it once the limit is exceeded
	}
	return b
}

// maxRetryAfter is the longest Retry-After that is told: a year stands for whatever is longer.
const maxRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads Retry-After, in seconds or as a date. Kustomer was never seen to send it; it is honoured where
// something between does, and never shortened, but that more than a year is told as a year.
func RetryAfter(h http.Header, received time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(field(h, "Retry-After"))
	seconds, err := strconv.ParseUint(text, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) { // of a number too large, what comes back is the largest
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	wait := at.Sub(now(h, received))
	return min(wait, maxRetryAfter), wait >= 0
}

// now is the time on the server's clock when the answer was made.
func now(h http.Header, received time.Time) time.Time {
	if text := field(h, "Date"); text != "" {
		if date, err := http.ParseTime(text); err == nil {
			return date
		}
	}
	return received
}

// field returns the first value of a header whose name is in canonical form, as net/http keeps it. Get would bring the name
// into that form once more, which takes longer than all else here.
func field(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// count reads a number of requests, or one below 0.
func count(h http.Header, name string) (n int, ok bool) {
	text := strings.TrimSpace(field(h, name))
	n, err := strconv.Atoi(text)
	if err != nil || n > math.MaxInt32 || n >= 0 && (text[0] == '+' || text[0] == '-') {
		return 0, false
	}
	return n, true
}

// untilReset reads a reset time as Unix seconds, the form that was observed. A number too large for that is taken
// as milliseconds, one too small as seconds from now.
func untilReset(text string, now time.Time) (time.Duration, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 {
		return 0, false
	}
	var wait time.Duration
	switch {
	case n > 1e11:
		wait = time.UnixMilli(n).Sub(now)
	case n < 1e7:
		// Below 1e7 seconds no product overflows.
		wait = time.Duration(n) * time.Second
	default:
		wait = time.Unix(n, 0).Sub(now)
	}
	return wait, wait > 0 && wait <= maxAhead
}
