package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

func jsonError(status int, items string) answer {
	return answer{status: status, body: `{"errors":[` + items + `]}`}
}

func TestErrorSamples(t *testing.T) {
	for _, test := range []struct {
		file     string
		sentinel error
		item     client.ErrorItem
		text     []string // in Error
	}{
		{"400-documented-shape", client.ErrBadRequest, client.ErrorItem{Code: "bad_request", Message: "priority must be between 1 and 5"},
			[]string{"400 Bad Request", "priority must be between 1 and 5", "not applied"}},
		{"400-sub-errors", client.ErrBadRequest, client.ErrorItem{Status: 400, Code: "badparam", Title: "Invalid parameter", Field: "priority", SubErrors: []client.ErrorItem{
			{Title: "must be <= 5", Field: "/priority"}, {Title: "additional property not allowed", Field: "/priority"}}},
			[]string{"Invalid parameter (priority): must be <= 5 (/priority), additional property not allowed (/priority)"}},
		{"400-undefined-custom-attribute", client.ErrBadRequest, client.ErrorItem{Status: 400, Code: "badparam", Title: "Additional properties not allowed",
			Detail: "/properties/custom/additionalProperties", Field: "notDefinedThing"},
			[]string{"Additional properties not allowed (notDefinedThing)", `the custom attribute "notDefinedThing" is not defined`}},
		{"401-wrong-region", client.ErrUnauthorized, client.ErrorItem{Status: 401, Code: "unauthorized", Title: "Auth token associated with pod prod2 but request is being handled by prod1"},
			[]string{"belongs to the region prod2", "WithOrg", `WithBaseURL("https://api.prod2.kustomerapp.com")`}},
		{"404-not-found", client.ErrNotFound, client.ErrorItem{Status: 404, Code: "notfound", Title: "Not Found", Field: "id"},
			[]string{"outside the API key's scope"}},
	} {
		t.Run(test.file, func(t *testing.T) {
			a := sample(t, "errors/"+test.file+".json")
			a.header.Set("X-Amz-Cf-Id", "req-1")
			c, _ := answering(t, a)
			_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{
				Custom: custom.New(custom.Raw("notDefinedThing", 1), custom.Int("fine").Set(1))})
			var e *client.Error
			if !errors.As(err, &e) {
				t.Fatalf("error is %v", err)
			}
			if fmt.Sprintf("%+v", e.Items) != fmt.Sprintf("%+v", []client.ErrorItem{test.item}) {
				t.Errorf("items are %+v", e.Items)
			}
			if !errors.Is(err, test.sentinel) || e.Outcome != client.OutcomeNotApplied {
				t.Errorf("%v is not %v, or %v", err, test.sentinel, e.Outcome)
			}
			if e.Op != "updateConversationAttributes" || e.Method != "PATCH" || e.Path != "/v1/conversations/{id}" || e.ID != conversationID ||
				e.StatusCode != a.status || e.RequestID != "req-1" || e.Attempts != 1 || string(e.Body) != a.body || e.Header.Get("X-Kustomer-Pod") != "prod1" {
				t.Errorf("error is %+v", e)
			}
			for _, want := range append(test.text, "updateConversationAttributes (PATCH /v1/conversations/{id}, id "+conversationID+")") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if want := map[bool]string{true: "notDefinedThing"}[test.file == "400-undefined-custom-attribute"]; e.CustomAttribute != want {
				t.Errorf("the custom attribute is %q", e.CustomAttribute)
			}
		})
	}
}

func TestHints(t *testing.T) {
	for _, test := range []struct {
		name string
		a    answer
		want string
	}{
		{"role, 403", jsonError(403, `{"title":"Forbidden"}`), "org.permission.conversation.update (older: org.user.conversation.write)"},
		{"role, 401", jsonError(401, `{"code":"unauthorized","title":"Unauthorized"}`), "org.permission.conversation.update"},
		{"edge", answer{403, http.Header{"Content-Type": {"text/html"}}, "<html>"}, "the network's edge"},
		{"role, no body", answer{status: 403}, "org.permission.conversation.update"},
		{"expired", jsonError(401, `{"title":"Expired token"}`), "the API key has expired"},
		{"expired, in detail", jsonError(401, `{"title":"Unauthorized","detail":"Token is expired"}`), "the API key has expired"},
		{"region, as message", jsonError(401, `{"message":"Auth token associated with pod prod1 but request is being handled by prod2"}`), `WithBaseURL("https://api.kustomerapp.com")`},
		{"region, 403", jsonError(403, `{"detail":"auth token associated with pod prod4 but …"}`), `WithBaseURL("https://api.prod4.kustomerapp.com")`},
		{"region, pod unreadable", jsonError(401, `{"title":"Auth token associated with pod ? but …"}`), "another region"},
		{"region, any status", jsonError(404, `{"title":"Auth token associated with pod prod2 but request is being handled by prod1"}`), "belongs to the region prod2"},
		{"region, fault of the server", jsonError(500, `{"title":"Auth token associated with pod prod2 but request is being handled by prod1"}`), "belongs to the region prod2"},
		{"region, 429", answer{429, http.Header{"X-Ratelimit-Remaining": {"0"}}, `{"message":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"region, plain text", answer{status: 404, body: "Auth token associated with pod prod2 but request is being handled by prod1"}, "belongs to the region prod2"},
		{"region, text that says it is HTML", answer{400, http.Header{"Content-Type": {"text/html"}}, "Auth token associated with pod prod4 but …"}, "belongs to the region prod4"},
		{"region, unknown shape", answer{status: 400, body: `{"reason":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"region, beside items", answer{status: 400, body: `{"errors":[{"title":"Bad"}],"reason":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"expired, plain text", answer{status: 401, body: "Expired token"}, "the API key has expired"},
		{"expired, text that says it is HTML", answer{401, http.Header{"Content-Type": {"text/html"}}, "Expired token"}, "the API key has expired"},
		{"conflict", answer{status: 409}, "read it again"},
		{"redirect", answer{301, http.Header{"Location": {"https://elsewhere.example/"}}, ""}, "redirects are refused"},
		{"attribute, nested", jsonError(400, `{"title":"Invalid","meta":{"subErrors":[{"title":"additional property not allowed","source":{"pointer":"/custom/aStr"}}]}}`), `custom attribute "aStr" is not defined`},
		{"attribute, plural parameters", jsonError(400, `{"title":"Additional properties not allowed","source":{"parameters":["aStr"]}}`), `custom attribute "aStr" is not defined`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := answering(t, test.a)
			_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
			var e *client.Error
			if !errors.As(err, &e) || !strings.Contains(e.Hint, test.want) || !strings.Contains(err.Error(), e.Hint) {
				t.Errorf("hint of %v does not say %q", err, test.want)
			}
		})
	}
}

// Whatever comes as the body of an error, the status is there.
func TestErrorBodiesOfAnyShape(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, body := range map[string]string{
		"empty": "", "HTML": "<html><body><h1>502 Bad Gateway</h1></body></html>", "truncated": `{"errors":[{"status":400,"code":"badparam","title":"Inv`, "null": "null",
		"list": "[]", "top-level error": `{"error":"invalid","errorCode":7}`, "errors is a text": `{"errors":"no"}`, "errors is an object": `{"errors":{"title":"x"}}`,
		"items of wrong types": `{"errors":["a",null,7,{"status":[1],"code":7,"title":{"a":1},"source":"x","meta":[]}]}`, "huge": long, "not UTF-8": "\xff\xfe\x00", "control characters": "{\"errors\":[{\"title\":\"a\\n\\u0000\\u001b[31mb\"}]}",
		"deep": strings.Repeat(`{"errors":[{"meta":{"subErrors":[`, 2000),
	} {
		for _, status := range []int{400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 451, 500, 501, 502, 503, 504, 599, 302, 307, 399} {
			c, _ := answering(t, answer{status, http.Header{"Content-Type": {"text/html"}}, body})
			conv, err := tag(t, c)
			var e *client.Error
			if conv != nil || !errors.As(err, &e) {
				t.Fatalf("%d, %s: error is %v", status, name, err)
			}
			if e.StatusCode != status || !strings.Contains(err.Error(), fmt.Sprint(status)) {
				t.Errorf("%d, %s: error is %v", status, name, err)
			}
			if len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n\x00\x1b") {
				t.Errorf("%d, %s: the text is no line for a log: %q", status, name, err)
			}
			if want := map[bool]client.Outcome{true: client.OutcomeUnknown, false: client.OutcomeNotApplied}[status >= 500 || status == 302]; e.Outcome != want {
				t.Errorf("%d, %s: outcome is %v", status, name, e.Outcome)
			}
			if want := body[:min(len(body), 64<<10)]; string(e.Body) != want {
				t.Errorf("%d, %s: the body is not kept", status, name)
			}
		}
	}
}

func TestTruncatedErrorKeepsWhatCame(t *testing.T) {
	c, _ := answering(t, answer{status: 400, body: `{"errors":[{"code":"badparam","title":"Invalid parameter"},{"title":"Anoth`})
	_, err := tag(t, c)
	if !strings.Contains(err.Error(), "Invalid parameter") {
		t.Errorf("error is %v", err)
	}
}

func TestByteOrderMarkBeforeAnError(t *testing.T) {
	for body, want := range map[string]string{
		"\ufeff" + `{"errors":[{"title":"Invalid parameter"}]}`:               "Invalid parameter",
		"\ufeff" + `{"message":"Forbidden"}`:                                  "Forbidden",
		"\ufeff" + `{"errors":[{"title":"Invalid parameter"},{"title":"Anoth`: "Invalid parameter",
	} {
		c, _ := answering(t, answer{status: 400, body: body})
		_, err := tag(t, c)
		if e, ok := errors.AsType[*client.Error](err); !ok || len(e.Items) != 1 || !strings.Contains(err.Error(), want) || string(e.Body) != body {
			t.Errorf("error is %v", err)
		}
	}
}

// An id may come from whoever fills in a form, and must not disturb a log.
func TestIDsInTheTextOfAnError(t *testing.T) {
	long := strings.Repeat("a", 100_000)
	for id, want := range map[string]string{
		conversationID: ", id " + conversationID + ")",
		"é漢":           ", id é漢)",
		"a\u202eb":     `, id "a\u202eb")`,
		`a"b`:          `, id "a\"b")`,
		long:           ", id " + long[:64] + "…)",
	} {
		c, _ := answering(t, answer{status: 404}, client.WithoutRequestChecks())
		_, err := c.AppendTagsToConversation(t.Context(), id, []string{"vip"})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.ID != id || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %.300v, want %.300s", err, want)
		}
	}
	unknown := &client.OutcomeUnknownError{ExternalID: long, Err: &client.Error{}}
	if text := unknown.Error(); len(text) > 1000 || !strings.Contains(text, `"aaa`) {
		t.Errorf("the text has %d bytes", len(text))
	}
}

// Gateways, and some integrations, know other shapes than the four of the API.
func TestErrorTextsInOtherShapes(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":["plain text"]}`:                     "400 Bad Request: plain text [",
		`{"errors":"plain text"}`:                       "400 Bad Request: plain text [",
		`{"errors":{"title":"one","source":{"x":1}}}`:   "400 Bad Request: one [",
		`{"error":"bad token","errorCode":"x"}`:         "400 Bad Request: bad token [",
		`{"message":"Forbidden"}`:                       "400 Bad Request: Forbidden [",
		`{"error":{"a":1}}`:                             `400 Bad Request: {"a":1} [`,
		`{"errors":[{"title":"a"},7,"b",{"code":"c"}]}`: "400 Bad Request: a; c [",
		`{"something":"else"}`:                          "400 Bad Request [",
	} {
		c, _ := answering(t, answer{status: 400, body: body})
		if _, err := tag(t, c); !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %q, want %q", body, err, want)
		}
	}
}

func TestHintsThatWouldMislead(t *testing.T) {
	for _, test := range []struct {
		name   string
		a      answer
		unlike string
	}{
		{"custom value too long", jsonError(400, `{"title":"should NOT be longer than 1024","detail":"/properties/custom/aStr/maxLength","source":{"parameter":"aStr"}}`), "not defined"},
		{"attribute that was not sent", jsonError(400, `{"title":"Additional properties not allowed","source":{"parameter":"bStr"}}`), "not defined"},
		{"subscription", jsonError(401, `{"title":"The expired subscription of this organisation"}`), "has expired"},
		{"not modified", answer{status: 304}, "redirect"},
		{"another region, not a missing record", answer{status: 404, body: "Auth token associated with pod prod2 but …"}, "no such record"},
		{"a record that is not there", jsonError(404, `{"title":"Expired token"}`), "has expired"},
	} {
		c, _ := answering(t, test.a)
		_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
		if strings.Contains(err.Error(), test.unlike) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	c, _ := answering(t, answer{status: 409})
	if _, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{}); !strings.Contains(err.Error(), "this id or externalId") {
		t.Errorf("a conflict of a create says %v", err)
	}
}

func TestErrorsMadeByHand(t *testing.T) {
	for _, err := range []error{&client.OutcomeUnknownError{}, &client.RateLimitError{}, &client.Error{}, &client.ValidationError{}} {
		if err.Error() == "" || errors.Is(err, client.ErrNotFound) {
			t.Errorf("%T", err)
		}
		if v, ok := err.(interface{ LogValue() slog.Value }); ok {
			v.LogValue()
		}
	}
	if !errors.Is(&client.RateLimitError{}, client.ErrRateLimited) {
		t.Error("a rate-limit error is not ErrRateLimited")
	}
}

func TestSentinels(t *testing.T) {
	all := map[int]error{400: client.ErrBadRequest, 401: client.ErrUnauthorized, 403: client.ErrForbidden, 404: client.ErrNotFound, 409: client.ErrConflict,
		413: client.ErrTooLarge, 429: client.ErrRateLimited, 500: client.ErrServer, 503: client.ErrServer, 599: client.ErrServer}
	for _, status := range []int{400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503, 599, 301} {
		c, _ := answering(t, answer{status: status})
		_, err := tag(t, c)
		for of, sentinel := range all {
			if want := all[status] == sentinel; errors.Is(err, sentinel) != want {
				t.Errorf("%d is %v (%d): %t", status, sentinel, of, !want)
			}
		}
	}
}

func TestRateLimitError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		unix := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
		for _, test := range []struct {
			name   string
			header map[string]string
			scope  client.Scope
			wait   time.Duration
		}{
			{"org", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": unix(42 * time.Second)}, client.ScopeOrg, 42 * time.Second},
			{"org without reset", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "0"}, client.ScopeOrg, 0},
			{"reset alone", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second)}, client.ScopeOrg, 42 * time.Second},
			{"clock ahead", map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": unix(87 * time.Second), "Date": now.Add(45 * time.Second).UTC().Format(http.TimeFormat)}, client.ScopeOrg, 42 * time.Second},
			{"object", map[string]string{"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "7"}, client.ScopeObject, 0},
			{"nothing said", nil, client.ScopeUnknown, 0},
			{"malformed", map[string]string{"X-Ratelimit-Remaining": "many", "Retry-After": "soon"}, client.ScopeUnknown, 0},
			{"retry-after", map[string]string{"Retry-After": "300"}, client.ScopeUnknown, 300 * time.Second},
			{"the longer wait", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second), "Retry-After": "50"}, client.ScopeOrg, 50 * time.Second},
			{"the longer wait, the other way", map[string]string{"X-Ratelimit-Reset": unix(42 * time.Second), "Retry-After": "5"}, client.ScopeOrg, 42 * time.Second},
		} {
			h := http.Header{}
			for k, v := range test.header {
				h.Set(k, v)
			}
			c, _ := answering(t, answer{429, h, `{"errors":[{"title":"Too Many Requests"}]}`})
			_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
			var limited *client.RateLimitError
			var e *client.Error
			if !errors.As(err, &limited) || !errors.As(err, &e) || !errors.Is(err, client.ErrRateLimited) {
				t.Errorf("%s: error is %v", test.name, err)
				continue
			}
			if limited.Scope != test.scope || limited.RetryAfter != test.wait || limited.Local || e.Outcome != client.OutcomeNotApplied {
				t.Errorf("%s: scope %v, wait %v", test.name, limited.Scope, limited.RetryAfter)
			}
			if strings.Contains(err.Error(), "come back in") != (test.wait > 0) {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	})
}

// Where every answer gives the time of the reset, it does not tell whose limit a refusal is of.
func TestScopeWhereResetsComeAlways(t *testing.T) {
	for _, test := range []struct {
		before    string // what the answer before, a success, said of the reset
		remaining string
		want      client.Scope
	}{
		{"now", "998", client.ScopeObject},
		{"now", "0", client.ScopeOrg},
		{"now", "", client.ScopeOrg},
		{"", "998", client.ScopeOrg},
	} {
		synctest.Test(t, func(t *testing.T) {
			reset := fmt.Sprint(time.Now().Add(42 * time.Second).Unix())
			var status int
			h := http.Header{"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"999"}}
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				return answer{status: status, header: h, body: `{"data":{"id":"c"}}`}.response(r), nil
			}))
			if status = 200; test.before != "" {
				h.Set("X-Ratelimit-Reset", reset)
			}
			if _, err := tag(t, c); err != nil {
				t.Fatal(err)
			}
			status = 429
			h.Set("X-Ratelimit-Remaining", test.remaining)
			h.Set("X-Ratelimit-Reset", reset)
			_, err := tag(t, c)
			var limited *client.RateLimitError
			if !errors.As(err, &limited) || limited.Scope != test.want {
				t.Fatalf("%+v: %v", test, err)
			}
			if ofOrg := test.want == client.ScopeOrg; (limited.RetryAfter == 42*time.Second) != ofOrg || strings.Contains(err.Error(), "budget") != ofOrg {
				t.Errorf("%+v: wait %v, %v", test, limited.RetryAfter, err)
			}
		})
	}
}

func TestOutcomeOfAServersFault(t *testing.T) {
	for _, op := range operations {
		c, sent := answering(t, answer{status: 503, body: "<html>"})
		err := op.call(t, c, conversationID)
		var unknown *client.OutcomeUnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, client.ErrServer) || unknown.Err.StatusCode != 503 || sent.count != 1 {
			t.Errorf("%s: error is %v after %d requests", op.name, err, sent.count)
		}
		if !strings.Contains(err.Error(), "may have been applied") {
			t.Errorf("%s: %q does not tell", op.name, err)
		}
	}
}

func TestOutcomeUnknownCarriesTheMark(t *testing.T) {
	c, _ := answering(t, answer{status: 500})
	_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{ExternalID: new("order-1"), ID: new(conversationID)})
	var unknown *client.OutcomeUnknownError
	if !errors.As(err, &unknown) || unknown.ExternalID != "order-1" || unknown.ID != conversationID {
		t.Fatalf("error is %+v", err)
	}
	if !strings.Contains(err.Error(), `look for the externalId "order-1"`) {
		t.Errorf("error is %q", err)
	}
}

func TestOutcomeWithoutAnswer(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for _, test := range []struct {
		name string
		rt   transport
		want client.Outcome
	}{
		{"dial failed", func(r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("h:443")
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		}, client.OutcomeNotApplied},
		{"cut after connecting", func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("h:443")
			trace.GotConn(httptrace.GotConnInfo{})
			return nil, reset
		}, client.OutcomeUnknown},
		{"second connection failed", func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("h:443")
			trace.GotConn(httptrace.GotConnInfo{})
			trace.GetConn("h:443")
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		}, client.OutcomeUnknown},
		{"transport with another way", func(r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("h:443")
			return nil, reset
		}, client.OutcomeUnknown},
		{"transport that says nothing", func(*http.Request) (*http.Response, error) { return nil, reset }, client.OutcomeUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tag(t, newClient(t, test.rt))
			var e *client.Error
			var unknown *client.OutcomeUnknownError
			if !errors.As(err, &e) || e.Outcome != test.want || errors.As(err, &unknown) != (test.want == client.OutcomeUnknown) {
				t.Fatalf("error is %v", err)
			}
			var op *net.OpError
			if !errors.As(err, &op) || e.StatusCode != 0 || e.Attempts != 1 {
				t.Errorf("the cause is lost: %+v", e)
			}
		})
	}
}

func TestContextEnds(t *testing.T) {
	hang := transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	t.Run("before", func(t *testing.T) {
		c, sent := answering(t, answer{status: 200})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.AppendTagsToConversation(ctx, conversationID, []string{"vip"})
		var e *client.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || sent.count != 0 || e.Attempts != 0 {
			t.Errorf("error is %v after %d requests", err, sent.count)
		}
	})
	t.Run("in flight", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			start := time.Now()
			_, err := newClient(t, hang).CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{ExternalID: new("o")})
			var unknown *client.OutcomeUnknownError
			if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &unknown) || unknown.ExternalID != "o" {
				t.Errorf("error is %v", err)
			}
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	})
	t.Run("with a cause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			cause := errors.New("the user left")
			causing := transport(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(cause) })
			_, err := newClient(t, causing).AppendTagsToConversation(ctx, conversationID, []string{"vip"})
			if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
				t.Errorf("error is %v", err)
			}
		})
	})
	t.Run("while an error is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				resp := answer{status: 500}.response(r)
				resp.Body, resp.ContentLength = &stalling{ctx: r.Context(), start: strings.NewReader(`{"errors":[`)}, -1
				return resp, nil
			}), client.WithTimeout(time.Second))
			_, err := tag(t, c)
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, client.ErrServer) {
				t.Errorf("error is %v", err)
			}
		})
	})
	t.Run("time-out of an attempt", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, test := range []struct {
				opts []client.Option
				want time.Duration
			}{{nil, 30 * time.Second}, {[]client.Option{client.WithTimeout(time.Second)}, time.Second}} {
				start := time.Now()
				_, err := tag(t, newClient(t, hang, test.opts...))
				var unknown *client.OutcomeUnknownError
				if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &unknown) || time.Since(start) != test.want {
					t.Errorf("error is %v after %v", err, time.Since(start))
				}
			}
		})
	})
	t.Run("while the answer is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				resp := answer{status: 201, body: `{"data":{"id":"c1",`}.response(r)
				resp.Body, resp.ContentLength = &stalling{ctx: r.Context(), start: strings.NewReader(`{"data":{"id":"c1",`)}, -1
				return resp, nil
			}), client.WithTimeout(time.Second))
			conv, err := tag(t, c)
			if err != nil || conv.ID != "c1" || !errors.Is(conv.DecodeError(), context.DeadlineExceeded) {
				t.Errorf("got %v, %v", conv, err)
			}
		})
	})
}

// stalling is a body that stops after its start until the context ends.
type stalling struct {
	ctx   context.Context
	start *strings.Reader
}

func (s *stalling) Read(p []byte) (int, error) {
	if s.start.Len() > 0 {
		return s.start.Read(p)
	}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (s *stalling) Close() error { return nil }

// Where no answer came, the text says whether that is for something that was not sent, and a refusal of any kind is not applied.
func TestTextsWithoutAnAnswer(t *testing.T) {
	cut := transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection lost") })
	for want, opts := range map[string][]client.Option{
		"): no answer: connection lost [may have been applied]": {client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{Transport: cut})},
		"): not sent: no token: sealed [not applied]": {client.WithTokenSource(client.TokenSourceFunc(
			func(context.Context) (string, error) { return "", errors.New("sealed") }))},
	} {
		c, err := client.New(append(opts, client.WithOrg("acme"))...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateConversationForCustomer(t.Context(), "c1", client.ConversationCreate{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	for _, status := range []int{300, 399, 400, 498} {
		c, _ := answering(t, answer{status: status})
		_, err := c.CreateConversationForCustomer(t.Context(), "c1", client.ConversationCreate{})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Outcome != client.OutcomeNotApplied {
			t.Errorf("%d: %v", status, err)
		}
	}
}
