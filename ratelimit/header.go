package ratelimit

import (
	"iter"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Budget is what the header of one response says about the organisation's budget.
type Budget struct {
	Limit     int       // requests per 60 seconds for the whole organisation; -1 if the response does not say
	Remaining int       // requests left in this window; -1 if the response does not say
	Reset     time.Time // when the window ends, by this machine's clock; zero if the response does not say
}

const (
	// maxAhead is how far ahead a reset may be: twice the window that Kustomer's reference names.
	maxAhead = 120 * time.Second
	// maxRefusedAhead is the same for a refusal, which may ask for a wait of more than one window.
	maxRefusedAhead = 15 * time.Minute
)

// ReadBudget reads x-ratelimit-limit, x-ratelimit-remaining and x-ratelimit-reset. received is when the response came,
// by this machine's clock. The reset is relative to the response's Date, so the two clocks may differ. A header that is
// missing or makes no sense is ignored, and so is a reset more than 120 s ahead; [Classify] returns what a refusal asks
// for. If a header has several values, the smallest count and the latest reset apply. A fraction of a count is dropped,
// and a fraction of a reset is rounded up.
func ReadBudget(h http.Header, received time.Time) Budget {
	b := readCounts(h, true)
	if wait, _ := untilReset(h, now(h, received), maxAhead); wait > 0 {
		b.Reset = received.Add(wait)
	}
	return b
}

// readCounts is ReadBudget without the reset. A server may count below 0 once it refuses requests. Such a count is read
// as 0 if belowZero is true, and otherwise ignored.
func readCounts(h http.Header, belowZero bool) Budget {
	return Budget{Limit: count(h, "X-Ratelimit-Limit", false), Remaining: count(h, "X-Ratelimit-Remaining", belowZero)}
}

// maxRetryAfter is the longest wait that RetryAfter returns.
const maxRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads Retry-After: an HTTP date, or seconds with an optional fraction, which is rounded up, and an
// optional "s". A number above 1e8 is a Unix time. If there are several values, it returns the longest wait. A wait of
// more than a year is returned as a year. ok is false if there is no wait that can be read. received is when the
// response came.
//
// Kustomer was never seen to send the header, but gateways send it.
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

// retryAfter reads the first of some list items. used is how many items it has, because a date contains a comma.
func retryAfter(items []string, now time.Time) (wait time.Duration, ok bool, used int) {
	for used := min(2, len(items)); used > 0; used-- {
		if at, err := http.ParseTime(strings.TrimSpace(strings.Join(items[:used], ","))); err == nil {
			return at.Sub(now), !at.Before(now), used
		}
	}
	wait, ok = until(strings.TrimSuffix(strings.TrimSpace(items[0]), "s"), now)
	return wait, ok && wait >= 0, 1
}

// now returns the time on the server's clock when the response was made: its Date, or else received.
func now(h http.Header, received time.Time) time.Time {
	if t, ok := date(h); ok {
		return t
	}
	return received
}

// date reads the Date of a response.
func date(h http.Header) (time.Time, bool) {
	text := h.Get("Date")
	if text == "" {
		return time.Time{}, false
	}
	t, err := http.ParseTime(text)
	return t, err == nil
}

// number reads a number that is not negative. whole is its whole part, or the largest int64 if it is larger. fraction
// reports whether a fraction other than 0 follows.
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

// count reads the smallest number in a header, or -1 if there is none. A negative number is read as 0 if belowZero is
// true, and otherwise ignored.
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

// listItems returns the items of all values of a header by its canonical name, without allocating.
func listItems(h http.Header, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, value := range h[name] {
			for item, more := "", true; more; {
				item, value, more = strings.Cut(value, ",")
				if !yield(item) {
					return
				}
			}
		}
	}
}

// until reads a point of time as the wait until then. A number above 1e11 is in Unix milliseconds, one above 1e8 in Unix
// seconds, and any other in seconds from now.
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

// untilReset returns the wait until the latest reset that is at most that far ahead, or 0 if there is none. far reports
// whether there is one further ahead. Kustomer was observed to send Unix seconds.
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

// ofAPI reports whether a response may come from the API. HTML comes from a firewall or a proxy, and says nothing about
// the API's limits. The same is assumed for an error without a count whose type is not JSON. A success of another type
// may be JSON whose type a proxy has changed.
func ofAPI(h http.Header, status int) bool {
	kind := strings.ToLower(h.Get("Content-Type"))
	switch {
	case strings.Contains(kind, "html"):
		return false
	case kind == "", strings.Contains(kind, "json"), status < http.StatusBadRequest:
		return true
	}
	b := readCounts(h, true)
	return b.Limit >= 0 || b.Remaining >= 0
}
