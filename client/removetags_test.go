package client_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestRemoveTags(t *testing.T) {
	s := newSlots()
	c, sent := responding(t, sample(t, "responses/append-tags-200.json"), client.WithLimiter(s))
	conv, err := c.RemoveTags(t.Context(), conversationID, []string{"vip", "damaged parcel"})
	if err != nil || conv.ID != conversationID || conv.DecodeError() != nil {
		t.Fatal(conv, err)
	}
	if sent.method != "DELETE" || sent.url != "https://acme.api.kustomerapp.com/v1/conversations/"+conversationID+"/tags" ||
		sent.body != `["vip","damaged parcel"]` || sent.header.Get("Content-Type") != "application/json" {
		t.Errorf("sent %+v", sent)
	}
	if want := (ratelimit.Request{Op: "removeTagsFromConversation", Object: conversationID}); s.requests[0] != want {
		t.Errorf("the limiter was asked for %+v", s.requests[0])
	}
	for _, tags := range [][]string{nil, {}, {"a", "a"}, {"a,b"}, many(21)} {
		if _, err := c.RemoveTags(t.Context(), conversationID, tags); !isValidation(err, "tags") || sent.count > 1 {
			t.Errorf("%q: %v", tags, err)
		}
	}
}

// isValidation reports whether err is a ValidationError about a field.
func isValidation(err error, field string) bool {
	v, ok := err.(*client.ValidationError)
	return ok && strings.HasPrefix(v.Violations[0].Field, field)
}

// The body of the DELETE reaches the server, on each attempt.
func TestRemoveTagsOnTheWire(t *testing.T) {
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, r.Method+" "+r.URL.Path+" "+strconv.FormatInt(r.ContentLength, 10)+" "+string(body))
		if len(bodies) == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"type":"conversation","id":"c1","attributes":{"tags":[]}}}`)
	}))
	defer srv.Close()
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(apiKey), client.WithHTTPClient(srv.Client()), unlimited)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := c.RemoveTags(t.Context(), "c1", []string{"vip"})
	if err != nil || conv.Attempts != 2 {
		t.Fatal(conv, err)
	}
	const want = `DELETE /v1/conversations/c1/tags 7 ["vip"]`
	if len(bodies) != 2 || bodies[0] != want || bodies[1] != want {
		t.Errorf("got %q", bodies)
	}
}

// Tags that may have been removed are removed again, but only soon.
func TestRemoveTagsIsRepeatedWithinTheWindow(t *testing.T) {
	for _, test := range []struct {
		retryAfter string
		sent       int
	}{{"59", 2}, {"61", 1}} {
		bubble(t, test.retryAfter, func(t *testing.T) {
			n := 0
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				if n++; n == 1 {
					return testResponse{status: 503, header: http.Header{"Retry-After": {test.retryAfter}}}.response(r), nil
				}
				return testResponse{status: 200, body: `{"data":{"id":"c1"}}`}.response(r), nil
			}), client.WithRetryPolicy(client.RetryPolicy{MaxWait: time.Hour}))
			_, err := c.RemoveTags(t.Context(), "c1", []string{"vip"})
			unknown, isUnknown := errors.AsType[*client.OutcomeUnknownError](err)
			if n != test.sent || isUnknown != (test.sent == 1) || isUnknown && unknown.Err.Op != "removeTagsFromConversation" {
				t.Errorf("%d requests: %v", n, err)
			}
		})
	}
}

// What the response says decides, as for tags that are appended: the body may be unreadable, but it must come from the API.
func TestResponsesToRemoveTags(t *testing.T) {
	for _, test := range []struct {
		a       testResponse
		success bool
		unknown bool
	}{
		{testResponse{status: 200, body: `{}`}, true, false},
		{testResponse{status: 200}, true, false},
		{testResponse{status: 204}, false, true},
		{testResponse{status: 200, body: "<html>"}, false, true},
		{testResponse{status: 404, body: `{"errors":[{"title":"Not Found"}]}`}, false, false},
	} {
		c, _ := responding(t, test.a)
		conv, err := c.RemoveTags(t.Context(), conversationID, []string{"vip"})
		_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
		if (err == nil) != test.success || unknown != test.unknown || test.success && conv.ID != conversationID {
			t.Errorf("%d %s: %v, %v", test.a.status, test.a.body, conv, err)
		}
	}
	c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "read", Err: io.ErrUnexpectedEOF}
	}))
	_, err := c.RemoveTags(t.Context(), conversationID, []string{"vip"})
	if _, ok := err.(*client.OutcomeUnknownError); !ok {
		t.Errorf("error is %v", err)
	}
}
