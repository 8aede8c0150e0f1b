package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestDo(t *testing.T) {
	c, sent := answering(t, answer{status: 200, body: `{"data":{"id":"k1"}}`})
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

// A latin1 writes itself as text, by its pointer.
type latin1 struct{ text string }

func (l *latin1) MarshalText() ([]byte, error) { return []byte(l.text), nil }

// What HTML would have escaped is one byte each, and no more than that counts against the limit of a body.
func TestBodiesAreNotEscapedForHTML(t *testing.T) {
	c, sent := answering(t, sample(t, "responses/update-conversation-200-custom.json"))
	text := strings.Repeat("<&>", 30000)
	for name, body := range map[string]any{"text": text, "raw": json.RawMessage(`"` + text + `"`)} {
		if _, err := c.Do(t.Context(), "POST", "/v1/customers", body); err != nil || sent.body != `"`+text+`"` {
			t.Errorf("%s: sent %d bytes: %v", name, len(sent.body), err)
		}
	}
	_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{
		Name: client.Value("<&>"), Custom: custom.New(custom.Raw("aJson", json.RawMessage(`"<&>"`)), custom.Txt("b").Set(`\<\u003c\\u003c`+"\n\u2028"))})
	if want := `{"custom":{"aJson":"<&>","bTxt":"\\<\\u003c\\\\u003c\n\u2028"},"name":"<&>"}`; err != nil || sent.body != want {
		t.Errorf("sent %s: %v", sent.body, err)
	}
}

func TestDoTakesEscapedSlashesInALookUp(t *testing.T) {
	c, sent := answering(t, answer{status: 200, body: "{}"})
	if _, err := c.Do(t.Context(), "GET", "/v1/conversations/externalId="+url.PathEscape(`a/b\c//d`), nil); err != nil {
		t.Fatal(err)
	}
	if want := "https://acme.api.kustomerapp.com/v1/conversations/externalId=a%2Fb%5Cc%2F%2Fd"; sent.url != want {
		t.Errorf("went to %s", sent.url)
	}
}

// What is escaped arrives as it was written.
func TestDoSendsAPathAsItIs(t *testing.T) {
	for _, path := range []string{
		"/v1/customers?page%5Bsize%5D=5&page[number]=2", "/v1/a?", "/v1/a?q=a+b%20c%0A%25&r=%C3%BC", "/v1/a?filter={\"x\":[1]}", "/v1/a?a?b/../c;d",
		"/v1/a/b;c/...;/!$&'()*+,;=:@~", "/v1/a/%C3%BC%20%25",
	} {
		c, sent := answering(t, answer{status: 200, body: `{"data":{}}`})
		if _, err := c.Do(t.Context(), "GET", path, nil); err != nil || sent.url != "https://acme.api.kustomerapp.com"+path {
			t.Errorf("%s went to %s: %v", path, sent.url, err)
		}
	}
}

// An error of Do names the record, as those of the operations do, and no look-up by what a customer may not want in a log.
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
		c, _ := answering(t, answer{status: 404})
		if _, err := c.Do(t.Context(), "GET", path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v", path, err)
		}
	}
}

func TestDoReadsAConversation(t *testing.T) {
	c, _ := answering(t, answer{status: 200, body: `{"data":{"id":"c1","attributes":{"name":"n","priority":"***"}}}`})
	r, err := c.Do(t.Context(), "GET", "/v1/conversations/c1", nil)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := r.Conversation()
	if err != nil || conv.ID != "c1" || conv.Attributes.Name != "n" || conv.DecodeError() == nil || conv.StatusCode != 200 {
		t.Errorf("got %+v, %v", conv, err)
	}
	c, _ = answering(t, answer{status: 200, body: `{"data":[]}`})
	if r, err = c.Do(t.Context(), "GET", "/v1/conversations/c1", nil); err != nil {
		t.Fatal(err)
	}
	if conv, err := r.Conversation(); err == nil {
		t.Errorf("got %+v", conv)
	}
}

// What cannot be read says why.
func TestDoSaysThatAnAnswerIsTooLong(t *testing.T) {
	c, _ := answering(t, answer{status: 200, body: strings.Repeat(" ", 8<<20+1)})
	_, err := c.Do(t.Context(), "GET", "/v1/metadata/conversation", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Err == nil || !strings.Contains(err.Error(), "the answer is longer than 8 MiB") {
		t.Errorf("error is %v", err)
	}
}

func TestDoKeepsAPrefix(t *testing.T) {
	var url string
	c, err := client.New(client.WithBaseURL("https://gateway.example/kustomer"), client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			url = r.URL.String()
			return answer{status: 200, body: "{}"}.response(r), nil
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
		c, sent := answering(t, answer{status: 200})
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
		{"GET", 503, client.NotApplied, false},
		{"GET", 404, client.NotApplied, false},
		{"HEAD", 500, client.NotApplied, false},
		{"POST", 503, client.Unknown, true},
		{"PUT", 500, client.Unknown, true},
		{"DELETE", 404, client.NotApplied, false},
	} {
		c, _ := answering(t, answer{status: test.status})
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

func TestDoWithHalfAnAnswer(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			resp := answer{status: 200}.response(r)
			resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"data":`), failing{})), -1
			return resp, nil
		}))
		r, err := c.Do(t.Context(), method, "/v1/customers", nil)
		if method == "GET" {
			var e *client.Error
			if !errors.As(err, &e) || e.Outcome != client.NotApplied || !errors.Is(err, io.ErrUnexpectedEOF) {
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

// A write by Do counts against the limits that the client's own operations count against.
func TestDoCountsAgainstTheRecord(t *testing.T) {
	type request = ratelimit.Request
	for _, test := range []struct {
		method, path string
		body         any
		want         request
	}{
		{"PATCH", "/v1/conversations/c1", struct{}{}, request{Object: "c1"}},
		{"DELETE", "/v1/conversations/c1?hard=true", nil, request{Object: "c1"}},
		{"PUT", "/v1/customers/externalId=a%2Fb%40c", struct{}{}, request{Object: "externalId=a/b@c"}},
		{"POST", "/v1/conversations/c1/messages", struct{}{}, request{Object: "c1"}},
		{"POST", "/v1/customers/c2/notes", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/customers/c2/conversations", nil, request{Customer: "c2"}},
		{"POST", "/v1/customers/c2/conversations", json.RawMessage(`{"importedAt":null}`), request{Customer: "c2"}},
		{"POST", "/v1/customers/c2/conversations", client.ConversationCreate{ImportedAt: new(time.Now())}, request{}},
		{"PATCH", "/v1/customers/c2/conversations", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/companies/c2/conversations", struct{}{}, request{Object: "c2"}},
		{"POST", "/v1/customers/c2/conversations/1", struct{}{}, request{Object: "c2"}},
		{"GET", "/v1/conversations/c1", nil, request{}},
		{"POST", "/v1/customers/search", struct{}{}, request{}},
		{"POST", "/v1/conversations", struct{}{}, request{}},
	} {
		s := newSlots()
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) { return answer{status: 200, body: "{}"}.response(r), nil }), client.WithLimiter(s))
		if _, err := c.Do(t.Context(), test.method, test.path, test.body); err != nil {
			t.Fatal(err)
		}
		got := s.requests[0]
		got.Op = ""
		if got != test.want {
			t.Errorf("%s %s: the limiter was asked for %+v, want %+v", test.method, test.path, got, test.want)
		}
	}
}

// A call by Do that meets a limit of its own, as searches have one, holds up those of its kind alone.
func TestDoWithALimitOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				a := answer{status: 200, header: http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"900"}}}
				if r.URL.Path == "/v1/customers/search" {
					a.status = 429
				}
				return a.response(r), nil
			})}))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 8 {
			go func() { _, _ = c.Do(ctx, "POST", "/v1/customers/search", struct{}{}) }()
		}
		time.Sleep(30 * time.Second)
		for _, call := range []struct{ method, path string }{{"GET", "/v1/users/current"}, {"GET", "/v1/customers/search"}} {
			_, err := c.Do(t.Context(), call.method, call.path, nil, client.CallNoWait())
			if limited := errors.Is(err, client.ErrRateLimited); limited != (call.path == "/v1/customers/search") {
				t.Errorf("%s %s: %v", call.method, call.path, err)
			}
		}
		if s, _ := c.RateLimit(); len(s.Blocked) == 0 || s.Blocked[0].Kind != "operation" || s.Blocked[0].ID != "Do POST /v1/customers/search" {
			t.Errorf("holds are %+v", s.Blocked)
		}
		cancel()
		synctest.Wait()
	})
}
