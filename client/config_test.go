package client_test

import (
	"encoding/binary"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

func TestNewRefuses(t *testing.T) {
	org, key := client.WithOrg("acme"), client.WithAPIKey("k")
	base := func(url string) []client.Option { return []client.Option{client.WithBaseURL(url), key} }
	for _, test := range []struct {
		name string
		opts []client.Option
		want string
	}{
		{"nothing", nil, "no host"},
		{"no credential", []client.Option{org}, "no credential"},
		{"no host", []client.Option{key}, "no host"},
		{"nil option", []client.Option{org, key, nil}, "option 3 is nil"},
		{"two hosts", []client.Option{org, key, client.WithBaseURL("https://api.kustomerapp.com")}, "WithOrg and WithBaseURL"},
		{"two credentials", []client.Option{org, key, client.WithTokenSource(client.TokenSourceFunc(nil))}, "WithAPIKey and WithTokenSource"},
		{"nil token source", []client.Option{org, client.WithTokenSource(nil)}, "WithTokenSource was given nil"},
		{"nil token function", []client.Option{org, client.WithTokenSource(client.TokenSourceFunc(nil))}, "WithTokenSource was given nil"},
		{"nil pointer as token source", []client.Option{org, client.WithTokenSource((*fixedToken)(nil))}, "WithTokenSource was given nil"},
		{"nil pointer as limiter", []client.Option{org, key, client.WithLimiter((*slots)(nil))}, "WithLimiter was given nil"},
		{"nil pointer as transport", []client.Option{org, key, client.WithHTTPClient(&http.Client{Transport: (*http.Transport)(nil)})}, "a nil *http.Transport"},
		{"nil function as transport", []client.Option{org, key, client.WithHTTPClient(&http.Client{Transport: transport(nil)})}, "a nil client_test.transport"},
		{"nil HTTP client", []client.Option{org, key, client.WithHTTPClient(nil)}, "WithHTTPClient was given nil"},
		{"nil limiter", []client.Option{org, key, client.WithLimiter(nil)}, "WithLimiter was given nil"},
		{"nil logger", []client.Option{org, key, client.WithLogger(nil)}, "WithLogger was given nil"},
		{"negative time-out", []client.Option{org, key, client.WithTimeout(-time.Second)}, "-1s is negative"},
		{"bad content type", []client.Option{org, key, client.WithUpdateContentType("text/plain")}, "must be one of application/json, "},
		{"user agent with a line break", []client.Option{org, key, client.WithUserAgent("a\r\nX: y")}, "user agent"},
		{"user agent of blanks", []client.Option{org, key, client.WithUserAgent("  ")}, "user agent"},
		{"user agent with DEL", []client.Option{org, key, client.WithUserAgent("a\x7f")}, "user agent"},
		{"user agent beyond ASCII", []client.Option{org, key, client.WithUserAgent("é")}, "user agent"},
		{"empty user agent", []client.Option{org, key, client.WithUserAgent("")}, "user agent"},

		{"full host as org", []client.Option{client.WithOrg("acme.api.kustomerapp.com"), key}, "WithBaseURL"},
		{"URL as org", []client.Option{client.WithOrg("https://acme"), key}, "WithBaseURL"},
		{"empty org", []client.Option{client.WithOrg(""), key}, "not one DNS label"},
		{"org with a slash", []client.Option{client.WithOrg("acme/x"), key}, "not a name alone"},
		{"org with a hyphen at its end", []client.Option{client.WithOrg("acme-"), key}, "not one DNS label"},
		{"org with an at sign", []client.Option{client.WithOrg("a@b"), key}, "not one DNS label"},
		{"org too long", []client.Option{client.WithOrg(strings.Repeat("a", 64)), key}, "is it the API key?"},

		{"full host that is long", []client.Option{client.WithOrg(strings.Repeat("hunter2", 9) + ".api.kustomerapp.com"), key}, "the whole host to WithBaseURL"},

		{"http", base("http://api.kustomerapp.com"), "not https"},
		{"http to a name that begins like this machine", base("http://localhost.example.com"), "not https"},
		{"http to a private address", base("http://10.0.0.1"), "not https"},
		{"another scheme", base("ftp://api.kustomerapp.com"), "does not begin with https://"},
		{"no scheme", base("api.kustomerapp.com"), "the base URL does not begin with https://"},
		{"no host in URL", base("https:///x"), "has no host"},
		{"query", base("https://h.example?a=b"), "has a query"},
		{"empty query", base("https://h.example?"), "has a query"},
		{"fragment", base("https://h.example#x"), "has a fragment"},
		{"empty fragment", base("https://h.example/#"), "has a fragment"},
		{"user", base("https://u:hunter2@h.example"), "has a user or a password"},
		{"v1", base("https://h.example/v1"), "has /v1 at the end of its path"},
		{"V1", base("https://h.example/V1"), "has /v1 at the end of its path"},
		{"port", base("https://h.example:99999"), "no valid port"},
		{"empty port", base("https://h.example:"), "no valid port"},
		{"v1 behind a prefix", base("https://h.example/gateway/v1/"), "has /v1 at the end of its path"},
		{"a dot", base("https://h.example/a/./b"), `has a path with "."`},
		{"dots and a semicolon", base("https://h.example/a/..;hunter2/b"), `has a path with ".."`},
		{"a scheme that is not HTTP to this machine", base("ftp://localhost"), "does not begin with https://"},
		{"hyphen as host", base("https://-"), "an invalid host"},
		{"dot as host", base("https://."), "an invalid host"},
		{"star as host", base("https://*"), "an invalid host"},
		{"empty label", base("https://a..b"), "an invalid host"},
		{"label that is too long", base("https://" + strings.Repeat("a", 64) + ".example"), "an invalid host"},
		{"dot segments", base("https://h.example/a/../b"), `has a path with ".."`},
		{"escapes", base("https://h.example/a%2Fb"), "escaped characters"},
		{"not a URL", base("https://h.example:port"), "not a URL"},

		{"empty key", []client.Option{org, client.WithAPIKey("")}, "API key is empty"},
		{"key with a line break", []client.Option{org, client.WithAPIKey("hunter2\nX: y")}, "line break"},
		{"key with a carriage return", []client.Option{org, client.WithAPIKey("hunter2\r")}, "line break"},
		{"key with a blank", []client.Option{org, client.WithAPIKey("hunter2 x")}, "cannot have"},
		{"key with the scheme", []client.Option{org, client.WithAPIKey("Bearer hunter2")}, "give the key alone"},
		{"key beyond ASCII", []client.Option{org, client.WithAPIKey("hunter2é")}, "cannot have"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := client.New(test.opts...)
			if err == nil || c != nil {
				t.Fatalf("New gives %v, %v", c, err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %q shows a secret", err)
			}
		})
	}
}

func TestNewReportsAllProblems(t *testing.T) {
	_, err := client.New(client.WithBaseURL("http://h.example/v1?x=y"), client.WithAPIKey("a b"), client.WithTimeout(-1), nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"not https", "query", "/v1", "API key", "timeout", "option 4"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestHost(t *testing.T) {
	for _, test := range []struct {
		opt  client.Option
		want string
	}{
		{client.WithOrg("acme"), "https://acme.api.kustomerapp.com/"},
		{client.WithOrg("ACME-sandbox2"), "https://acme-sandbox2.api.kustomerapp.com/"},
		{client.WithBaseURL("https://api.prod2.kustomerapp.com"), "https://api.prod2.kustomerapp.com/"},
		{client.WithBaseURL("https://gateway.example/kustomer/"), "https://gateway.example/kustomer/"},
		{client.WithBaseURL("https://gateway.example:8443/a/b//"), "https://gateway.example:8443/a/b/"},
		{client.WithBaseURL("https://a.example/v1/gw"), "https://a.example/v1/gw/"},
		{client.WithBaseURL("https://a.example/kv1"), "https://a.example/kv1/"},
		{client.WithBaseURL("https://my_gateway.example."), "https://my_gateway.example./"},
		{client.WithBaseURL("https://bücher.example"), "https://b%C3%BCcher.example/"},
		{client.WithBaseURL("https://10.0.0.1"), "https://10.0.0.1/"},
		{client.WithBaseURL("http://LOCALHOST:4010"), "http://LOCALHOST:4010/"},
		{client.WithBaseURL("http://localhost:4010"), "http://localhost:4010/"},
		{client.WithBaseURL("http://127.0.0.2:1"), "http://127.0.0.2:1/"},
		{client.WithBaseURL("http://[::1]:1"), "http://[::1]:1/"},
	} {
		var url string
		c, err := client.New(test.opt, client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				url = r.URL.String()
				return sample(t, "responses/append-tags-200.json").response(r), nil
			})}))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := c.AppendTagsToConversation(t.Context(), conversationID, []string{"vip"}); err != nil {
			t.Error(err)
		}
		if want := test.want + "v1/conversations/" + conversationID + "/tags"; url != want {
			t.Errorf("the call went to %s, want %s", url, want)
		}
	}
}

func TestFromEnv(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(apiKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		env  map[string]string
		opts []client.Option
		host string // or
		err  string
	}{
		{"org and key", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY": apiKey}, nil, "acme.api.kustomerapp.com", ""},
		{"base URL and file", map[string]string{"KUSTOMER_BASE_URL": "https://h.example", "KUSTOMER_API_KEY_FILE": file}, nil, "h.example", ""},
		{"options override", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_BASE_URL": "https://h.example", "KUSTOMER_API_KEY": "a b"},
			[]client.Option{client.WithOrg("other"), client.WithAPIKey(apiKey)}, "other.api.kustomerapp.com", ""},
		{"nothing", nil, nil, "", "neither KUSTOMER_ORG nor KUSTOMER_BASE_URL is set; neither KUSTOMER_API_KEY nor KUSTOMER_API_KEY_FILE is set"},
		{"two hosts", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_BASE_URL": "https://h.example", "KUSTOMER_API_KEY": apiKey}, nil, "", "KUSTOMER_ORG and KUSTOMER_BASE_URL are both set"},
		{"two keys", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY": apiKey, "KUSTOMER_API_KEY_FILE": file}, nil, "", "KUSTOMER_API_KEY and KUSTOMER_API_KEY_FILE are both set"},
		{"missing file", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY_FILE": file + "x"}, nil, "", "cannot be read"},
		{"bad key", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY": "Bearer x"}, nil, "", "give the key alone"},
		{"nothing, and a bad option", nil, []client.Option{client.WithTimeout(-1)}, "", "kustomer: the timeout -1ns is negative; neither KUSTOMER_ORG nor KUSTOMER_BASE_URL is set; neither KUSTOMER_API_KEY nor KUSTOMER_API_KEY_FILE is set"},
		{"all problems", map[string]string{"KUSTOMER_ORG": "a.b", "KUSTOMER_API_KEY": "a b"}, []client.Option{nil}, "", "kustomer: option 1 is nil; the API key has a blank or another character that a key cannot have; the organisation"},
		{"bad option", map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY": apiKey}, []client.Option{nil}, "", "option 1 is nil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"KUSTOMER_ORG", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY", "KUSTOMER_API_KEY_FILE"} {
				t.Setenv(name, test.env[name])
			}
			var host, auth string
			rt := client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				host, auth = r.URL.Host, r.Header.Get("Authorization")
				return sample(t, "responses/append-tags-200.json").response(r), nil
			})})
			c, err := client.FromEnv(append([]client.Option{rt}, test.opts...)...)
			if test.err != "" {
				want := strings.ReplaceAll(test.err, "option 1", "option 2")
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "no host") || strings.Contains(err.Error(), "no credential") {
					t.Fatalf("error is %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.AppendTagsToConversation(t.Context(), conversationID, []string{"vip"}); err != nil {
				t.Fatal(err)
			}
			if host != test.host || auth != "Bearer "+apiKey {
				t.Errorf("the call went to %s", host)
			}
		})
	}
}

// A key file may end with a line break, and an error says what is wrong with a file.
func TestKeyFiles(t *testing.T) {
	utf16 := func(order binary.AppendByteOrder, text string) string {
		var b []byte
		for _, r := range text {
			b = order.AppendUint16(b, uint16(r))
		}
		return string(b)
	}
	const inUTF16 = "the API key has a NUL byte, perhaps because it is in UTF-16"
	file := filepath.Join(t.TempDir(), "key")
	t.Setenv("KUSTOMER_ORG", "acme")
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", file)
	for content, want := range map[string]string{
		apiKey:                         "",
		apiKey + "\r\n":                "",
		"\ufeff" + apiKey:              "",
		"\ufeff" + apiKey + "\r\n\r\n": "",
		"\ufeff":                       "the API key is empty",
		"\r\n":                         "the API key is empty",
		"\ufeff\ufeff" + apiKey:        "the API key begins with a byte-order mark",
		"\ufeffBearer " + apiKey:       `the API key begins with "Bearer "`,
		"\ufeff" + apiKey + "\nx":      "the API key has a line break",
		apiKey + "\x00":                inUTF16,
		utf16(binary.LittleEndian, "\ufeff"+apiKey+"\r\n"): inUTF16,
		utf16(binary.BigEndian, "\ufeff"+apiKey+"\r\n"):    inUTF16,
		utf16(binary.LittleEndian, apiKey):                 inUTF16,
		utf16(binary.BigEndian, apiKey+"\n"):               inUTF16,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		auth := ""
		hc := client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			auth = r.Header.Get("Authorization")
			return testResponse{status: 200, body: `{}`}.response(r), nil
		})})
		c, err := client.FromEnv(hc)
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "payload") {
				t.Errorf("%q: error is %v, want %s", content, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", content, err)
			continue
		}
		if _, err := read(t, c); err != nil || auth != "Bearer "+apiKey {
			t.Errorf("%q was sent as %q: %v", content, auth, err)
		}
	}
	// A byte-order mark is removed from a key that the caller has read from a file.
	if _, err := client.New(client.WithOrg("acme"), client.WithAPIKey("\ufeff"+apiKey)); err != nil {
		t.Error(err)
	}
	c, _ := responding(t, testResponse{status: 200})
	if _, err := read(t, clone(t, c, client.WithTokenSource(fixedToken{"\ufeff" + apiKey}))); err == nil || !strings.Contains(err.Error(), "a byte-order mark") {
		t.Errorf("error is %v", err)
	}
}
