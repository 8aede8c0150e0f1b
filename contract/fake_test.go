package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/judge"
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// judged returns a fake whose every request and answer, on its way between a client and the fake, is held against the
// document. Answers of a status that the document leaves open are allowed.
func judged(t *testing.T, d judge.Document, cfg kustomertest.Config) (*kustomertest.Server, http.RoundTripper) {
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
		in, err := d.Request(r.Clone(r.Context()), body)
		if err != nil {
			t.Errorf("%s %s with %s: %v", r.Method, r.URL, body, err)
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := srv.HTTPClient().Transport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		judgeAnswer(t, d, in, resp)
		return resp, nil
	})
}

// judgeAnswer holds an answer against the document and puts its body back.
func judgeAnswer(t *testing.T, d judge.Document, in *openapi3filter.RequestValidationInput, resp *http.Response) {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err := d.Response(in, resp.StatusCode, resp.Header, body); err != nil {
		t.Errorf("answer %d %s\n%v", resp.StatusCode, body, err)
	}
}

// Every field that a request can have is sent by the client, understood by the fake, and allowed by the document.
func TestEveryRequestField(t *testing.T) {
	d := load(t)
	srv, rt := judged(t, d, kustomertest.Config{})
	c := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey))
	for _, op := range []struct {
		schema string
		body   any
		call   func(body any, conversation string) error
	}{
		{"ConversationCreate", new(client.ConversationCreate), func(b any, _ string) error {
			_, err := c.CreateConversationForCustomer(t.Context(), id, *b.(*client.ConversationCreate))
			return err
		}},
		{"ConversationUpdate", new(client.ConversationUpdate), func(b any, conversation string) error {
			_, err := c.UpdateConversationAttributes(t.Context(), conversation, *b.(*client.ConversationUpdate))
			return err
		}},
	} {
		seen := map[string]bool{}
		r := random.New(3, 4)
		schema := d.Components.Schemas[op.schema]
		for range 200_000 {
			if len(seen) == len(paths(schema, "")) {
				break
			}
			b := reflect.New(reflect.TypeOf(op.body).Elem())
			r.Value(b.Elem(), 0.1)
			text, err := json.Marshal(b.Interface())
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
			// What the fake's organisation has not defined or does not have is another matter than the shape.
			conversation := srv.AddConversation(id)
			if u, ok := b.Interface().(*client.ConversationUpdate); ok {
				u.Custom = oneUnless(u.Custom)
				if u.Customer != nil {
					u.Customer = new(id)
				}
				if u.Rev != nil {
					conv, _ := srv.Conversation(conversation)
					u.Rev = new(conv.Attributes.Rev)
				}
			} else {
				cr := b.Interface().(*client.ConversationCreate)
				cr.Custom = oneUnless(cr.Custom)
			}
			if op.call(b.Interface(), conversation) == nil {
				for _, f := range fields {
					seen[f] = true
				}
			}
		}
		if got, want := slices.Sorted(maps.Keys(seen)), paths(schema, ""); !slices.Equal(got, want) {
			t.Errorf("%s: sent\n%v\nthe document has\n%v", op.schema, got, want)
		}
	}
}

// oneUnless gives a body that has custom attributes one that the fake accepts.
func oneUnless(a client.CustomAttributes) client.CustomAttributes {
	if a == nil {
		return nil
	}
	return custom.New(custom.Str("orderNumberStr").Set("A-10045"))
}

// paths lists the properties of a schema, those of properties included.
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

// used lists the properties that a body has, but for the names of custom attributes.
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

// Every answer that the fake can give to the three operations is one that the document describes.
func TestFakeAnswersAsDocumented(t *testing.T) {
	d := load(t)
	seen := map[string]bool{}
	for name, cfg := range map[string]kustomertest.Config{
		"all is well": {}, "no role": {Roles: []string{"org.permission.customer.read"}}, "another region": {KeyPod: "prod2"},
		"another key": {APIKey: "other"}, "no budget": {OrgLimit: 1}, "object limit": {ObjectLimit: 1},
		"create limit": {CreateLimit: 1}, "reset always": {ResetHeader: kustomertest.ResetAlways}, "unique": {UniqueExternalIDs: true},
		"only one attribute": {Attributes: kustomertest.Attributes("orderNumberStr")},
	} {
		for _, fault := range []kustomertest.Fault{{}, kustomertest.Status(500, `{"errors":[{"status":"500","code":"x","title":"y"}]}`), kustomertest.EdgeHTML(502), kustomertest.EdgeHTML(503)} {
			cfg.Customers = []string{id}
			srv := kustomertest.New(cfg)
			conversation := srv.AddConversation(id)
			if fault.Status != 0 {
				fault.Times = -1
				srv.Fail(fault)
			}
			for _, call := range []struct{ method, path, body string }{
				{"POST", "/v1/customers/" + id + "/conversations", `{"externalId":"a","custom":{"orderNumberStr":"x"},"queue":{"id":"q"}}`},
				{"POST", "/v1/customers/" + id + "/conversations", `{"externalId":"a","createdAt":"2021-05-04T08:00:00Z","defaultLang":null}`},
				{"POST", "/v1/customers/unknown/conversations", `{}`},
				{"PATCH", "/v1/conversations/" + conversation, `{"status":"snoozed","snooze":{"status":"scheduled","time":"2026-03-03T09:00:00Z"},"subStatus":"s","sentiment":{"polarity":1,"confidence":0.5}}`},
				{"PATCH", "/v1/conversations/" + conversation, `{"status":"open"}`},
				{"PATCH", "/v1/conversations/" + conversation, `{"rev":99,"name":"n"}`},
				{"PATCH", "/v1/conversations/" + conversation, `{"custom":{"otherStr":"x"}}`},
				{"PATCH", "/v1/conversations/" + conversation, `{"name":null,"satisfaction":0.5,"tags":["a","b"],"assignedUsers":["u"]}`},
				{"PATCH", "/v1/conversations/unknown", `{"name":"n"}`},
				{"POST", "/v1/conversations/" + conversation + "/tags", `["vip","` + id + `"]`},
			} {
				r := newRequest(t, call.method, call.path)
				r.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
				in, err := d.Request(r, []byte(call.body))
				if err != nil {
					t.Fatal(err)
				}
				again := newRequest(t, call.method, call.path)
				again.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
				again.Body = io.NopCloser(strings.NewReader(call.body))
				resp, err := srv.HTTPClient().Do(again)
				if err != nil {
					t.Fatal(err)
				}
				judgeAnswer(t, d, in, resp)
				seen[call.method+" "+resp.Status[:3]] = true
				if t.Failed() {
					t.Fatalf("%s: %s %s %s", name, call.method, call.path, call.body)
				}
			}
		}
	}
	for _, want := range []string{"POST 200", "POST 201", "PATCH 200", "PATCH 400", "PATCH 401", "POST 403", "POST 404", "PATCH 404", "PATCH 409", "POST 409", "POST 429", "PATCH 429", "POST 500", "PATCH 502"} {
		if !seen[want] {
			t.Errorf("no answer was %s: %v", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// The errors and answers that were seen or are documented are ones that the document describes.
func TestSamplesAsDocumented(t *testing.T) {
	d := load(t)
	files, err := filepath.Glob("../client/testdata/*/*.json")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
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
			continue // of an operation that is in a document of its own
		}
		h := http.Header{}
		for k, v := range sample.Headers {
			h.Set(k, v)
		}
		for _, call := range []struct{ method, path, body string }{
			{"POST", "/v1/customers/" + id + "/conversations", `{}`}, {"PATCH", "/v1/conversations/" + id, `{"name":"n"}`}, {"POST", "/v1/conversations/" + id + "/tags", `["a"]`},
		} {
			in, err := d.Request(newRequest(t, call.method, call.path), []byte(call.body))
			if err != nil {
				t.Fatal(err)
			}
			success := sample.Status >= 200 && sample.Status <= 299
			if documented := in.Route.Operation.Responses.Status(sample.Status); success && documented == nil {
				continue
			}
			if err := d.Response(in, sample.Status, h, sample.Body); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// The fake refuses what the document does not allow, and nothing else, in bodies that no typed client would send.
func TestFakeAndDocumentAgree(t *testing.T) {
	d := load(t)
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, OrgLimit: -1, CreateLimit: -1})
	conversation := srv.AddConversation(id)
	handler := httptest.NewServer(srv)
	defer handler.Close()
	address, err := url.Parse(handler.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := random.New(5, 6)
	accepted := 0
	for i := range bodies {
		call := []struct{ method, path, schema string }{
			{"POST", "/v1/customers/" + id + "/conversations", "ConversationCreate"},
			{"PATCH", "/v1/conversations/" + conversation, "ConversationUpdate"},
			{"POST", "/v1/conversations/" + conversation + "/tags", "TagsToAppend"},
		}[i%3]
		body, err := json.Marshal(r.Near(d.Components.Schemas[call.schema]))
		if err != nil {
			t.Fatal(err)
		}
		_, refusal := d.Request(newRequest(t, call.method, call.path), body)
		req := newRequest(t, call.method, call.path)
		req.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
		req.URL.Scheme, req.URL.Host = address.Scheme, address.Host
		req.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := handler.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		// 404 and 409 say that the body is fine, and that what it names is not there or is there already.
		if ok := resp.StatusCode != 400; ok != (refusal == nil) {
			t.Fatalf("body %d:\n%s\nthe fake says: %d %s\nthe document says: %v", i, body, resp.StatusCode, answer, refusal)
		}
		if refusal == nil {
			accepted++
		}
		srv.ResetRequests()
	}
	t.Logf("%d of %d were allowed", accepted, bodies)
	if accepted < bodies/10 || accepted > bodies*9/10 {
		t.Errorf("%d of %d were allowed: too few or too many to tell anything", accepted, bodies)
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
			t.Errorf("%q is answered %d", body, resp.StatusCode)
		}
	}
}
