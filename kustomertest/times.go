package kustomertest

import (
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// formatTime formats a time like Kustomer: UTC, with milliseconds (observed).
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// normalizeTime returns a time that was sent, or a list of times, in the format of responses. Other values are
// unchanged: the body has already been checked.
func normalizeTime(v any) any {
	switch v := v.(type) {
	case string:
		if t, _, ok := formats.DateTime(v); ok {
			return formatTime(t)
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = normalizeTime(v[i])
		}
		return list
	}
	return v
}
