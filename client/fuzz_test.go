package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/client"
)

// FuzzErrors responds with any status, header and body. The error has the status in one line, without the key. A 3xx or 4xx
// was not applied, except for the statuses whose outcome is unknown.
func FuzzErrors(f *testing.F) {
	files, err := filepath.Glob("testdata/errors/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no samples: ", err)
	}
	for _, file := range files {
		a := sample(f, strings.TrimPrefix(filepath.ToSlash(file), "testdata/"))
		f.Add(uint16(a.status), "0", "req-1", a.body)
	}
	f.Add(uint16(500), "", "", "<html>"+apiKey+"</html>")
	f.Add(uint16(401), "1", apiKey, `{"errors":[{"title":"`+apiKey+`","meta":{"subErrors":[{"title":"x\u0000\n"}]}}]}`)
	f.Add(uint16(400), "x", "", `{"errors":{"title":7}}`)
	var a testResponse
	c := newClient(f, transport(func(r *http.Request) (*http.Response, error) { return a.response(r), nil }))
	f.Fuzz(func(t *testing.T, status uint16, remaining, id, body string) {
		code := 300 + int(status)%300
		a = testResponse{code, http.Header{"X-Ratelimit-Remaining": {remaining}, "X-Amz-Cf-Id": {id}}, body}
		_, err := tag(t, c)
		e, ok := errors.AsType[*client.Error](err)
		if !ok || e.StatusCode != code {
			t.Fatalf("%d became %v", code, err)
		}
		if e.Outcome == client.OutcomeApplied || code < 500 && !slices.Contains([]int{301, 302, 303, 408, 499}, code) && e.Outcome != client.OutcomeNotApplied {
			t.Errorf("%d is %v", code, e.Outcome)
		}
		text := err.Error()
		if strings.ContainsAny(text, "\n\r\x00") || !strings.Contains(text, fmt.Sprint(code)) || !utf8.ValidString(text) {
			t.Errorf("it says %q", text)
		}
		if all := fmt.Sprintf("%+v %#v %s %s", err, e, e.Body, e.Header); strings.Contains(all, apiKey) {
			t.Errorf("the key shows: %s", all)
		}
	})
}

// FuzzBaseURL makes clients for any base URL. An accepted one leads only to its own host and path, and uses http only for
// the local machine.
func FuzzBaseURL(f *testing.F) {
	for _, seed := range []string{
		"https://acme.api.kustomerapp.com", "https://gateway.example:8443/kustomer/", "http://127.0.0.1:8080", "http://[::1]:1/x", "http://localhost",
		"http://127.0.0.1.example", "https://a@b", "https://h/%2e%2e/x", "https://h/../v2", "https://h//x//", "https://h/V1", "https://h?a", "https://h#", "//h", "https:h",
		"https://h\\@i", "https://ü.example/ü", "HTTPS://H", "https://h:0", "https://[fe80::1%25eth0]/", "http://2130706433/", "https://h;x/..;/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, base string) {
		var got *http.Request
		c, err := client.New(client.WithBaseURL(base), client.WithAPIKey(apiKey), once, unlimited,
			client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				got = r
				return testResponse{status: 200, body: `{"data":{"type":"conversation","id":"x"}}`}.response(r), nil
			})}))
		if err != nil {
			if strings.Contains(err.Error(), apiKey) {
				t.Errorf("the key shows: %v", err)
			}
			return
		}
		want, err := url.Parse(base)
		if err != nil {
			t.Fatalf("%q was taken, and is no URL: %v", base, err)
		}
		if _, err := tag(t, c); err != nil || got == nil {
			t.Fatalf("%q was taken, and calls fail: %v", base, err)
		}
		u := got.URL
		if u.Host != want.Host || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			t.Errorf("%q led to %s", base, u)
		}
		if path := strings.TrimRight(want.Path, "/") + "/v1/conversations/" + conversationID + "/tags"; u.Path != path || slices.Contains(strings.Split(u.Path, "/"), "..") {
			t.Errorf("%q led to the path %q, not %q", base, u.Path, path)
		}
		ip := net.ParseIP(u.Hostname())
		if local := strings.EqualFold(u.Hostname(), "localhost") || ip != nil && ip.IsLoopback(); u.Scheme != "https" && !(u.Scheme == "http" && local) {
			t.Errorf("%q led to %s in the clear", base, u)
		}
	})
}

// tagRule is the document's rule, written independently: letters up to Latin-1, digits, blank and _ / < > - .
var tagRule = regexp.MustCompile(`^[0-9a-zA-Z\x{C0}-\x{FF}_/<>\-.][0-9a-zA-Z\x{C0}-\x{FF} _/<>\-.]*$`)

// FuzzTags appends any tags, one per line. They are sent unchanged or refused, exactly as the rule says.
func FuzzTags(f *testing.F) {
	for _, seed := range []string{"vip", "vip\ndamaged parcel", " vip", "a,b", "", "Größe", "×÷", "漢", "\xff", "a\na", strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("ü", 64), "a\u00a0b", "a\tb", "😀"} {
		f.Add(seed)
	}
	var body string
	sends := 0
	c := newClient(f, transport(func(r *http.Request) (*http.Response, error) {
		text, err := io.ReadAll(r.Body)
		body, sends = string(text), sends+1
		return testResponse{status: 200, body: `{"data":{"type":"conversation","id":"x"}}`}.response(r), err
	}))
	f.Fuzz(func(t *testing.T, lines string) {
		tags := strings.Split(lines, "\n")
		good := len(tags) <= 20
		seen := make(map[string]bool)
		for _, tag := range tags {
			good = good && utf8.ValidString(tag) && tagRule.MatchString(tag) && utf8.RuneCountInString(tag) <= 64 && !seen[tag]
			seen[tag] = true
		}
		before := sends
		_, err := c.AppendTagsToConversation(t.Context(), conversationID, tags)
		if _, refused := errors.AsType[*client.ValidationError](err); refused == good || (sends > before) != good {
			t.Fatalf("%q: %v, sent %d times", tags, err, sends-before)
		}
		if !good {
			return
		}
		var got []string
		if err := json.Unmarshal([]byte(body), &got); err != nil || !slices.Equal(got, tags) {
			t.Errorf("%q was sent as %s", tags, body)
		}
	})
}
