package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// At returns the key of a date and time: At("lastOrder") is lastOrderAt.
//
// A value is sent as RFC 3339 in UTC with milliseconds, which is the precision that Kustomer keeps (observed). Finer
// digits are cut off. Go's zero time is an error; use [Key.Null] to clear the attribute.
//
// [Key.Get] reads any RFC 3339 date and time and returns it in UTC. A leap second, or digits beyond nanoseconds, are an
// error because a [time.Time] cannot hold them.
func At(name string) Key[time.Time] { return newKey(name, "At", encodeTime, decodeTime) }

func encodeTime(t time.Time) (json.RawMessage, error) {
	if t.IsZero() {
		return nil, errZeroTime
	}
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("has the year %d, may have 0 to 9999", y)
	}
	return json.Marshal(t.Format("2006-01-02T15:04:05.000Z"))
}

var errZeroTime = errors.New("must be set: it is Go's zero time")

func decodeTime(raw json.RawMessage) (time.Time, error) {
	text, err := decodeString(raw)
	if err != nil {
		return time.Time{}, err
	}
	t, exact, ok := formats.DateTime(text)
	switch {
	case !ok:
		return time.Time{}, errors.New("is not an RFC 3339 date and time")
	case !exact:
		return time.Time{}, errors.New("is a time that time.Time cannot hold exactly")
	}
	return t, nil
}
