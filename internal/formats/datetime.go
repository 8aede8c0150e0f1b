// Package formats decides which texts are date-times and absolute URLs, and which JSON strings Go can hold exactly.
// Packages client, custom, schema and kustomertest share it so that they agree.
package formats

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// dateTime is the RFC 3339 grammar in upper case. Package time checks that the day exists.
var dateTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)
})

// DateTime parses an RFC 3339 date-time and returns it in UTC. ok reports whether text is a valid date-time. exact is
// false if a [time.Time] cannot hold it exactly: digits beyond nanoseconds are cut off, and a leap second becomes the
// next second. A leap second is valid only at the end of a month in UTC. The year in UTC must be 0 to 9999.
//
// [time.Parse] is not enough. It accepts a comma before the fraction, one-digit hours and offsets such as +10:60, and
// it refuses lower case and leap seconds.
func DateTime(text string) (t time.Time, exact, ok bool) {
	text = strings.ToUpper(text)
	if !dateTime().MatchString(text) {
		return time.Time{}, false, false
	}
	const seconds = len("2006-01-02T15:04:")
	leap := text[seconds:seconds+2] == "60"
	if leap {
		text = text[:seconds] + "59" + text[seconds+2:]
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, false, false
	}
	if t = t.UTC(); leap {
		t = t.Add(time.Second)
		if t.Day() != 1 || t.Hour() != 0 || t.Minute() != 0 {
			return time.Time{}, false, false
		}
	}
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, false, false
	}
	return t, !leap && nanosecondsAreAll(text), true
}

// nanosecondsAreAll reports whether all digits beyond nanoseconds are zeros.
func nanosecondsAreAll(text string) bool {
	_, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimRight(fraction, "Z")
	if i := strings.IndexAny(digits, "+-"); i >= 0 {
		digits = digits[:i]
	}
	return len(strings.TrimRight(digits, "0")) <= len("123456789")
}
