package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

func TestIDsThatLeadElsewhereAreRefused(t *testing.T) {
	for _, id := range []string{
		"", ".", "..", "/", "a/b", "../customers/x", "a?b", "a#b", "a%2Fb", "%2e%2e", "a b", " a", "a\t", "a\n", "a\x00", "a\x7f",
		`a\b`, "a\u00a0b", "a\u2028b", "\u3000", "a\u0085", "\xff",
		// Some servers remove a semicolon and what follows before they compare a segment.
		"..;", "..;x", "..;a=b", "..;.", ".;", ".;x", ";", ";x", ";..", "..%3b", "..%3bx", "%2e%2e;",
	} {
		for _, op := range operations {
			for _, opts := range [][]client.Option{nil, {client.WithoutRequestChecks()}} {
				c, sent := responding(t, sample(t, "responses/append-tags-200.json"), opts...)
				err := op.call(t.Context(), c, id)
				var v *client.ValidationError
				if !errors.As(err, &v) {
					t.Errorf("%s with the id %q gives %v", op.ID, id, err)
					continue
				}
				if sent.count > 0 {
					t.Errorf("%s with the id %q was sent to %s", op.ID, id, sent.url)
				}
				if f := v.Violations[0].Field; f != "customerID" && f != "conversationID" {
					t.Errorf("the violation is of %q", f)
				}
			}
		}
	}
}

func TestOrdinaryIDsPass(t *testing.T) {
	for _, id := range []string{conversationID, "a", "...", "...;", "..a", "..a;", ".a", "a;", "externalId=order-1", "a:b", "a;b", "a@b", "é漢", "a+b", "a&b=c"} {
		for _, op := range operations {
			if op.safety == reading && strings.Contains(id, "=") {
				continue // the path would be that of a look-up
			}
			a := sample(t, "responses/append-tags-200.json")
			if op.Query != nil { // of a list
				a.body = page("")
			}
			c, sent := responding(t, a)
			if err := op.call(t.Context(), c, id); err != nil {
				t.Errorf("%s with the id %q: %v", op.ID, id, err)
				continue
			}
			u, err := url.Parse(sent.url)
			if err != nil {
				t.Fatal(err)
			}
			if want := op.path(id); u.Path != want {
				t.Errorf("%s with the id %q went to %s", op.ID, id, sent.url)
			}
		}
	}
}

func FuzzNoIDLeavesItsPath(f *testing.F) {
	for _, seed := range []string{conversationID, "..", "...", "a/../b", "%2e%2e", "a?b", "a#b", "//host/x", "\\", "é", "a\u2028", ";", "a:b@c"} {
		f.Add(seed)
	}
	var got *http.Request
	c := newClient(f, transport(func(r *http.Request) (*http.Response, error) {
		got = r
		return testResponse{status: 200, body: `{"data":{"type":"conversation","id":"x"}}`}.response(r), nil
	}))
	f.Fuzz(func(t *testing.T, id string) {
		for _, op := range operations {
			got = nil
			err := op.call(t.Context(), c, id)
			if got == nil {
				var v *client.ValidationError
				if !errors.As(err, &v) {
					t.Errorf("%s with %q was not sent: %v", op.ID, id, err)
				}
				continue
			}
			if got.URL.Host != "acme.api.kustomerapp.com" || got.URL.RawQuery != "" || got.URL.Fragment != "" {
				t.Errorf("%s with %q went to %s", op.ID, id, got.URL)
			}
			// The path that the server gets, and the path after cleaning.
			escaped := got.URL.EscapedPath()
			before, after, _ := strings.Cut(op.Path, "{id}")
			middle := strings.TrimSuffix(strings.TrimPrefix(escaped, before), after)
			if escaped != before+middle+after || strings.ContainsAny(middle, "/?#\\") || middle == "" {
				t.Errorf("%s with %q went to %s", op.ID, id, escaped)
			}
			if plain, err := url.PathUnescape(middle); err != nil || plain != id || plain == "." || plain == ".." {
				t.Errorf("%s with %q went to %s, which is %q", op.ID, id, escaped, plain)
			}
		}
	})
}
