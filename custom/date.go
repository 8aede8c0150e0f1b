package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// At returns the key of a date and time: At("lastOrder") is lastOrderAt. A value is sent as RFC 3339 in UTC with
// milliseconds, which is what Kustomer keeps (observed); what is finer is cut off. Go's zero time is refused: [Key.Null]
// clears the attribute. [Key.Get] reads any RFC 3339 and gives the time in UTC.
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
	// RFC 3339 allows small letters, Go does not; Go allows a comma and hours of one digit, RFC 3339 does not.
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if err != nil || text[len("2006-01-02T15:04:")-1] != ':' || strings.Contains(text, ",") {
		return time.Time{}, errors.New("is a text that is no date and time as RFC 3339 has them")
	}
	if !nanosecondsAreAll(text) {
		return time.Time{}, errors.New("is a time that Go cannot hold exactly")
	}
	return t.UTC(), nil
}

// nanosecondsAreAll reports whether a time has nothing after its nanoseconds, which Go would cut off.
func nanosecondsAreAll(text string) bool {
	_, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimRight(fraction, "Zz")
	if i := strings.IndexAny(digits, "+-"); i >= 0 {
		digits = digits[:i]
	}
	return len(strings.TrimRight(digits, "0")) <= len("123456789")
}
