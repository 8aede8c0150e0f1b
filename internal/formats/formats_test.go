package formats_test

import (
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/internal/formats"
)

func TestDateTime(t *testing.T) {
	const none = "none"
	for text, want := range map[string]string{
		"2026-03-02T09:15:04Z":                 "2026-03-02T09:15:04Z",
		"2026-03-02t09:15:04z":                 "2026-03-02T09:15:04Z",
		"2026-03-02T09:15:04.375+01:00":        "2026-03-02T08:15:04.375Z",
		"2026-03-02T09:15:04-23:59":            "2026-03-03T09:14:04Z",
		"2026-03-02T09:15:04-00:00":            "2026-03-02T09:15:04Z",
		"2024-02-29T00:00:00Z":                 "2024-02-29T00:00:00Z",
		"0000-01-01T00:00:00Z":                 "0000-01-01T00:00:00Z",
		"2026-03-02T09:15:04.1234567890Z":      "2026-03-02T09:15:04.123456789Z",
		"2026-03-02T09:15:04.1234567891Z":      "2026-03-02T09:15:04.123456789Z, not exact",
		"2026-03-02T09:15:04.1234567891+00:00": "2026-03-02T09:15:04.123456789Z, not exact",
		"1990-12-31T23:59:60Z":                 "1991-01-01T00:00:00Z, not exact",
		"1990-12-31t15:59:60.5-08:00":          "1991-01-01T00:00:00.5Z, not exact",
		"2027-02-28T23:59:60Z":                 "2027-03-01T00:00:00Z, not exact",

		"1990-12-31T15:59:60Z":        none,
		"9999-12-31T23:59:60Z":        none,
		"9999-12-31T23:59:59-00:01":   none,
		"0000-01-01T00:00:59+00:01":   none,
		"1990-12-31T23:58:60Z":        none,
		"1990-12-31T23:59:60-08:00":   none,
		"1990-12-30T23:59:60Z":        none,
		"1990-12-31T23:59:61Z":        none,
		"1990-12-31T10:00:00+10:60":   none,
		"1990-12-31T10:00:00+24:00":   none,
		"1990-12-31T10:00:00-1:00":    none,
		"1990-12-31T10:00:00+0100":    none,
		"1990-12-31T10:00:00+01":      none,
		"1990-12-31T10:00:00":         none,
		"1990-12-31T10:00:00ZZ":       none,
		"1990-12-31T3:15:04Z":         none,
		"1990-12-31T03:5:04Z":         none,
		"1990-12-31T10:00:00,5Z":      none,
		"1990-12-31T10:00:00.Z":       none,
		"1990-12-31T24:00:00Z":        none,
		"1990-12-31T10:60:00Z":        none,
		"1990-12-31T10:00Z":           none,
		"1990-12-31 10:00:00Z":        none,
		"1990-13-01T10:00:00Z":        none,
		"1990-00-01T10:00:00Z":        none,
		"1990-02-29T10:00:00Z":        none,
		"1990-02-00T10:00:00Z":        none,
		"990-12-31T10:00:00Z":         none,
		"+1990-12-31T10:00:00Z":       none,
		"19901231T100000Z":            none,
		"T3:15:04Z":                   none,
		"1990-12-31":                  none,
		"1990-12-31T10:00:00Z\n":      none,
		" 1990-12-31T10:00:00Z":       none,
		"\u0661990-12-31T10:00:00Z":   none,
		"1990-12-31T10:00:00\u2212":   none,
		"Mon, 31 Dec 1990 10:00 GMT":  none,
		"1990-12-31T10:00:00.\u0661Z": none,
		"":                            none,
	} {
		got := none
		if at, exact, ok := formats.DateTime(text); ok {
			got = at.Format(time.RFC3339Nano)
			if !exact {
				got += ", not exact"
			}
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestIsAbsoluteURL(t *testing.T) {
	for _, text := range []string{
		"https://example.com", "https://example.com/", "HTTPS://EXAMPLE.COM/A", "http://a:/", "http://a:8080/?#", "https://a?b=c&d=%C3%BC#e/f?g",
		"http://u:p@example.com/a;b=c/(d)/e,f!g*h'i$j~k_l-m.n+o", "http://[::1]:80/a", "http://[2001:db8::1]", "http://127.0.0.1/", "http://a_b.example/",
		"http://a//b///c", "http://a/b:c@d", "http://a?b?c=/d", "ws://example.com", "ftp://example.com/a", "mailto:anna@example.com", "tel:+49301234",
		"urn:isbn:0451450523", "file:///etc", "data:,a%20b", "app:/a", "x-callback:a/b", "web+app:a", "https://xn--mnchen-3ya.example/a",
	} {
		if !formats.IsAbsoluteURL(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range []string{
		`http://a\b`, `http://a"b`, "http://a/ü", "http://ü.example", "http://a/{}", "http://a/^", "http://a/`", "http://a/b c", "http://a/|", "http://a/<b>",
		`http://a/\`, `http://a/"`, "http://a/?{}", "http://a/?^", "http://a/?`", "http://a/? ", "http://a/#ü", "http://a/#|", "http://a/#b#c", "http://{a}/",
		"http://a/%", "http://a/%2", "http://a/%zz", "http://a/?%", "http://a/#%g0", "http://a%/", "http://a/[b]", "http://a/?[b]", "http://a/#[b]",
		"http://u@v@a/", "http://[u]@a/", "http://a:b/", "http://a:80:80/", "http://[::1", "http://[::1]a/", "http://[]/", "http://[::g]/", "http://[1.2.3.4]/",
		"http://[::1::2]/", "http://::1/", "http://a/\x00", "http://a/\x7f", "http://a/\t", "http://a/\n", "http://a\n", "\nhttp://a", " http://a", "http://a/\xff",
		"", "a", "/a", "//example.com/a", "example.com", "?a", "#a", ":", "://a", "1http://a", "ht tp://a", "https:", "https:/", "https://", "https:///a", "https:a",
		"http://:80", "http://?a", "http://#a", "http://@/", "localhost:8080", "LOCALHOST:8080", "example.com:443/x", `C:\x`, "c:/x", "file:///", "file://", "mailto:", "urn:?a", "v1.0:a/b",
	} {
		if formats.IsAbsoluteURL(text) {
			t.Errorf("%q is accepted", text)
		}
	}
}
