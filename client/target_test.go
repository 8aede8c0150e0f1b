package client_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
)

// Requests go where those of the generated builders do, whatever is to be escaped.
func TestRequestsGoWhereTheDocumentSays(t *testing.T) {
	builders := map[string]func(server, id, contentType string, body io.Reader) (*http.Request, error){
		"create": gen.NewCreateConversationForCustomerRequestWithBody,
		"update": gen.NewUpdateConversationAttributesRequestWithBody,
		"tags":   gen.NewAppendTagsToConversationRequestWithBody,
	}
	for _, base := range []string{"https://acme.api.kustomerapp.com", "https://gateway.example:8443/kustomer/", "https://gateway.example/a+b"} {
		for _, id := range []string{conversationID, "externalId=order-1", "{id}", "a;b,c", "a:b@c", "é漢", "a+b&c=d", "~!$'()*", `"<>^|[]` + "`"} {
			for _, op := range operations {
				sent := new(sent)
				c := over(t, base, client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					sent.take(t, r)
					return answer{status: 200, body: `{"data":{"id":"x"}}`}.response(r), nil
				})}))
				if err := op.call(t, c, id); err != nil {
					t.Fatalf("%s, %s: %v", base, id, err)
				}
				want, err := builders[op.name](strings.TrimSuffix(base, "/")+"/", id, "application/json", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				if sent.url != want.URL.String() || sent.method != want.Method || sent.header.Get("Content-Type") != "application/json" {
					t.Errorf("%s of %q at %s: %s %s, want %s %s", op.name, id, base, sent.method, sent.url, want.Method, want.URL)
				}
			}
		}
	}
}

// What Do is given is what it sends, query and escapes and all, below the path of the base URL.
func TestPathsOfDoAreKept(t *testing.T) {
	for _, path := range []string{"/v1/customers/externalId=a%2Fb", "/v1/customers/email=a%40b.c?x=1&y=%20", "/v1/customers?", "/v1/customers/%C3%BC;x,y", "/v1/a?b=c?d/e"} {
		for _, base := range []string{"https://acme.api.kustomerapp.com", "https://gateway.example/kustomer"} {
			var got string
			c := over(t, base, client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				got = r.URL.Scheme + "://" + r.Host + r.URL.RequestURI()
				return answer{status: 200, body: "{}"}.response(r), nil
			})}))
			if _, err := c.Do(t.Context(), "GET", path, nil); err != nil {
				t.Fatal(err)
			}
			if want := base + path; got != want {
				t.Errorf("%s was sent as %s", want, got)
			}
		}
	}
}
