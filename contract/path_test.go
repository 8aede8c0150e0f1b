package contract

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// oddValues are values of path parameters that random ones seldom have.
var oddValues = []string{
	"", " ", ".", "..", "...", ";", ".;a", "a;b", "a,b", "a=b", "=", "email=a", "externalId=a", "phone=+1", "a/b", "a/../b", "../users", "a//b", "/",
	`a\b`, `\..\a`, "a?b", "a#b", "a%b", "a%2Fb", "a%2fb", "%2e%2e/a", "%", "+", "+14155550123", "a+b", "a b", "a&b", "a\tb", "a\x7fb", "a\u00a0b",
	"a\u0085b", "ü", "漢字", "😀", "jane/doe+orders@shop.example", "conversations", "tags", "search",
}

// stricter has the refusals of the client that no document has, because a schema does not know how servers read a path.
var stricter = map[string]string{
	"must not have control characters": "some servers cut a path at one",
	"must have no segment that is .":   "a server that unescapes slashes first is led to another path",
}

// Client, fake and document accept the same values in a path, except what is in stricter. The client's request has the value.
func TestPathValues(t *testing.T) {
	const values = 500
	met := map[string]bool{}
	for _, op := range operations.OfClient(t, "..") {
		t.Run(op.OperationID, func(t *testing.T) {
			var sent *http.Request
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				sent = r
				return &http.Response{StatusCode: 404, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
			}))
			srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, OrgLimit: -1, CreateLimit: -1})
			r := random.New(9, 10)
			accepted := 0
			for i := range values + len(oddValues) {
				var value string
				if i < len(oddValues) {
					value = oddValues[i]
				} else {
					r.Value(reflect.ValueOf(&value).Elem(), 1)
				}
				body := []byte(op.Examples()[0])
				in, refusal := op.Document.Request(op.NewRequest(t, host, "key", value), body)
				if refusal == nil {
					refusal = leadsTo(in, op, value)
				}

				sent = nil
				_, err := op.Call(t.Context(), c, value, op.ExampleBody(t))
				invalid, _ := errors.AsType[*client.ValidationError](err)
				if (sent == nil) != (invalid != nil) {
					t.Fatalf("%q: the client sent %v, error %v", value, sent, err)
				}
				if why := stricterRefusal(invalid); why != "" {
					met[why] = true
				} else if (invalid == nil) != (refusal == nil) {
					t.Fatalf("%q: client: %v, document: %v", value, err, refusal)
				}

				addRecord(t, srv, op, value)
				req := op.NewRequest(t, srv.URL, kustomertest.APIKey, value)
				req.Body = io.NopCloser(strings.NewReader(string(body)))
				if status, text := send(t, srv, req); (status == op.Success()) != (refusal == nil) {
					t.Fatalf("%q: fake: %d %s, document: %v", value, status, text, refusal)
				}
				srv.ResetRequests()

				if sent == nil {
					continue
				}
				accepted++
				in, err = op.Document.Request(sent, body)
				if err == nil {
					err = leadsTo(in, op, value)
				}
				if err != nil {
					t.Fatalf("%q: the client sent %s: %v", value, sent.URL.EscapedPath(), err)
				}
			}
			t.Logf("%d of %d values are valid", accepted, values+len(oddValues))
			if refused := values + len(oddValues) - accepted; accepted < values/10 || refused < values/100 {
				t.Errorf("%d values are valid, %d are not: too few for a test", accepted, refused)
			}
		})
	}
	for why := range stricter {
		if !met[why] {
			t.Errorf("no value is refused because it %s: remove it from stricter", why)
		}
	}
}

// leadsTo returns an error if a request is that of another operation, or has another value in its path.
func leadsTo(in *openapi3filter.RequestValidationInput, op operations.Operation, value string) error {
	if in.Route.Operation != op.Operation {
		return errors.New("leads to " + in.Route.Operation.OperationID)
	}
	if got := in.PathParams[op.Parameter().Name]; got != value {
		return errors.New("has the value " + got)
	}
	return nil
}

// stricterRefusal returns the key of stricter that the refusal has, or "".
func stricterRefusal(refusal *client.ValidationError) string {
	for why := range stricter {
		if refusal != nil && len(refusal.Violations) == 1 && strings.HasPrefix(refusal.Violations[0].Message, why) {
			return why
		}
	}
	return ""
}

// The client sends the examples of path parameters as the document shows them in the summary of some: sent as `…`.
func TestPathExamples(t *testing.T) {
	shown := 0
	for _, op := range operations.OfClient(t, "..") {
		for name, example := range op.Parameter().Examples {
			_, rest, ok := strings.Cut(example.Value.Summary, "sent as `")
			want, _, _ := strings.Cut(rest, "`")
			if !ok {
				continue
			}
			shown++
			var sent string
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				sent = r.URL.EscapedPath()
				return nil, errors.New("no server")
			}))
			_, _ = op.Call(t.Context(), c, example.Value.Value.(string), op.ExampleBody(t))
			if want := strings.ReplaceAll(op.Path, "{"+op.Parameter().Name+"}", want); sent != want {
				t.Errorf("%s, %s: sent %s, want %s", op.OperationID, name, sent, want)
			}
		}
	}
	if shown == 0 {
		t.Error("no example of the documents shows how it is sent")
	}
}

// oddQueries are values of query parameters.
var oddQueries = []string{
	"", "0", "1", "2", "99", "100", "101", "-1", "+1", " 1", "1 ", "01", "1.0", "1e1", "0x1", "1_0", "１", "1000000", "9223372036854775807", "9223372036854775808",
	"x", "true", "null", "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.5+01:00", "2026-03-01t00:00:00z", "2026-02-30T00:00:00Z",
	"2026-03-01 00:00:00Z", "2026-03-01T24:00:00Z", "1990-12-31T23:59:60Z",
}

// Fake and document accept the same values of query parameters, alone and together.
func TestQueryValues(t *testing.T) {
	for _, op := range operations.OfClient(t, "..") {
		srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, OrgLimit: -1, ListLimit: -1})
		record := recordOf(t, srv, op)
		valid := 0
		check := func(query url.Values) {
			newRequest := func(host, key string) *http.Request {
				r := op.NewRequest(t, host, key, record)
				r.URL.RawQuery = query.Encode()
				return r
			}
			_, refusal := op.Document.Request(newRequest(host, "key"), nil)
			status, text := send(t, srv, newRequest(srv.URL, kustomertest.APIKey))
			if (status == op.Success()) != (refusal == nil) || refusal != nil && status != 400 {
				t.Errorf("%s?%s: fake: %d %s, document: %v", op.OperationID, query.Encode(), status, text, refusal)
			}
			if refusal == nil {
				valid++
			}
		}
		r := random.New(11, 12)
		for _, p := range op.Query() {
			for _, value := range oddQueries {
				check(url.Values{p.Name: {value}})
			}
			for range 200 {
				query := url.Values{}
				for _, p := range op.Query() {
					query.Set(p.Name, oddQueries[r.IntN(len(oddQueries))])
				}
				check(query)
			}
		}
		if len(op.Query()) > 0 && valid < 20 {
			t.Errorf("%s: %d queries are valid: too few for a test", op.OperationID, valid)
		}
	}
}
