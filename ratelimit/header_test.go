package ratelimit_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

var received = time.Date(2026, 3, 2, 9, 15, 4, 0, time.UTC)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestReadBudgetCounts(t *testing.T) {
	for _, test := range []struct {
		limit, remaining         string
		wantLimit, wantRemaining int
	}{
		{"1000", "999", 1000, 999},
		{"1000", "0", 1000, 0},
		{" 1000 ", "5", 1000, 5},
		{"", "", -1, -1},
		{"-5", "1.5", -1, 1},
		{"99999999999", "many", -1, -1},
		{"2147483647", "2147483648", 2147483647, -1},
		{"+5", "+0", 5, 0},
		{"-0", "-0", -1, 0},
		{"1000.0", "0.9", 1000, 0},
		{"1000, 1000;w=60", "7, 3 , 5", 1000, 3},
		{"100,,1000", "7,many", 100, 7},
		{"-1, 5", "5, -1", 5, 0},
		{"1.2.3", ".5", -1, -1},
		{"1e3", "-7", -1, 0},
	} {
		b := ratelimit.ReadBudget(header("X-RateLimit-Limit", test.limit, "x-ratelimit-remaining", test.remaining), received)
		if b.Limit != test.wantLimit || b.Remaining != test.wantRemaining {
			t.Errorf("%q, %q give %d, %d", test.limit, test.remaining, b.Limit, b.Remaining)
		}
	}
}

// If a header has several values, the safest one applies.
func TestSeveralFields(t *testing.T) {
	unix := strconv.FormatInt(received.Unix()+42, 10)
	b := ratelimit.ReadBudget(http.Header{
		"X-Ratelimit-Limit": {"1000", "300"}, "X-Ratelimit-Remaining": {"9", "20"}, "X-Ratelimit-Reset": {"7", unix, "99999", "soon"},
	}, received)
	if want := (ratelimit.Budget{Limit: 300, Remaining: 9, Reset: received.Add(42 * time.Second)}); b != want {
		t.Errorf("%+v, want %+v", b, want)
	}
	h := http.Header{"Retry-After": {"1", "30", "soon", received.Add(9 * time.Second).Format(http.TimeFormat)}}
	if wait, ok := ratelimit.RetryAfter(h, received); wait != 30*time.Second || !ok {
		t.Errorf("Retry-After is %v, %t", wait, ok)
	}
}

func TestReadBudgetReset(t *testing.T) {
	const none = -1 * time.Second
	unix := received.Unix()
	text := func(n int64) string { return strconv.FormatInt(n, 10) }
	for _, test := range []struct {
		name, reset, date string
		want              time.Duration // from received
	}{
		{"seconds", text(unix + 42), "", 42 * time.Second},
		{"milliseconds", text((unix + 42) * 1000), "", 42 * time.Second},
		{"delta", "42", "", 42 * time.Second},
		{"server's clock ahead", text(unix + 42 + 45), received.Add(45 * time.Second).Format(http.TimeFormat), 42 * time.Second},
		{"server's clock behind", text(unix + 42 - 45), received.Add(-45 * time.Second).Format(http.TimeFormat), 42 * time.Second},
		{"date is no date", text(unix + 42), "yesterday", 42 * time.Second},
		{"past", text(unix - 1), "", none},
		{"now", text(unix), "", none},
		{"far ahead", text(unix + 121), "", none},
		{"at the cap", text(unix + 120), "", 120 * time.Second},
		{"delta above the cap", "3600", "", none},
		{"negative", "-42", "", none},
		{"so negative that it overflows", "-18446744073", "", none},
		{"with blanks", " 42 ", "", 42 * time.Second},
		{"zero", "0", "", none},
		{"overflowing", "9223372036854775807", "", none},
		{"with a fraction, rounded up", text(unix+41) + ".2", "", 42 * time.Second},
		{"delta with a fraction", "0.5", "", time.Second},
		{"the latest of a list", "42, 7, 3600, soon", "", 42 * time.Second},
		{"words", "soon", "", none},
		{"missing", "", "", none},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := ratelimit.ReadBudget(header("x-ratelimit-reset", test.reset, "date", test.date), received)
			switch {
			case test.want == none && !b.Reset.IsZero():
				t.Errorf("reset is %v, want none", b.Reset)
			case test.want != none && !b.Reset.Equal(received.Add(test.want)):
				t.Errorf("reset is %v, want %v", b.Reset, received.Add(test.want))
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		value, date string
		want        time.Duration
		ok          bool
	}{
		{"7", "", 7 * time.Second, true},
		{" 7 ", "", 7 * time.Second, true},
		{"0", "", 0, true},
		{"3600", "", time.Hour, true},
		{received.Add(9 * time.Second).Format(http.TimeFormat), "", 9 * time.Second, true},
		{received.Add(54 * time.Second).Format(http.TimeFormat), received.Add(45 * time.Second).Format(http.TimeFormat), 9 * time.Second, true},
		{received.Add(-9 * time.Second).Format(http.TimeFormat), "", 0, false},
		{"-1", "", 0, false},
		// A wait is never shortened, except to a year.
		{"86401", "", 86401 * time.Second, true},
		{"4294967296", "", 365 * 24 * time.Hour, true},
		{"99999999999999999999", "", 365 * 24 * time.Hour, true},
		{received.Add(48 * time.Hour).Format(http.TimeFormat), "", 48 * time.Hour, true},
		{received.AddDate(2, 0, 0).Format(http.TimeFormat), "", 365 * 24 * time.Hour, true},
		// So large a number is a point of time, as in x-ratelimit-reset.
		{"1772442913", "", 9 * time.Second, true},
		{"1772442913000", "", 9 * time.Second, true},
		{"1772442958", received.Add(45 * time.Second).Format(http.TimeFormat), 9 * time.Second, true},
		{"1772442900", "", 0, false},
		{"1772442913, 7", "", 9 * time.Second, true},
		{"100000000", "", 365 * 24 * time.Hour, true},
		{"30.0", "", 30 * time.Second, true},
		{"29.997", "", 30 * time.Second, true},
		{"30, 30", "", 30 * time.Second, true},
		{"1,30 , 7", "", 30 * time.Second, true},
		{"30s", "", 30 * time.Second, true},
		{" 1.5s ", "", 2 * time.Second, true},
		{"+30", "", 30 * time.Second, true},
		{"soon, 30", "", 30 * time.Second, true},
		{received.Add(9*time.Second).Format(http.TimeFormat) + ", 7", "", 9 * time.Second, true},
		{"7, " + received.Add(9*time.Second).Format(http.TimeFormat), "", 9 * time.Second, true},
		{received.Add(9 * time.Second).Format(time.RFC850), "", 9 * time.Second, true},
		{received.Add(9 * time.Second).Format(time.ANSIC), "", 9 * time.Second, true},
		{received.Add(-9*time.Second).Format(http.TimeFormat) + ", 7", "", 7 * time.Second, true},
		{"2026-10-02T09:15:04Z", "", 0, false},
		{"30m", "", 0, false},
		{"s", "", 0, false},
		{"1.2.3", "", 0, false},
		{"-1.5", "", 0, false},
		{"1e3", "", 0, false},
		{"", "", 0, false},
	} {
		got, ok := ratelimit.RetryAfter(header("Retry-After", test.value, "Date", test.date), received)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%q gives %v, %t", test.value, got, ok)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("1000", "0", "1772442904", "7", "Mon, 02 Mar 2026 09:15:04 GMT")
	f.Add("", "-1", "9223372036854775807", "Mon, 02 Mar 2026 09:15:04 GMT", "")
	f.Fuzz(func(t *testing.T, limit, remaining, reset, after, date string) {
		h := http.Header{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining},
			"X-Ratelimit-Reset": {reset}, "Retry-After": {after}, "Date": {date}}
		b := ratelimit.ReadBudget(h, received)
		if b.Limit < -1 || b.Remaining < -1 {
			t.Errorf("counts are %d and %d", b.Limit, b.Remaining)
		}
		if wait := b.Reset.Sub(received); !b.Reset.IsZero() && (wait <= 0 || wait > 2*time.Minute) {
			t.Errorf("reset %q is %v ahead", reset, wait)
		}
		if wait, ok := ratelimit.RetryAfter(h, received); ok && wait < 0 {
			t.Errorf("Retry-After %q is %v", after, wait)
		}
	})
}
