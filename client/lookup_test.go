package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestConversationByExternalID(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/update-conversation-200-custom.json"))
	conv, err := c.ConversationByExternalID(t.Context(), "order-7")
	if err != nil || conv.ID == "" || conv.StatusCode != 200 || conv.Attributes.Custom == nil || conv.DecodeError() != nil {
		t.Errorf("got %+v, %v", conv, err)
	}
	if sent.method != "GET" || sent.url != "https://acme.api.kustomerapp.com/v1/conversations/externalId=order-7" || sent.body != "" || sent.header.Get("Content-Type") != "" {
		t.Errorf("sent %+v", sent)
	}
}

// A read is repeated like any read, and its outcome is never unknown.
func TestConversationByExternalIDIsRepeated(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		if err := r.create(t.Context(), client.ConversationCreate{ExternalID: new("order-7")}); err != nil {
			t.Fatal(err)
		}
		r.srv.Fail(kustomertest.CutAfter(), kustomertest.Status(503, ""))
		conv, err := r.ConversationByExternalID(t.Context(), "order-7")
		if err != nil || conv.Attributes.ExternalID != "order-7" || conv.Attempts != 3 {
			t.Errorf("got %+v, %v", conv, err)
		}
		r.srv.Fail(always(kustomertest.CutAfter()))
		_, err = r.ConversationByExternalID(t.Context(), "order-7")
		if e, ok := err.(*client.Error); !ok || e.Outcome != client.OutcomeNotApplied {
			t.Errorf("error is %v", err)
		}
	})
}

// A 200 without the record is an error, whatever else it holds.
func TestReadWithoutARecord(t *testing.T) {
	for _, a := range []testResponse{
		{status: 200, body: `{}`},
		{status: 200, body: `{"data":null}`},
		{status: 200, body: `{"data":[{"type":"conversation","id":"c1"}]}`},
		{status: 200, body: `{"data":{"attributes":{"name":"n"}}}`},
		{status: 200, body: `<html>`, header: http.Header{"Content-Type": {"text/html"}}},
		{status: 200, body: ``},
		{status: 204, body: ``},
	} {
		c, _ := responding(t, a)
		conv, err := c.ConversationByExternalID(t.Context(), "order-7")
		if e, ok := err.(*client.Error); !ok || e.Outcome != client.OutcomeNotApplied || errors.Is(err, client.ErrNotFound) {
			t.Errorf("%d %s gives %+v, %v", a.status, a.body, conv, err)
		}
	}
}

func TestValuesOfLookUpsAreEscaped(t *testing.T) {
	for value, want := range map[string]string{
		"order-7": "order-7", "a/b": "a%2Fb", "a b": "a%20b", "+49": "%2B49", "100%": "100%25", "a?b": "a%3Fb", "a#b": "a%23b",
		"a%2Fb": "a%252Fb", "a,b;c": "a%2Cb%3Bc", "é漢": "%C3%A9%E6%BC%A2", "a=b": "a=b", `a\b`: "a%5Cb", "...": "...", "..": "..", "../b": "..%2Fb", "a@b": "a@b", `"`: "%22",
	} {
		c, sent := responding(t, sample(t, "responses/append-tags-200.json"))
		if _, err := c.ConversationByExternalID(t.Context(), value); err != nil || !strings.HasSuffix(sent.url, "/externalId="+want) {
			t.Errorf("%q went to %s: %v", value, sent.url, err)
		}
	}
	for _, value := range []string{"", "a\n", "\x00", "\u0085", "a/../b", `a\..`, "a/;/b", "\xff", strings.Repeat("x", 257)} {
		for _, opts := range [][]client.Option{nil, {client.WithoutRequestChecks()}} {
			c, sent := responding(t, sample(t, "responses/append-tags-200.json"), opts...)
			_, err := c.ConversationByExternalID(t.Context(), value)
			v, ok := err.(*client.ValidationError)
			if !ok || len(v.Violations) != 1 || v.Violations[0].Field != "externalID" || sent.count > 0 {
				t.Errorf("%q gives %v", value, err)
			}
		}
	}
}
