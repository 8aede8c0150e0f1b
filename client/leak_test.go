package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// An opaque key has characters that JSON, HTML and URLs escape. A long one is like Kustomer's own keys, whose first parts
// are all the same.
var (
	opaqueKey = "sk+Zm9v/YmFy==QUJD+REVG/R0hJ=+S0xN&Tk9Q<UVJT>VFVW%WFla"
	longKey   = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + mixed(540) + "." + mixed(64)[21:]
)

// mixed returns n characters without a repeated run of nine.
func mixed(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var b strings.Builder
	for x := uint32(n); b.Len() < n; x = x*1664525 + 1013904223 {
		b.WriteByte(letters[x>>26])
	}
	return b.String()
}

// escapes are the ways in which a server may repeat a key.
var escapes = map[string]func(string) string{
	"as it is":             func(s string) string { return s },
	"Bearer":               func(s string) string { return "Bearer " + s },
	"lower case":           strings.ToLower,
	"upper case":           strings.ToUpper,
	"JSON":                 func(s string) string { return each(s, `\u%04X`, "+/=&<>%") },
	"JSON, lower case":     func(s string) string { return each(s, `\u%04x`, "+/=&<>%") },
	"JSON, all":            func(s string) string { return each(s, `\u%04x`, "") },
	"JSON, slashes":        func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"a script":             func(s string) string { return each(s, `\x%02x`, "+/=&<>%") },
	"HTML":                 html.EscapeString,
	"HTML, decimal":        func(s string) string { return each(s, "&#%d;", "+/=&<>%") },
	"HTML, hexadecimal":    func(s string) string { return each(s, "&#x%X;", "") },
	"HTML, names":          strings.NewReplacer("+", "&plus;", "/", "&sol;", "=", "&equals;", "&", "&amp;", "<", "&lt;", "%", "&percnt;").Replace,
	"a query":              url.QueryEscape,
	"a path, all":          func(s string) string { return each(s, "%%%02x", "") },
	"HTML in JSON":         func(s string) string { return each(html.EscapeString(each(s, "&#%d;", "+/")), `\u%04x`, "&;") },
	"JSON in HTML":         func(s string) string { return each(each(s, `\u%04x`, ""), "&#%d;", `\`) },
	"a query in HTML":      func(s string) string { return each(each(s, "%%%02x", ""), "&#%d;", "%") },
	"a query in JSON":      func(s string) string { return each(each(s, "%%%02x", ""), `\u%04x`, "%") },
	"JSON in a query":      func(s string) string { return url.QueryEscape(each(s, `\u%04x`, "")) },
	"HTML in a query":      func(s string) string { return url.QueryEscape(each(s, `&#%d;`, "")) },
	"all three":            func(s string) string { return each(url.QueryEscape(each(s, `&#%d;`, "+/=")), `\u%04x`, "%") },
	"the first 50":         func(s string) string { return s[:50] },
	"the last 9":           func(s string) string { return s[len(s)-9:] },
	"nine in the middle":   func(s string) string { return s[44:53] },
	"nine, in lower case":  func(s string) string { return strings.ToLower(s[44:53]) },
	"twice":                func(s string) string { return s + " " + s },
	"twice, the last half": func(s string) string { return s + " " + s[44:] },
}

// each formats the characters of set, or all of them if set is empty.
func each(s, format, set string) string {
	var b strings.Builder
	for _, r := range s {
		if set == "" || strings.ContainsRune(set, r) {
			fmt.Fprintf(&b, format, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shownOf returns a run of nine characters of the secret part of a key that a text shows, also after the standard library
// has undone escapes.
func shownOf(key string, texts ...string) string {
	if _, rest, ok := strings.Cut(key, "."); ok && strings.HasPrefix(key, "eyJ") {
		key = rest
	}
	key = strings.ToLower(key)
	for _, text := range texts {
		views := map[string]bool{text: true}
		for range 3 {
			for _, view := range slices.Collect(maps.Keys(views)) {
				views[html.UnescapeString(view)] = true
				if plain, err := url.PathUnescape(view); err == nil {
					views[plain] = true
				}
				var plain string
				if json.Unmarshal([]byte(`"`+view+`"`), &plain) == nil {
					views[plain] = true
				}
			}
		}
		for view := range views {
			view = strings.ToLower(view)
			for i := range len(key) - 8 {
				if strings.Contains(view, key[i:i+9]) {
					return key[i : i+9]
				}
			}
		}
	}
	return ""
}

// textsOf returns the texts of an error that may repeat a server's text.
func textsOf(err error) []string {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", err)
	slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "err", err)
	texts := []string{err.Error(), log.String(), fmt.Sprintf("%+v", err)}
	if e, ok := errors.AsType[*client.Error](err); ok {
		texts = append(texts, string(e.Body), fmt.Sprint(e.Header), fmt.Sprintf("%+v", e.Items), e.RequestID, e.Hint)
	}
	return texts
}

func echoing(t testing.TB, key string, send func(*http.Request) (*http.Response, error)) *client.Client {
	t.Helper()
	c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(key), once, unlimited, client.WithHTTPClient(&http.Client{Transport: transport(send)}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNoEchoOfTheKeyIsKept(t *testing.T) {
	page := strings.Repeat("<p>x</p>\n", 64<<10/9)
	for how, escape := range escapes {
		for _, key := range []string{opaqueKey, longKey} {
			echo := escape(key)
			for where, a := range map[string]testResponse{
				"a text":           {500, nil, "proxy: bad header " + echo + " given"},
				"the end":          {500, nil, "proxy: bad header " + echo},
				"an item":          {400, nil, `{"errors":[{"title":"bad token ` + echo + `","code":"badtoken"}]}`},
				"an item below":    {400, nil, `{"errors":[{"title":"x","meta":{"subErrors":[{"detail":"` + echo + `"}]}}]}`},
				"two fields":       {400, nil, `{"errors":[{"title":"` + echo[:len(echo)/2] + `","detail":"` + echo[len(echo)/2:] + `"}]}`},
				"a page":           {502, nil, page[:len(page)-len(echo)] + echo + "</html>"},
				"both ends":        {502, nil, echo + page[:64<<10-len(echo)-20] + echo + "</html>"},
				"a header":         {401, http.Header{"Www-Authenticate": {`Bearer realm="` + strings.ReplaceAll(echo, `"`, `'`) + `"`}}, ""},
				"the request's id": {401, http.Header{"X-Amz-Cf-Id": {echo}}, ""},
				"a header's name":  {401, http.Header{"X-" + strings.ToLower(echo): {"1"}}, ""},
			} {
				c := echoing(t, key, func(r *http.Request) (*http.Response, error) { return a.response(r), nil })
				_, err := tag(t, c)
				if run := shownOf(key, textsOf(err)...); run != "" {
					t.Errorf("%s in %s: %q shows", how, where, run)
				}
				if e, ok := errors.AsType[*client.Error](err); !ok || e.StatusCode != a.status || len(e.Body) > 64<<10 {
					t.Errorf("%s in %s: the error is %.300v", how, where, err)
				}
			}
			cause := errors.New("proxyconnect tcp: bad header " + echo)
			c := echoing(t, key, func(*http.Request) (*http.Response, error) { return nil, cause })
			_, err := tag(t, c)
			if run := shownOf(key, textsOf(err)...); run != "" || !errors.Is(err, cause) {
				t.Errorf("%s in a cause: %q shows in %v", how, run, err)
			}
		}
	}
}

// A dropped text is replaced by a note.
func TestDroppedTextsAreNoted(t *testing.T) {
	a := testResponse{400, nil, `{"errors":[{"title":"bad token ` + opaqueKey[10:30] + `"}]}`}
	c := echoing(t, opaqueKey, func(r *http.Request) (*http.Response, error) { return a.response(r), nil })
	_, err := tag(t, c)
	e, ok := errors.AsType[*client.Error](err)
	const note = "the response repeated the API key and was dropped"
	if !ok || string(e.Body) != note || e.Items != nil || !strings.Contains(err.Error(), "400 Bad Request: "+note+" [not applied]") {
		t.Errorf("error is %v", err)
	}
	if log := textsOf(err)[1]; !strings.Contains(log, note) {
		t.Errorf("the log is %s", log)
	}
}

// A body that ends within a repeated key loses only that part, wherever it was cut.
func TestAnEchoThatWasCutIsReplaced(t *testing.T) {
	for _, key := range []string{opaqueKey, longKey} {
		for n := 4; n < len(key); n++ {
			for _, before := range []string{"bad token ", "twice: " + key + " "} {
				c := echoing(t, key, func(r *http.Request) (*http.Response, error) {
					resp := testResponse{status: 500}.response(r)
					resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(before+key[:n]), failing{})), -1
					return resp, nil
				})
				_, err := tag(t, c)
				if e, ok := errors.AsType[*client.Error](err); !ok || string(e.Body) != strings.ReplaceAll(before, key, "[redacted]")+"[redacted]" {
					t.Fatalf("after %d characters the error is %v, its body %q", n, err, e.Body)
				}
			}
		}
	}
}

// Other texts are kept unchanged: one of the maximum length, another token, something like an escape, short runs.
func TestWhatIsNoEchoIsKept(t *testing.T) {
	for _, body := range []string{
		"", "\xff\x00%zz\\u12&#;", `{"errors":[{"title":"a\/b","detail":"\u002B%2B&plus;"}]}`,
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.c2ln", "the key that ends in " + longKey[len(longKey)-8:] + ".",
		strings.Repeat(longKey[50:58]+" ", 64<<10/9), strings.Repeat("é", 32<<10),
	} {
		a := testResponse{500, http.Header{"X-Other": {body}}, body}
		c := echoing(t, longKey, func(r *http.Request) (*http.Response, error) { return a.response(r), nil })
		_, err := tag(t, c)
		if e, ok := errors.AsType[*client.Error](err); !ok || string(e.Body) != body || e.Header.Get("X-Other") != body {
			t.Errorf("of %.60q there is %.60q", body, e.Body)
		}
	}
}

// FuzzEchoes responds with a body that repeats part of the key with some escapes. No run of the key is kept, and nothing
// else is dropped.
func FuzzEchoes(f *testing.F) {
	hows := slices.Sorted(maps.Keys(escapes))
	f.Add("bad token ", " given", uint16(0), uint16(700), uint8(0), true)
	f.Add(`{"errors":[{"title":"`, `"}]}`, uint16(40), uint16(60), uint8(7), true)
	f.Add("%", "&#;", uint16(3), uint16(9), uint8(12), false)
	f.Add(`\u00`, `\`, uint16(0), uint16(0), uint8(3), false)
	var a testResponse
	send := func(r *http.Request) (*http.Response, error) { return a.response(r), nil }
	clients := map[string]*client.Client{opaqueKey: echoing(f, opaqueKey, send), longKey: echoing(f, longKey, send)}
	f.Fuzz(func(t *testing.T, before, after string, from, to uint16, how uint8, long bool) {
		key := opaqueKey
		if long {
			key = longKey
		}
		from = min(from, uint16(len(key)))
		part := key[from:max(from, min(to, uint16(len(key))))]
		if escape := hows[int(how)%len(hows)]; len(part) == len(key) {
			part = escapes[escape](part)
		}
		body := before + part + after
		a = testResponse{500, http.Header{"X-Echo": {part}}, body}
		_, err := tag(t, clients[key])
		if run := shownOf(key, textsOf(err)...); run != "" {
			t.Fatalf("%q shows of %q", run, body)
		}
		e, ok := errors.AsType[*client.Error](err)
		if !ok {
			t.Fatal(err)
		}
		kept := string(e.Body) == body[:min(len(body), 64<<10)] || strings.HasSuffix(string(e.Body), "[redacted]")
		if !kept && !strings.ContainsAny(body, `\&%`) && shownOf(key, body) == "" {
			t.Errorf("of %q there is %q", body, e.Body)
		}
	})
}
