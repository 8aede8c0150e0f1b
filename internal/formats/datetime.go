// Package formats decides which texts are date-times and absolute URLs, and which JSON strings Go can hold exactly.
// Packages client, custom, schema and kustomertest share it so that they agree.
package formats

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// dateTime is the RFC 3339 grammar in upper case. It captures the second and its fraction. Package time checks that the
// day exists.
var dateTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$`)
})

// DateTime parses an RFC 3339 date-time and returns it in UTC. ok reports whether text is a valid date-time. exact is
// false if a [time.Time] cannot hold it exactly: digits beyond nanoseconds are cut off, and a leap second becomes the
// next second. A leap second is valid only at the end of a month in UTC. The year in UTC must be 0 to 9999.
//
// [time.Parse] is not enough. It accepts a comma before the fraction, one-digit hours and offsets such as +10:60, and
// it refuses lower case and leap seconds.
func DateTime(text string) (t time.Time, exact, ok bool) {
	text = strings.ToUpper(text)
	parts := dateTime().FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, false, false
	}
	seconds, fraction := parts[1], parts[2]
	leap := seconds == "60"
	if leap {
		text = strings.Replace(text, ":60", ":59", 1)
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
	return t, !leap && len(strings.TrimRight(fraction, "0")) <= len(".123456789"), true
}
