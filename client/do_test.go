package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

func TestDo(t *testing.T) {
	c, sent := responding(t, testResponse{status: 200, body: `{"data":{"id":"k1"}}`})
	r, err := c.Do(t.Context(), "GET", "/v1/customers/email=a%40b.example?include=x%20y", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Data struct{ ID string } }
	if err := r.Decode(&got); err != nil || got.Data.ID != "k1" || r.StatusCode != 200 || string(r.Raw()) != `{"data":{"id":"k1"}}` {
		t.Errorf("got %+v, %v", got, err)
	}
	if sent.method != "GET" || sent.url != "https://acme.api.kustomerapp.com/v1/customers/email=a%40b.example?include=x%20y" || sent.body != "" ||
		sent.header.Get("Authorization") != "Bearer "+apiKey || sent.header.Get("Content-Type") != "" {
		t.Errorf("sent %+v", sent)
	}
	for _, test := range []struct {
		body any
		want string
	}{
		{map[string]any{"name": "A"}, `{"name":"A"}`},
		{json.RawMessage(`{"name": 12345678901234567890}`), `{"name":12345678901234567890}`},
		{[]string{"x"}, `["x"]`},
		{"\ufffd \\ufffd", `"` + "\ufffd" + ` \\ufffd"`},
		{json.RawMessage(`"\ufffd"`), `"\ufffd"`},
	} {
		if _, err := c.Do(t.Context(), "POST", "/v1/customers", test.body); err != nil {
			t.Fatal(err)
		}
		if sent.method != "POST" || sent.body != test.want || sent.header.Get("Content-Type") != "application/json" {
			t.Errorf("sent %+v", sent)
		}
	}
	if _, err := c.Do(t.Context(), "DELETE", "/v1/conversations/c1", nil); err != nil || sent.method != "DELETE" || sent.body != "" {
		t.Errorf("sent %+v, %v", sent, err)
	}
}

// A latin1 is a text marshaler with a pointer receiver.
type latin1 struct{ text string }

func (l *latin1) MarshalText() ([]byte, error) { return []byte(l.text), nil }

func TestDoTakesEscapedSlashesInALookUp(t *testing.T) {
	c, sent := responding(t, testResponse{status: 200, body: "{}"})
	if _, err := c.Do(t.Context(), "GET", "/v1/conversations/externalId="+url.PathEscape(`a/b\c//d`), nil); err != nil {
		t.Fatal(err)
	}
	if want := "https://acme.api.kustomerapp.com/v1/conversations/externalId=a%2Fb%5Cc%2F%2Fd"; sent.url != want {
		t.Errorf("went to %s", sent.url)
	}
}

// Escaped text arrives unchanged.
func TestDoSendsAPathAsItIs(t *testing.T) {
	for _, path := range []string{
		"/v1/customers?page%5Bsize%5D=5&page[number]=2", "/v1/a?", "/v1/a?q=a+b%20c%0A%25&r=%C3%BC", "/v1/a?filter={\"x\":[1]}", "/v1/a?a?b/../c;d",
		"/v1/a/b;c/...;/!$&'()*+,;=:@~", "/v1/a/%C3%BC%20%25",
	} {
		c, sent := responding(t, testResponse{status: 200, body: `{"data":{}}`})
		if _, err := c.Do(t.Context(), "GET", path, nil); err != nil || sent.url != "https://acme.api.kustomerapp.com"+path {
			t.Errorf("%s went to %s: %v", path, sent.url, err)
		}
	}
}

// An error of Do has the id of the record, but no look-up by an address or phone number.
func TestDoErrorsNameTheRecord(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/conversations/" + conversationID:                "(GET /v1/conversations/{…}, id " + conversationID + "): ",
		"/v1/conversations/" + conversationID + "/notes?q=x": "(GET /v1/conversations/{…}/notes, id " + conversationID + "): ",
		"/v1/customers/email=a@b.example":                    "(GET /v1/customers/{…}): ",
		"/v1/customers/externalId=7":                         "(GET /v1/customers/{…}): ",
		"/v1/customers/%2B4912345":                           "(GET /v1/customers/{…}): ",
		"/v1/conversations/C1/messages/M1":                   "(GET /v1/conversations/{…}/messages/{…}): ",
		"/v1/tokens/" + apiKey:                               "(GET /v1/tokens/{…}): ",
		"/v1/users/current":                                  "(GET /v1/users/current): ",
	} {
		c, _ := responding(t, testResponse{status: 404})
		if _, err := c.Do(t.Context(), "GET", path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v", path, err)
		}
	}
}

func TestDoReadsAConversation(t *testing.T) {
	c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c1","attributes":{"name":"n","priority":"***"}}}`})
	r, err := c.Do(t.Context(), "GET", "/v1/conversations/c1", nil)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := client.DecodeConversation(r)
	if err != nil || conv.ID != "c1" || conv.Attributes.Name != "n" || conv.DecodeError() == nil || conv.StatusCode != 200 {
		t.Errorf("got %+v, %v", conv, err)
	}
	c, _ = responding(t, testResponse{status: 200, body: `{"data":[]}`})
	if r, err = c.Do(t.Context(), "GET", "/v1/conversations/c1", nil); err != nil {
		t.Fatal(err)
	}
	if conv, err := client.DecodeConversation(r); err == nil {
		t.Errorf("got %+v", conv)
	}
}

// An unreadable body is an error that says why.
func TestDoReportsALongResponse(t *testing.T) {
	c, _ := responding(t, testResponse{status: 200, body: strings.Repeat(" ", 8<<20+1)})
	_, err := c.Do(t.Context(), "GET", "/v1/metadata/conversation", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Err == nil || !strings.Contains(err.Error(), "the response is longer than 8 MiB") {
		t.Errorf("error is %v", err)
	}
}

func TestDoKeepsAPrefix(t *testing.T) {
	var url string
	c, err := client.New(client.WithBaseURL("https://gateway.example/kustomer"), client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			url = r.URL.String()
			return testResponse{status: 200, body: "{}"}.response(r), nil
		})}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), "GET", "/v1/users/current", nil); err != nil || url != "https://gateway.example/kustomer/v1/users/current" {
		t.Errorf("went to %s, %v", url, err)
	}
}

func TestDoRefuses(t *testing.T) {
	for _, test := range []struct {
		method, path string
		body         any
		fields       []string
	}{
		{"GET", "", nil, []string{"path"}},
		{"GET", "v1/x", nil, []string{"path"}},
		{"GET", "/v2/x", nil, []string{"path"}},
		{"GET", "/v1/", nil, []string{"path"}},
		{"GET", "//evil.example/v1/x", nil, []string{"path"}},
		{"GET", "https://evil.example/v1/x", nil, []string{"path"}},
		{"GET", "/v1/../admin", nil, []string{"path"}},
		{"GET", "/v1/a/%2e%2e/b", nil, []string{"path"}},
		{"GET", "/v1/a/./b", nil, []string{"path"}},
		{"GET", "/v1/a//b", nil, []string{"path"}},
		{"GET", "/v1/a%2F..%2fb", nil, []string{"path"}},
		{"GET", "/v1/a/..%5Cb", nil, []string{"path"}},
		{"GET", `/v1/a\b`, nil, []string{"path"}},
		{"GET", "/v1/externalId=%2E%2E%2Fb%5c%2e%2e", nil, []string{"path"}},
		{"GET", "/v1/a#b", nil, []string{"path"}},
		{"GET", "/v1/a b\n", nil, []string{"path"}},
		{"GET", "/v1/a%zz", nil, []string{"path"}},
		{"get", "/v1/a", nil, []string{"method"}},
		{"CONNECT", "/v1/a", nil, []string{"method"}},
		{"GET\r\nX: y", "/v1/a", nil, []string{"method"}},
		{"GET", "/v1/a", struct{}{}, []string{"body"}},
		{"GET", "/v1/..;/x", nil, []string{"path"}},
		{"GET", "/v1/a/..;x", nil, []string{"path"}},
		{"GET", "/v1/a/.;", nil, []string{"path"}},
		{"GET", "/v1/a/;x", nil, []string{"path"}},
		{"GET", "/v1/a/..%3bx", nil, []string{"path"}},
		{"GET", "/v1/a/%2e%2e%3B", nil, []string{"path"}},
		{"GET", "/v1/a/%252e%252e", nil, []string{"path"}},
		{"GET", "/v1/a/b%252f%252e%252e", nil, []string{"path"}},
		{"GET", "/v1/a?q=a b", nil, []string{"path"}},
		{"GET", "/v1/a?q=a HTTP/1.1", nil, []string{"path"}},
		{"GET", "/v1/a?q=ü", nil, []string{"path"}},
		{"GET", "/v1/a?q=\u00a0", nil, []string{"path"}},
		{"GET", "/v1/a?q=\xff", nil, []string{"path"}},
		{"GET", "/v1/a?q=\t", nil, []string{"path"}},
		{"GET", "/v1/a?q=\r\nX: y", nil, []string{"path"}},
		{"GET", "/v1/a?q=\x7f", nil, []string{"path"}},
		{"GET", "/v1/a?q=100%", nil, []string{"path"}},
		{"GET", "/v1/a?q=%zz", nil, []string{"path"}},
		{"GET", "/v1/a?q=b\\c", nil, []string{"path"}},
		{"GET", "/v1/a b", nil, []string{"path"}},
		{"GET", "/v1/ü", nil, []string{"path"}},
		{"GET", "/v1/\xff", nil, []string{"path"}},
		{"GET", "/v1/a%2Fb c", nil, []string{"path"}}, // net/url would make a%2Fb of it a/b
		{"GET", "/v1/a%2Fb\"c", nil, []string{"path"}},
		{"GET", "/v1/100%", nil, []string{"path"}},
		{"GET", "/v1/%c0%ae%c0%ae/y", nil, []string{"path"}}, // dots to a server that takes them
		{"GET", "/v1/M%fcller", nil, []string{"path"}},
		{"GET", "/v1/a?q=M%fcller", nil, []string{"path"}},
		{"GET", "/v1/conversations/", nil, []string{"path"}},
		{"GET", "/v1/conversations/%2F", nil, []string{"path"}},
		{"GET", "/v1/conversations/%252F", nil, []string{"path"}},
		{"GET", "/v1/conversations/x%2F", nil, []string{"path"}},
		{"GET", "/v1/conversations/x%5c", nil, []string{"path"}},
		{"GET", "/v1/conversations/x%2F=y", nil, []string{"path"}},
		{"GET", "/v1/a%2F%2Fb", nil, []string{"path"}},
		{"GET", "/v1/a%252F%252Fb", nil, []string{"path"}},
		{"GET", "/v1/100%25/%252e%252e", nil, []string{"path"}},
		{"GET", "/v1/a%00b", nil, []string{"path"}},
		{"GET", "/v1/a%0d%0ab", nil, []string{"path"}},
		{"POST", "/v1/a", []byte("{}"), []string{"body"}},
		{"POST", "/v1/a", strings.NewReader("{}"), []string{"body"}},
		{"POST", "/v1/a", func() {}, []string{""}},
		{"POST", "/v1/a", json.RawMessage("{\"name\":\"M\xfcller\"}"), []string{"body"}},
		{"POST", "/v1/a", map[string]any{"name": "M\xfcller"}, []string{"body"}},
		{"POST", "/v1/a", map[string]int{"M\xfcller": 1}, []string{"body"}},
		{"POST", "/v1/a", struct{ Name []string }{[]string{"a", `\` + "\xff"}}, []string{"body"}},
		{"POST", "/v1/a", map[string]any{"a": json.RawMessage("\"\xff\"")}, []string{"body"}},
		{"POST", "/v1/a", &[]*latin1{nil, {"M\xfcller"}}, []string{"body"}},
		{"POST", "/v1/a", strings.Repeat("x", 102400), []string{""}},
		{"TRACE", "v1", io.Reader(nil), []string{"method", "path"}},
	} {
		c, sent := responding(t, testResponse{status: 200})
		_, err := c.Do(t.Context(), test.method, test.path, test.body)
		var v *client.ValidationError
		if !errors.As(err, &v) || sent.count > 0 {
			t.Errorf("%s %q gives %v, sent %d", test.method, test.path, err, sent.count)
			continue
		}
		var fields []string
		for _, violation := range v.Violations {
			fields = append(fields, violation.Field)
		}
		if !slices.Equal(fields, test.fields) {
			t.Errorf("%s %q gives %v", test.method, test.path, err)
		}
	}
}

func TestDoErrors(t *testing.T) {
	for _, test := range []struct {
		method  string
		status  int
		outcome client.Outcome
		unknown bool
	}{
		{"GET", 503, client.OutcomeNotApplied, false},
		{"GET", 404, client.OutcomeNotApplied, false},
		{"HEAD", 500, client.OutcomeNotApplied, false},
		{"POST", 503, client.OutcomeUnknown, true},
		{"PUT", 500, client.OutcomeUnknown, true},
		{"DELETE", 404, client.OutcomeNotApplied, false},
	} {
		c, _ := responding(t, testResponse{status: test.status})
		_, err := c.Do(t.Context(), test.method, "/v1/customers/email=a@b.example/notes?secret=1", nil)
		var e *client.Error
		var unknown *client.OutcomeUnknownError
		if !errors.As(err, &e) || e.Outcome != test.outcome || errors.As(err, &unknown) != test.unknown {
			t.Errorf("%s %d gives %v", test.method, test.status, err)
			continue
		}
		if e.Op != "Do" || e.Path != "/v1/customers/{…}/notes" || strings.Contains(err.Error(), "secret") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestDoWithACutResponse(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			resp := testResponse{status: 200}.response(r)
			resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"data":`), failing{})), -1
			return resp, nil
		}))
		r, err := c.Do(t.Context(), method, "/v1/customers", nil)
		if method == "GET" {
			var e *client.Error
			if !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("a read cut off gives %v", err)
			}
			continue
		}
		if err != nil || string(r.Raw()) != `{"data":` {
			t.Fatalf("a write that succeeded gives %v", err)
		}
		if err := r.Decode(new(any)); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Decode gives %v", err)
		}
	}
}
