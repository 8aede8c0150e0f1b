package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// A POST that changes nothing is repeated like a read, and its outcome is never unknown.
func TestCallsThatChangeNothing(t *testing.T) {
	for _, test := range []struct {
		method, path string
		opts         []client.CallOption
		readOnly     bool
	}{
		{"POST", "/v1/customers/search", nil, true},
		{"POST", "/v1/customers/search?page=2", nil, true},
		{"POST", "/v1/customers/search", []client.CallOption{client.CallReadOnly()}, true},
		{"POST", "/v1/reports/run", []client.CallOption{client.CallReadOnly()}, true},
		{"POST", "/v1/reports/run", nil, false},
		{"POST", "/v1/customers/searches", nil, false},
		{"POST", "/v1/customers/externalId=search", nil, false},
		{"POST", "/v1/customers/research", nil, false},
		{"POST", "/v1/customers?q=/search", nil, false},
		{"PUT", "/v1/customers/search", nil, false},
		{"DELETE", "/v1/customers/search", nil, false},
		{"PATCH", "/v1/customers/search", nil, false},
	} {
		bubble(t, test.method+test.path, func(t *testing.T) {
			n := 0
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				n++
				return testResponse{status: 503}.response(r), nil
			}), attempts(3))
			_, err := c.Do(t.Context(), test.method, test.path, struct{}{}, test.opts...)
			e, ok := errors.AsType[*client.Error](err)
			_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
			if !ok || (n == 3) != test.readOnly || unknown == test.readOnly || (e.Outcome == client.OutcomeNotApplied) != test.readOnly {
				t.Errorf("%d requests: %v", n, err)
			}
		})
	}
}

// A search succeeds with a JSON object, like a read.
func TestResponsesToASearch(t *testing.T) {
	for body, fine := range map[string]bool{`{"data":[]}`: true, `{}`: true, `[]`: false, `<html>`: false, ``: false, `{"errors":[{"title":"x"}]}`: false} {
		c, _ := responding(t, testResponse{status: 200, body: body})
		_, err := c.Do(t.Context(), "POST", "/v1/customers/search", struct{}{})
		if e, ok := err.(*client.Error); ok == fine || ok && e.Outcome != client.OutcomeNotApplied {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// CallReadOnly does not make a write a read.
func TestCallReadOnlyForAWrite(t *testing.T) {
	option := client.CallReadOnly()
	for name, call := range map[string]func(c *client.Client) error{
		"PUT": func(c *client.Client) error {
			_, err := c.Do(t.Context(), "PUT", "/v1/a", struct{}{}, option)
			return err
		},
		"PATCH": func(c *client.Client) error {
			_, err := c.Do(t.Context(), "PATCH", "/v1/a", struct{}{}, option)
			return err
		},
		"DELETE": func(c *client.Client) error { _, err := c.Do(t.Context(), "DELETE", "/v1/a", nil, option); return err },
		"create": func(c *client.Client) error {
			_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{}, option)
			return err
		},
		"remove tags": func(c *client.Client) error {
			_, err := c.RemoveTags(t.Context(), conversationID, []string{"vip"}, option)
			return err
		},
	} {
		c, sent := responding(t, testResponse{status: 200, body: "{}"})
		if err := call(c); !isValidation(err, "options") || !strings.Contains(err.Error(), "CallReadOnly") || sent.count > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := responding(t, testResponse{status: 200, body: aCustomer})
	if _, err := c.FindCustomer(t.Context(), client.ByID(customerID), option); err != nil {
		t.Error(err)
	}
	if _, err := c.Do(t.Context(), "GET", "/v1/users/current", nil, option); err != nil {
		t.Error(err)
	}
}

func TestCallHeader(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/append-tags-200.json"))
	_, err := c.AppendTagsToConversation(t.Context(), conversationID, []string{"vip"},
		client.CallHeader("x-trace-id", "t-1"), client.CallHeader("X-TRACE-ID", "t-2"), client.CallHeader("traceparent", "é\t!"))
	if err != nil {
		t.Fatal(err)
	}
	if got := sent.header["X-Trace-Id"]; len(got) != 2 || got[0] != "t-1" || got[1] != "t-2" || sent.header.Get("Traceparent") != "é\t!" {
		t.Errorf("sent %v", sent.header)
	}
	if sent.header.Get("Authorization") != "Bearer "+apiKey || sent.header.Get("Content-Type") != "application/json" {
		t.Errorf("sent %v", sent.header)
	}
	if _, err := c.Do(t.Context(), "GET", "/v1/users/current", nil); err != nil || sent.header.Get("X-Trace-Id") != "" {
		t.Errorf("a header of another call was sent: %v, %v", sent.header, err)
	}
	// A header on each attempt of a call.
	bubble(t, "each attempt", func(t *testing.T) {
		n := 0
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			if n++; r.Header.Get("X-Trace-Id") != "t-1" {
				t.Errorf("attempt %d has no header", n)
			}
			return testResponse{status: 503}.response(r), nil
		}), attempts(3))
		if _, err := c.Do(t.Context(), "GET", "/v1/users/current", nil, client.CallHeader("X-Trace-Id", "t-1")); err == nil || n != 3 {
			t.Errorf("%d attempts, %v", n, err)
		}
	})
}

func TestHeadersThatAreRefused(t *testing.T) {
	for _, test := range [][2]string{
		{"Authorization", "Bearer x"}, {"authorization", "x"}, {"AUTHORIZATION", ""}, {"Host", "evil.example"}, {"content-length", "0"}, {"Content-Type", "text/plain"},
		{"Accept", "x"}, {"User-Agent", "x"}, {"Transfer-Encoding", "chunked"}, {"Connection", "close"}, {"Accept-Encoding", "br"}, {"TE", "x"}, {"Proxy-Authorization", "x"},
		{"Idempotency-Key", "k"}, {"x-idempotency-key", "k"}, {"X-HTTP-Method-Override", "DELETE"}, {"X_HTTP_METHOD_OVERRIDE", "DELETE"},
		{"", "x"}, {"X Y", "x"}, {"X:Y", "x"}, {"X\r\nY", "x"}, {"Ü", "x"}, {"Authorization ", "x"}, {" Authorization", "x"},
		{"X-A", "a\r\nAuthorization: x"}, {"X-A", "a\n"}, {"X-A", "a\x00"}, {"X-A", "\x7f"},
	} {
		c, sent := responding(t, testResponse{status: 200, body: "{}"})
		_, err := c.Do(t.Context(), "GET", "/v1/users/current", nil, client.CallHeader(test[0], test[1]), nil)
		v, ok := err.(*client.ValidationError)
		if !ok || len(v.Violations) != 2 || v.Violations[0].Field != "options" || !strings.HasPrefix(v.Violations[0].Message, "CallHeader ") || sent.count > 0 {
			t.Errorf("%q: %v", test, err)
		}
	}
}
