package formats_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// A valid date-time, formatted in UTC and parsed again, is the same time.
func FuzzDateTime(f *testing.F) {
	for _, seed := range []string{"2026-03-02T09:15:04.375+01:00", "1990-12-31t15:59:60.5-08:00", "0000-01-01T00:00:00Z", "1990-12-31T10:00:00+10:60"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, exact, ok := formats.DateTime(text)
		if !ok {
			if exact || !at.IsZero() {
				t.Errorf("%q is refused with %v, %t", text, at, exact)
			}
			return
		}
		again, exactly, ok := formats.DateTime(at.Format(time.RFC3339Nano))
		if !ok || !exactly || !again.Equal(at) {
			t.Errorf("%q is %v, which is read as %v, %t, %t", text, at, again, exactly, ok)
		}
	})
}

// A valid URL has only characters that RFC 3986 allows, and net/url parses it.
func FuzzIsAbsoluteURL(f *testing.F) {
	for _, seed := range []string{"https://u:p@a.example:80/b/c?d=e&f=%C3%BC#g", "http://[::1]/", "mailto:a@b", "urn:a:b", `http://a\b`, "http://a/%2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !formats.IsAbsoluteURL(text) {
			return
		}
		u, err := url.Parse(text)
		if err != nil || !u.IsAbs() {
			t.Errorf("%q: %v", text, err)
		}
		for i := range len(text) {
			if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
				t.Errorf("%q has %q", text, c)
			}
		}
		if _, err := url.PathUnescape(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
