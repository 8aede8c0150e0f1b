package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// The 404 to a HEAD has no body, so it says nothing about the record, and nothing is wrong with the host either.
func TestNotFoundForAHead(t *testing.T) {
	c, _ := responding(t, testResponse{status: 404})
	_, err := c.Do(t.Context(), "HEAD", "/v1/conversations/c1", nil)
	e, ok := err.(*client.Error)
	if !ok || errors.Is(err, client.ErrNotFound) || e.Hint != "such a 404 does not say whether the record exists" {
		t.Errorf("error is %v", err)
	}
}

// Only a 404 with the API's list of errors says that there is no such record.
func TestNotFound(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html"}}
	for _, test := range []struct {
		name   string
		a      testResponse
		absent bool
		hint   string
	}{
		{"recorded", sample(t, "errors/404-not-found.json"), true, "no such record"},
		{"as documented", jsonError(404, `{"code":"not_found","message":"no such conversation","meta":{}}`), true, "no such record"},
		{"status as text", jsonError(404, `{"status":"404","source":{"parameters":["id"]}}`), true, "no such record"},
		{"two errors", jsonError(404, `null,{"title":"Not Found"}`), true, "no such record"},
		{"byte-order mark", testResponse{status: 404, body: "\ufeff" + `{"errors":[{"title":"Not Found"}]}`}, true, "no such record"},
		{"HTML as type", testResponse{404, html, `{"errors":[{"title":"Not Found"}]}`}, true, "no such record"},
		{"cut off", testResponse{status: 404, body: `{"errors":[{"title":"Not Found"},{"ti`}, true, "no such record"},
		{"page", testResponse{404, html, "<html><h1>404 Not Found</h1></html>"}, false, "a CDN or proxy"},
		{"page without a type", testResponse{status: 404, body: "<html>"}, false, "the host or the path is wrong"},
		{"no body", testResponse{status: 404}, false, "the host or the path is wrong"},
		{"no errors", testResponse{status: 404, body: `{"errors":[]}`}, false, "the host or the path is wrong"},
		{"empty error", jsonError(404, `{}`), false, "the host or the path is wrong"},
		{"texts", testResponse{status: 404, body: `{"errors":["Not Found"]}`}, false, "the host or the path is wrong"},
		{"one object", testResponse{status: 404, body: `{"errors":{"title":"Not Found"}}`}, false, "the host or the path is wrong"},
		{"gateway", testResponse{status: 404, body: `{"message":"no Route matched with those values"}`}, false, "the host or the path is wrong"},
		{"other server", testResponse{status: 404, body: `{"error":"Not Found","status":404}`}, false, "the host or the path is wrong"},
		{"list", testResponse{status: 404, body: `[{"title":"Not Found"}]`}, false, "the host or the path is wrong"},
		{"410", jsonError(410, `{"title":"Gone"}`), false, ""},
		{"200", testResponse{status: 200, body: `{"errors":[{"status":404,"code":"notfound"}]}`}, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := responding(t, test.a)
			_, read := c.ConversationByExternalID(t.Context(), "order-7")
			_, tagged := tag(t, c)
			for _, err := range []error{read, tagged} {
				e, ok := errors.AsType[*client.Error](err)
				if !ok || errors.Is(err, client.ErrNotFound) != test.absent || !strings.Contains(e.Hint, test.hint) {
					t.Errorf("error is %v", err)
				}
				if test.a.status == 404 && strings.Contains(err.Error(), "does not say whether the record exists") == test.absent {
					t.Errorf("error is %v", err)
				}
				if test.a.status != 200 && e.Outcome != client.OutcomeNotApplied {
					t.Errorf("the outcome is %v", e.Outcome)
				}
			}
		})
	}
}
