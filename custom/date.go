package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// At returns the key of a date and time: At("lastOrder") is lastOrderAt. A value is sent as RFC 3339 in UTC with
// milliseconds, which is what Kustomer keeps (observed); what is finer is cut off. Go's zero time is refused: [Key.Null]
// clears the attribute. [Key.Get] reads any RFC 3339 and gives the time in UTC; what a [time.Time] does not hold, more than
// nanoseconds or a leap second, is an error.
func At(name string) Key[time.Time] { return newKey(name, "At", encodeTime, decodeTime) }

func encodeTime(t time.Time) (json.RawMessage, error) {
	if t.IsZero() {
		return nil, errZeroTime
	}
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("is in the year %d, which RFC 3339 cannot write", y)
	}
	return json.Marshal(t.Format("2006-01-02T15:04:05.000Z"))
}

var errZeroTime = errors.New("must be set: it is Go's zero time")

func decodeTime(raw json.RawMessage) (time.Time, error) {
	text, err := decodeString(raw)
	if err != nil {
		return time.Time{}, err
	}
	// Go allows a comma, hours of one digit and offsets of more than a day, RFC 3339 does not; it allows small letters and leap
	// seconds, Go does not.
	text = strings.ToUpper(text)
	if !rfc3339.MatchString(text) {
		return time.Time{}, errNoTime
	}
	const seconds = len("2006-01-02T15:04:")
	leap := text[seconds:seconds+2] == "60"
	if leap {
		text = text[:seconds] + "59" + text[seconds+2:]
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, errNoTime
	}
	if t = t.UTC(); leap && (t.Hour() != 23 || t.Minute() != 59) {
		return time.Time{}, errNoTime
	}
	if leap || !nanosecondsAreAll(text) {
		return time.Time{}, errors.New("is a time that Go cannot hold exactly")
	}
	return t, nil
}

var errNoTime = errors.New("is a text that is no date and time as RFC 3339 has them")

// rfc3339 is the form of a date and time in capitals. That there is such a day is not its business.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// nanosecondsAreAll reports whether a time has nothing after its nanoseconds, which Go would cut off.
func nanosecondsAreAll(text string) bool {
	_, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimRight(fraction, "Zz")
	if i := strings.IndexAny(digits, "+-"); i >= 0 {
		digits = digits[:i]
	}
	return len(strings.TrimRight(digits, "0")) <= len("123456789")
}
