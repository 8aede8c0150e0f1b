package contract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/contract/internal/validator"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// checkedFake returns a fake, and a transport to it that checks each request and response against the documents.
func checkedFake(t *testing.T, cfg kustomertest.Config) (*kustomertest.Server, http.RoundTripper) {
	t.Helper()
	documents, err := validator.LoadAll("..")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Customers = []string{id}
	srv := kustomertest.New(cfg)
	return srv, transport(func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
		}
		in, err := documents.Request(r.Clone(r.Context()), body)
		if err != nil {
			t.Errorf("%s %s with %s: %v", r.Method, r.URL, body, err)
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := srv.HTTPClient().Transport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		checkResponse(t, in, resp)
		return resp, nil
	})
}

// checkResponse checks a response against the document and restores its body.
func checkResponse(t *testing.T, in *openapi3filter.RequestValidationInput, resp *http.Response) {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err := validator.Response(in, resp.StatusCode, resp.Header, body); err != nil {
		t.Errorf("response %d %s\n%v", resp.StatusCode, body, err)
	}
}

// The client sends each field that a request can have, the fake accepts it, and the document allows it.
func TestEveryRequestField(t *testing.T) {
	for _, op := range operations.OfClient(t, "..") {
		schema := op.Body()
		if schema == nil || len(schema.Value.Properties) == 0 {
			continue
		}
		srv, rt := checkedFake(t, kustomertest.Config{})
		c := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey))
		seen := map[string]bool{}
		r := random.New(3, 4)
		for range 20_000 {
			if len(seen) == len(paths(schema, "")) {
				break
			}
			b := op.NewBody()
			r.Value(reflect.ValueOf(b).Elem(), 0.1)
			text, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			var sent any
			if err := json.Unmarshal(text, &sent); err != nil {
				t.Fatal(err)
			}
			fields := used(sent, "")
			if !slices.ContainsFunc(fields, func(f string) bool { return !seen[f] }) || strings.Contains(string(text), `"custom"`) && seen["custom"] {
				continue
			}
			record := recordOf(t, srv, op)
			useKnown(srv, record, b)
			if _, err := op.Call(t.Context(), c, record, b); err == nil {
				for _, f := range fields {
					seen[f] = true
				}
			}
		}
		if got, want := slices.Sorted(maps.Keys(seen)), paths(schema, ""); !slices.Equal(got, want) {
			t.Errorf("%s: sent\n%v\nthe document has\n%v", op.OperationID, got, want)
		}
	}
}

// useKnown replaces references to what the fake does not have: attributes, a customer, and a revision.
func useKnown(srv *kustomertest.Server, record string, body any) {
	switch b := body.(type) {
	case *client.ConversationCreate:
		b.Custom = oneAttribute(b.Custom)
	case *client.ConversationUpdate:
		b.Custom = oneAttribute(b.Custom)
		if b.Customer != nil {
			b.Customer = new(id)
		}
		if b.Rev != nil {
			conv, _ := srv.Conversation(record)
			b.Rev = new(conv.Attributes.Rev)
		}
	}
}

// oneAttribute replaces custom attributes with one that the fake accepts.
func oneAttribute(a client.CustomAttributes) client.CustomAttributes {
	if a == nil {
		return nil
	}
	return custom.New(custom.Str("orderNumberStr").Set("A-10045"))
}

// paths lists the properties of a schema, including nested ones.
func paths(s *openapi3.SchemaRef, prefix string) []string {
	var all []string
	for name, p := range s.Value.Properties {
		all = append(all, prefix+name)
		all = append(all, paths(p, prefix+name+".")...)
		if p.Value.Items != nil {
			all = append(all, paths(p.Value.Items, prefix+name+".")...)
		}
	}
	slices.Sort(all)
	return all
}

// used lists the properties of a body, except the names of custom attributes.
func used(v any, prefix string) []string {
	var all []string
	switch v := v.(type) {
	case map[string]any:
		for name, p := range v {
			all = append(all, prefix+name)
			if name != "custom" {
				all = append(all, used(p, prefix+name+".")...)
			}
		}
	case []any:
		for _, item := range v {
			all = append(all, used(item, prefix)...)
		}
	}
	return all
}

// A special is a request that is not among the examples of the document. In some configuration, the fake responds with the
// status.
type special struct {
	value  string // of the path parameter; that of a record by default
	query  string
	body   string
	status int
}

// specials are requests by method and path.
var specials = map[string][]special{
	"POST /v1/customers/{id}/conversations": {
		{body: `{"externalId":"a","custom":{"orderNumberStr":"x"},"queue":{"id":"q"}}`, status: 201},
		{body: `{"externalId":"a","createdAt":"2021-05-04T08:00:00Z","defaultLang":null}`, status: 409},
	},
	"PATCH /v1/conversations/{id}": {
		{body: `{"status":"snoozed","snooze":{"status":"scheduled","time":"2026-03-03T09:00:00Z"},"subStatus":"s","sentiment":{"polarity":1,"confidence":0.5}}`, status: 200},
		{body: `{"status":"open"}`, status: 200},
		{body: `{"rev":99,"name":"n"}`, status: 409},
		{body: `{"custom":{"otherStr":"x"}}`, status: 400},
		{body: `{"name":null,"satisfaction":0.5,"tags":["a","b"],"assignedUsers":["u"]}`, status: 200},
	},
	"POST /v1/conversations/{id}/tags":   {{body: `["vip","` + id + `"]`, status: 200}},
	"DELETE /v1/conversations/{id}/tags": {{body: `["vip","` + id + `"]`, status: 200}},
	"GET /v1/conversations/{id}":         {{value: "a,b", status: 400}},
	"GET /v1/customers/{id}":             {{value: "a,b", status: 400}},
	"GET /v1/customers/{id}/conversations": {
		{query: "pageSize=1", status: 200},
		{query: "page=2&pageSize=1&fromDate=2020-03-01T00:00:00Z", status: 200},
		{query: "page=99", status: 200},
		{query: "pageSize=101", status: 400},
		{query: "fromDate=yesterday", status: 400},
	},
}

// invalid is a body that no operation accepts.
const invalid = `{"noSuchField":1}`

// configs are fakes that respond in different ways.
var configs = []kustomertest.Config{
	{}, {Roles: []string{"org.permission.none"}}, {KeyPod: "prod2"}, {APIKey: "other"}, {OrgLimit: 1}, {ObjectLimit: 1}, {CreateLimit: 1},
	{ResetHeader: kustomertest.ResetAlways}, {UniqueExternalIDs: true}, {IdempotentExternalIDs: true}, {Attributes: kustomertest.Attributes("orderNumberStr")},
	{BareResponses: true}, {LookupLag: time.Hour}, {ListLimit: 1}, {ListLimit: 1, EmptyBeyondListLimit: true},
}

// Every response of the fake is valid according to the document, and the fake sends each documented status. Three of them are
// required only if a special request expects them: 409, 413, and 400 for a request without a body.
func TestFakeRespondsAsDocumented(t *testing.T) {
	for _, op := range operations.OfClient(t, "..") {
		t.Run(op.OperationID, func(t *testing.T) {
			seen := map[int]bool{}
			for _, cfg := range configs {
				for _, fault := range []kustomertest.Fault{{}, kustomertest.Status(500, `{"errors":[{"status":"500","code":"x","title":"y"}]}`), kustomertest.EdgeHTML(502), kustomertest.EdgeHTML(503)} {
					respondAsDocumented(t, op, cfg, fault, seen)
				}
			}
			want := map[int]bool{}
			for declared := range op.Responses.Map() {
				status, _ := strconv.Atoi(strings.ReplaceAll(declared, "X", "0"))
				want[status] = status != 409 && status != 413 && (status != 400 || op.Body() != nil)
			}
			for _, s := range specials[op.Method+" "+op.Path] {
				want[s.status] = true
			}
			for status, ok := range want {
				if ok && !seen[status] {
					t.Errorf("the fake sent no response with status %d, only %v", status, slices.Sorted(maps.Keys(seen)))
				}
			}
		})
	}
}

// respondAsDocumented sends all requests of an operation to a new fake, and notes the statuses of the responses.
func respondAsDocumented(t *testing.T, op operations.Operation, cfg kustomertest.Config, fault kustomertest.Fault, seen map[int]bool) {
	t.Helper()
	cfg.Customers = []string{id}
	srv := kustomertest.New(cfg)
	record := recordOf(t, srv, op)
	if fault.Status != 0 {
		fault.Times = -1
		srv.Fail(fault)
	}
	send := func(value, query, body string) {
		newRequest := func() *http.Request {
			r := op.NewRequest(t, host, kustomertest.APIKey, value)
			r.URL.RawQuery = query
			return r
		}
		in, refusal := op.Document.Request(newRequest(), []byte(body))
		r := newRequest()
		r.Body = io.NopCloser(strings.NewReader(body))
		resp, err := srv.HTTPClient().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		checkResponse(t, in, resp)
		if refusal != nil && resp.StatusCode < 400 {
			t.Errorf("the fake responds %d to what the document refuses: %v", resp.StatusCode, refusal)
		}
		seen[resp.StatusCode] = true
		if t.Failed() {
			t.Fatalf("%s %s %s with %+v", op.Method, r.URL, body, cfg)
		}
	}
	for _, s := range specials[op.Method+" "+op.Path] {
		send(cmp.Or(s.value, record), s.query, cmp.Or(s.body, op.Examples()[0]))
	}
	for _, example := range op.Examples() {
		send(record, "", example)
		send("unknown", "", example)
	}
	if op.OfCustomer() && op.Parameter().Name == "id" {
		send(srv.AddCustomer(), "", op.Examples()[0]) // without data
	}
	if op.Body() != nil {
		send(record, "", invalid)
	}
}

// The recorded and documented samples of responses are valid according to the document.
func TestSamplesAsDocumented(t *testing.T) {
	files, err := filepath.Glob("../*/testdata/*/*.json") // of client and fake
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := operations.OfClient(t, "..")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var sample struct {
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
		if err := json.Unmarshal(data, &sample); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file, "metadata") {
			continue // TestMetadataSampleAsDocumented checks it
		}
		h := http.Header{}
		for k, v := range sample.Headers {
			h.Set(k, v)
		}
		checked := false
		for _, op := range all {
			if sample.Status < 300 && (sample.Status != op.Success() || op.Result() != resultOf(t, sample.Body)) {
				continue
			}
			in, err := op.Document.Request(op.NewRequest(t, host, "key", id), []byte(op.Examples()[0]))
			if err != nil {
				t.Fatal(err)
			}
			if err := validator.Response(in, sample.Status, h, sample.Body); err != nil {
				t.Errorf("%s, %s: %v", file, op.OperationID, err)
			}
			checked = true
		}
		if !checked {
			t.Errorf("%s: no operation has this response", file)
		}
	}
}

// resultOf returns the type that a method of the client makes of the body of a response.
func resultOf(t *testing.T, body []byte) reflect.Type {
	t.Helper()
	var one struct{ Data struct{ Type string } }
	if json.Unmarshal(body, &one) != nil {
		return reflect.TypeFor[[]*client.Conversation]()
	}
	switch one.Data.Type {
	case "conversation":
		return reflect.TypeFor[*client.Conversation]()
	case "customer":
		return reflect.TypeFor[*client.Customer]()
	}
	t.Fatalf("contract/fake_test.go: what does the client make of data of the type %q?", one.Data.Type)
	return nil
}

// The fake refuses the bodies that the document does not allow, and no others, including bodies that no typed client sends.
func TestFakeAndDocumentAgree(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, OrgLimit: -1, CreateLimit: -1})
	server := httptest.NewServer(srv)
	defer server.Close()
	for _, op := range operations.OfClient(t, "..") {
		if op.Body() == nil {
			continue
		}
		record := recordOf(t, srv, op)
		r := random.New(5, 6)
		valid := 0
		for i := range bodies / 2 {
			body, err := json.Marshal(r.Near(op.Body()))
			if err != nil {
				t.Fatal(err)
			}
			_, refusal := op.Document.Request(op.NewRequest(t, host, "key", record), body)
			req := op.NewRequest(t, server.URL, kustomertest.APIKey, record)
			req.Body = io.NopCloser(bytes.NewReader(body))
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			// 404 and 409 mean that the body is valid, but refers to a record that does not exist, or that exists already.
			if ok := resp.StatusCode != 400; ok != (refusal == nil) {
				t.Fatalf("%s, body %d:\n%s\nfake: %d %s\ndocument: %v", op.OperationID, i, body, resp.StatusCode, text, refusal)
			}
			if refusal == nil {
				valid++
			}
			srv.ResetRequests()
		}
		t.Logf("%s: %d of %d bodies are valid", op.OperationID, valid, bodies/2)
		if valid < bodies/100 || valid > bodies*49/100 {
			t.Errorf("%s: %d of %d bodies are valid: too few or too many for a test", op.OperationID, valid, bodies/2)
		}
	}
}

func TestFakeRefusesWhatTheFilterMisses(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for _, body := range []string{`{"name":"a","name":"b"}`, `{"queue":{"id":"a","id":"b"}}`, `{} {}`, `{}x`, ``, "{\"name\":\"\xff\"}"} {
		req := newRequest(t, "POST", "/v1/customers/"+id+"/conversations")
		req.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
		req.Body = io.NopCloser(strings.NewReader(body))
		resp, err := srv.HTTPClient().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 400 || len(srv.Conversations()) > 0 {
			t.Errorf("%q gets %d", body, resp.StatusCode)
		}
	}
}
