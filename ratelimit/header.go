package ratelimit

import (
	"iter"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Budget is what the headers of one response say about the organisation's budget.
type Budget struct {
	Limit     int       // requests per 60 seconds for the whole organisation; -1 if the response does not say
	Remaining int       // how many of them are left in this window; -1 if the response does not say
	Reset     time.Time // when the window ends, by this machine's clock; zero if the response does not say
}

const (
	// maxAhead is how far ahead a reset may be: twice the window that Kustomer's reference names.
	maxAhead = 120 * time.Second
	// maxRefusedAhead is the same for a refusal, which may ask for more than one window.
	maxRefusedAhead = 15 * time.Minute
)

// ReadBudget reads x-ratelimit-limit, x-ratelimit-remaining and x-ratelimit-reset. received is when the response came,
// by this machine's clock. The reset is relative to the response's Date, so the two clocks may differ. A header that is
// missing or makes no sense is ignored, and so is a reset more than 120 s ahead; [Classify] returns what a refusal asks
// for. If there are several values, the smallest count and the latest reset count. A fraction is rounded to the safe
// side.
func ReadBudget(h http.Header, received time.Time) Budget {
	b := readCounts(h, true)
	if wait, _ := untilReset(h, now(h, received), maxAhead); wait > 0 {
		b.Reset = received.Add(wait)
	}
	return b
}

// readCounts is ReadBudget without the reset. A server may count below 0 once it refuses. If belowZero is false, such a
// count is ignored instead of read as 0.
func readCounts(h http.Header, belowZero bool) Budget {
	return Budget{Limit: count(h, "X-Ratelimit-Limit", false), Remaining: count(h, "X-Ratelimit-Remaining", belowZero)}
}

// maxRetryAfter is the longest wait that RetryAfter returns.
const maxRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads Retry-After: an HTTP date, or seconds with an optional fraction, which is rounded up, and an
// optional "s". A number above 1e8 is a Unix time. If there are several values, it returns the longest wait. It returns
// false if none can be read. The wait is never shortened, except that a year stands for whatever is longer.
//
// Kustomer was never seen to send the header; gateways do.
func RetryAfter(h http.Header, received time.Time) (wait time.Duration, ok bool) {
	items := strings.Split(strings.Join(h["Retry-After"], ","), ",")
	for len(items) > 0 {
		d, isWait, used := retryAfter(items, now(h, received))
		items = items[used:]
		if isWait {
			wait, ok = max(wait, min(d, maxRetryAfter)), true
		}
	}
	return wait, ok
}

// retryAfter reads the first of some list items, and returns how many it used, because a date contains a comma.
func retryAfter(items []string, now time.Time) (wait time.Duration, ok bool, used int) {
	for used := min(2, len(items)); used > 0; used-- {
		if at, err := http.ParseTime(strings.TrimSpace(strings.Join(items[:used], ","))); err == nil {
			return at.Sub(now), !at.Before(now), used
		}
	}
	wait, ok = until(strings.TrimSuffix(strings.TrimSpace(items[0]), "s"), now)
	return wait, ok && wait >= 0, 1
}

// now is the time on the server's clock when the response was made.
func now(h http.Header, received time.Time) time.Time {
	if text := field(h, "Date"); text != "" {
		if date, err := http.ParseTime(text); err == nil {
			return date
		}
	}
	return received
}

// field returns the first value of a header by its canonical name. Get would canonicalise the name again, which takes
// longer than all else here.
func field(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// number reads a number that is not negative: its whole part, which is the largest int64 for a larger one, and whether
// a fraction follows.
func number(text string) (whole int64, fraction, ok bool) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "+")
	digits, rest, _ := strings.Cut(text, ".")
	const all = "0123456789"
	if digits == "" || strings.Trim(digits, all) != "" || strings.Trim(rest, all) != "" {
		return 0, false, false
	}
	whole, _ = strconv.ParseInt(digits, 10, 64) // it returns the largest for a number out of range
	return whole, strings.Trim(rest, "0") != "", true
}

// count reads the smallest number of requests in a header, -1 if there is none. A negative number is 0 or ignored.
func count(h http.Header, name string, belowZero bool) int {
	least := -1
	for item := range listItems(h, name) {
		item, negative := strings.CutPrefix(strings.TrimSpace(item), "-")
		n, _, ok := number(item)
		if !ok || n > math.MaxInt32 || negative && !belowZero {
			continue
		}
		if negative {
			n = 0
		}
		if least < 0 || int(n) < least {
			least = int(n)
		}
	}
	return least
}

// listItems returns the items of all values of a header by its canonical name.
func listItems(h http.Header, name string) iter.Seq[string] {
	return strings.SplitSeq(strings.Join(h[name], ","), ",")
}

// until reads a number as the time until then: above 1e11 it is in Unix milliseconds, above 1e8 in Unix seconds, and
// otherwise in seconds from now.
func until(text string, now time.Time) (time.Duration, bool) {
	n, fraction, ok := number(text)
	switch {
	case !ok:
		return 0, false
	case n > 1e11:
		return time.UnixMilli(n).Sub(now), true
	}
	if fraction {
		n++
	}
	if n > 1e8 {
		return time.Unix(n, 0).Sub(now), true
	}
	return time.Duration(n) * time.Second, true
}

// untilReset reads the latest reset that is at most so far ahead, 0 if there is none. far says that there is one
// further ahead. Unix seconds were observed.
func untilReset(h http.Header, now time.Time, most time.Duration) (latest time.Duration, far bool) {
	for item := range listItems(h, "X-Ratelimit-Reset") {
		switch wait, ok := until(item, now); {
		case !ok:
		case wait > most:
			far = true
		default:
			latest = max(latest, wait)
		}
	}
	return latest, far
}

// ofAPI reports whether a response may be the API's own. HTML comes from a firewall or a proxy, and says nothing about
// the API's limits. So does a failure of another type than JSON that has no count. A success of another type may be
// JSON that a proxy has relabelled.
func ofAPI(h http.Header, status int) bool {
	kind := strings.ToLower(field(h, "Content-Type"))
	switch {
	case strings.Contains(kind, "html"):
		return false
	case kind == "", strings.Contains(kind, "json"), status < http.StatusBadRequest:
		return true
	}
	b := readCounts(h, true)
	return b.Limit >= 0 || b.Remaining >= 0
}
