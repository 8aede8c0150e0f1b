// Package formats says which texts are date-times and absolute URLs, and which Go cannot hold. Packages client, custom, limits
// and kustomertest ask it, so that they cannot disagree.
package formats

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// dateTime is the grammar of RFC 3339 in capitals. Whether there is such a day is for package time to say.
var dateTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)
})

// DateTime reads a date-time of RFC 3339 and reports whether text is one. The time is in UTC. It is not exact where a
// [time.Time] cannot hold the date-time: digits after the nanoseconds are cut off, and a leap second becomes the second after
// it. A leap second is right only at the end of a month in UTC. The year has to be 0 to 9999 in UTC too, where servers write it.
//
// [time.Parse] is not enough: it accepts a comma before the fraction, an hour of one digit and offsets such as +10:60, and
// refuses small letters and leap seconds.
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

// nanosecondsAreAll reports whether a date-time has nothing but zeros after its nanoseconds.
func nanosecondsAreAll(text string) bool {
	_, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimRight(fraction, "Z")
	if i := strings.IndexAny(digits, "+-"); i >= 0 {
		digits = digits[:i]
	}
	return len(strings.TrimRight(digits, "0")) <= len("123456789")
}
