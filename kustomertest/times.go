package kustomertest

import (
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// stamp writes a time as Kustomer does: UTC, with milliseconds (observed).
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// restamp writes a time that was sent, or a list of such times, as Kustomer gives it back. The body's check has
// been passed, so what is no time is left as it is.
func restamp(v any) any {
	switch v := v.(type) {
	case string:
		if t, _, ok := formats.DateTime(v); ok {
			return stamp(t)
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = restamp(v[i])
		}
		return list
	}
	return v
}
