package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

func jsonError(status int, items string) testResponse {
	return testResponse{status: status, body: `{"errors":[` + items + `]}`}
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
			[]string{"outside the scope of the API key"}},
	} {
		t.Run(test.file, func(t *testing.T) {
			a := sample(t, "errors/"+test.file+".json")
			a.header.Set("X-Amz-Cf-Id", "req-1")
			c, _ := responding(t, a)
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

// An id may come from an untrusted form, and must not break a log.
func TestIDsInTheTextOfAnError(t *testing.T) {
	long := strings.Repeat("a", 100_000)
	for id, want := range map[string]string{
		conversationID: ", id " + conversationID + ")",
		"é漢":           ", id é漢)",
		"a\u202eb":     `, id "a\u202eb")`,
		`a"b`:          `, id "a\"b")`,
		long:           ", id " + long[:64] + "…)",
	} {
		c, _ := responding(t, testResponse{status: 404}, client.WithoutRequestChecks())
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

func TestErrorsMadeByHand(t *testing.T) {
	for _, err := range []error{&client.OutcomeUnknownError{}, &client.RateLimitError{}, &client.Error{}, &client.ValidationError{}, &client.PageError{}, &client.PageError{Page: 2, Err: &client.Error{}}} {
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
		c, _ := responding(t, testResponse{status: status, body: `{"errors":[{"title":"x"}]}`})
		_, err := tag(t, c)
		for of, sentinel := range all {
			if want := all[status] == sentinel; errors.Is(err, sentinel) != want {
				t.Errorf("%d is %v (%d): %t", status, sentinel, of, !want)
			}
		}
	}
}

// stalling is a body that stalls until the context ends.
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

// Without a response, the text says whether the request was sent. A refusal of any kind is not applied.
func TestErrorTextsWithoutAResponse(t *testing.T) {
	cut := transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection lost") })
	for want, opts := range map[string][]client.Option{
		"): no response: connection lost [may have been applied]": {client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{Transport: cut})},
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
		c, _ := responding(t, testResponse{status: status})
		_, err := c.CreateConversationForCustomer(t.Context(), "c1", client.ConversationCreate{})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Outcome != client.OutcomeNotApplied {
			t.Errorf("%d: %v", status, err)
		}
	}
}
