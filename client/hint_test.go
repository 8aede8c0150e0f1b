package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// Each hint is for a range of statuses: the first, the last, and their neighbours.
func TestStatusesOfHints(t *testing.T) {
	elsewhere, html := http.Header{"Location": {"https://elsewhere.example/"}}, http.Header{"Content-Type": {"text/html"}}
	for _, test := range []struct {
		a    testResponse
		hint string
		want bool
	}{
		{testResponse{300, elsewhere, ""}, "redirects are refused", true},
		{testResponse{399, elsewhere, ""}, "redirects are refused", true},
		{testResponse{404, elsewhere, ""}, "redirects are refused", false},
		{testResponse{400, html, "<html>"}, "a CDN or proxy", true},
		{testResponse{499, html, "<html>"}, "a CDN or proxy", true},
		{testResponse{399, html, "<html>"}, "a CDN or proxy", false},
		{testResponse{503, html, "<html>"}, "a CDN or proxy", true},
		{testResponse{400, html, `{"errors":[{"title":"x"}]}`}, "a CDN or proxy", false},
	} {
		c, _ := responding(t, test.a)
		_, err := tag(t, c)
		e, ok := errors.AsType[*client.Error](err)
		if !ok || strings.Contains(e.Hint, test.hint) != test.want {
			t.Errorf("%d %v: %v", test.a.status, test.a.header, err)
		}
	}
}

// The role for a call by Do is not known here.
func TestHintWithoutARole(t *testing.T) {
	c, _ := responding(t, testResponse{status: 403})
	_, err := c.Do(t.Context(), "GET", "/v1/users/current", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || !strings.HasSuffix(e.Hint, "a role that the call needs") {
		t.Errorf("the hint of %v", err)
	}
}

// The name of an attribute is found in a text only as a whole word, and the hint has the most similar name.
func TestNameOfAnAttributeInAText(t *testing.T) {
	for text, want := range map[string]string{
		"additional property aStr": "aStr", `additional property "aStr".`: "aStr",
		"additional property @aStr": "", "additional property x-aStr": "", "additional property x_aStr": "",
		"additional property aStr@": "", "additional property aStr-x": "", "additional property aStr_x": "", "additional property aStr2": "", "additional property aStraStr": "",
	} {
		c, _ := responding(t, jsonError(400, fmt.Sprintf(`{"title":%q}`, text)), client.WithDefinedAttributes("bStr"))
		_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
		e, ok := errors.AsType[*client.Error](err)
		if !ok || e.CustomAttribute != want {
			t.Errorf("%s: the attribute is %q", text, e.CustomAttribute)
		}
		if want != "" && (!strings.Contains(e.Hint, `"aStr" is not defined`) || !strings.HasSuffix(e.Hint, `"bStr" is`)) {
			t.Errorf("%s: the hint is %q", text, e.Hint)
		}
	}
}

func TestHints(t *testing.T) {
	for _, test := range []struct {
		name string
		a    testResponse
		want string
	}{
		{"role, 403", jsonError(403, `{"title":"Forbidden"}`), "org.permission.conversation.update (older: org.user.conversation.write)"},
		{"role, 401", jsonError(401, `{"code":"unauthorized","title":"Unauthorized"}`), "org.permission.conversation.update"},
		{"edge", testResponse{403, http.Header{"Content-Type": {"text/html"}}, "<html>"}, "a CDN or proxy"},
		{"role, no body", testResponse{status: 403}, "org.permission.conversation.update"},
		{"expired", jsonError(401, `{"title":"Expired token"}`), "the API key has expired"},
		{"expired, in detail", jsonError(401, `{"title":"Unauthorized","detail":"Token is expired"}`), "the API key has expired"},
		{"region, as message", jsonError(401, `{"message":"Auth token associated with pod prod1 but request is being handled by prod2"}`), `WithBaseURL("https://api.kustomerapp.com")`},
		{"region, 403", jsonError(403, `{"detail":"auth token associated with pod prod4 but …"}`), `WithBaseURL("https://api.prod4.kustomerapp.com")`},
		{"region, pod unreadable", jsonError(401, `{"title":"Auth token associated with pod ? but …"}`), "another region"},
		{"region, any status", jsonError(404, `{"title":"Auth token associated with pod prod2 but request is being handled by prod1"}`), "belongs to the region prod2"},
		{"region, fault of the server", jsonError(500, `{"title":"Auth token associated with pod prod2 but request is being handled by prod1"}`), "belongs to the region prod2"},
		{"region, 429", testResponse{429, http.Header{"X-Ratelimit-Remaining": {"0"}}, `{"message":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"region, plain text", testResponse{status: 404, body: "Auth token associated with pod prod2 but request is being handled by prod1"}, "belongs to the region prod2"},
		{"region, text that says it is HTML", testResponse{400, http.Header{"Content-Type": {"text/html"}}, "Auth token associated with pod prod4 but …"}, "belongs to the region prod4"},
		{"region, unknown shape", testResponse{status: 400, body: `{"reason":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"region, beside items", testResponse{status: 400, body: `{"errors":[{"title":"Bad"}],"reason":"Auth token associated with pod prod2 but …"}`}, "belongs to the region prod2"},
		{"expired, plain text", testResponse{status: 401, body: "Expired token"}, "the API key has expired"},
		{"expired, text that says it is HTML", testResponse{401, http.Header{"Content-Type": {"text/html"}}, "Expired token"}, "the API key has expired"},
		{"conflict", testResponse{status: 409}, "read it again"},
		{"redirect", testResponse{301, http.Header{"Location": {"https://elsewhere.example/"}}, ""}, "redirects are refused"},
		{"attribute, nested", jsonError(400, `{"title":"Invalid","meta":{"subErrors":[{"title":"additional property not allowed","source":{"pointer":"/custom/aStr"}}]}}`), `custom attribute "aStr" is not defined`},
		{"attribute, plural parameters", jsonError(400, `{"title":"Additional properties not allowed","source":{"parameters":["aStr"]}}`), `custom attribute "aStr" is not defined`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := responding(t, test.a)
			_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
			var e *client.Error
			if !errors.As(err, &e) || !strings.Contains(e.Hint, test.want) || !strings.Contains(err.Error(), e.Hint) {
				t.Errorf("hint of %v does not say %q", err, test.want)
			}
		})
	}
}

func TestHintsThatWouldMislead(t *testing.T) {
	for _, test := range []struct {
		name   string
		a      testResponse
		unlike string
	}{
		{"custom value too long", jsonError(400, `{"title":"should NOT be longer than 1024","detail":"/properties/custom/aStr/maxLength","source":{"parameter":"aStr"}}`), "not defined"},
		{"attribute that was not sent", jsonError(400, `{"title":"Additional properties not allowed","source":{"parameter":"bStr"}}`), "not defined"},
		{"subscription", jsonError(401, `{"title":"The expired subscription of this organisation"}`), "has expired"},
		{"not modified", testResponse{status: 304}, "redirect"},
		{"another region, not a missing record", testResponse{status: 404, body: "Auth token associated with pod prod2 but …"}, "no such record"},
		{"a record that is not there", jsonError(404, `{"title":"Expired token"}`), "has expired"},
	} {
		c, _ := responding(t, test.a)
		_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
		if strings.Contains(err.Error(), test.unlike) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// After a conflict, a create has to look for the record that exists, and a change has to read the record again.
func TestHintsOfConflicts(t *testing.T) {
	const exists, changed = "a record with this value may exist already", "read it again"
	c, _ := responding(t, testResponse{status: 409})
	_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
	if !strings.Contains(err.Error(), "this id or externalId") {
		t.Errorf("a create: %v", err)
	}
	for call, want := range map[string]string{
		"POST /v1/customers": exists,
		"POST /v1/customers/" + customerID + "/conversations": exists,
		"POST /v1/conversations/" + conversationID + "/tags":  changed,
		"PUT /v1/customers/" + customerID:                     changed,
		"POST /v1/customers/search":                           changed,
	} {
		method, path, _ := strings.Cut(call, " ")
		if _, err := c.Do(t.Context(), method, path, nil); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", call, err)
		}
	}
}
