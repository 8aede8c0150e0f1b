package kustomertest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestErrorSamples(t *testing.T) {
	const conv, missing = "/v1/conversations/" + sampleConversation, "/v1/customers/65f0a1b2c3d4e5f6ffffffff"
	update := func(body string) func(*testing.T) reply {
		return func(t *testing.T) reply { return send(t, sampleServer(t, kustomertest.Config{}), "PATCH", conv, body) }
	}
	for name, provoke := range map[string]func(*testing.T) reply{
		"400-undefined-custom-attribute": func(t *testing.T) reply {
			srv := sampleServer(t, kustomertest.Config{Attributes: kustomertest.Attributes("orderNumberStr")})
			return send(t, srv, "PATCH", conv, `{"custom":{"notDefinedThing":1}}`)
		},
		"400-documented-shape": update(`{`),
		"400-sub-errors":       update(`{"priority":9,"nmae":"x"}`),
		"404-not-found": func(t *testing.T) reply {
			return send(t, kustomertest.New(kustomertest.Config{}), "GET", missing, "")
		},
		"401-wrong-region": func(t *testing.T) reply {
			return send(t, kustomertest.New(kustomertest.Config{KeyPod: "prod2"}), "GET", "/v1/users/current", "")
		},
		"429-org-limit": func(t *testing.T) reply {
			srv := kustomertest.New(kustomertest.Config{OrgLimit: 1})
			srv.Spend(1)
			return send(t, srv, "GET", "/v1/users/current", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := readSample(t, "errors/"+name+".json"), provoke(t)
			if r.status != s.Status {
				t.Fatalf("status %d, want %d", r.status, s.Status)
			}
			sameHeaders(t, r, s)
			sameShape(t, r.body, s.Body, true)
			if name != "400-documented-shape" && name != "400-sub-errors" {
				equal(t, "body", r.body, s.Body)
			}
		})
	}
}

func TestRateHeadersOfRefusals(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{APIKey: "other"})
	for range 2 {
		r := want(t, srv, 401, "GET", "/v1/users/current", "")
		equal(t, "remaining", r.header.Get("x-ratelimit-remaining"), "1000")
	}
}

func TestKeyOfAnotherRegionGetsNoRateHeaders(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{KeyPod: "prod2"})
	r := want(t, srv, 401, "GET", "/v1/users/current", "")
	if r.header.Get("x-ratelimit-limit") != "" {
		t.Error("the response to a key of another region has rate-limit headers")
	}
}

func TestRefusedBodies(t *testing.T) {
	const update, appending, create = "PATCH /v1/conversations/" + sampleConversation,
		"POST /v1/conversations/" + sampleConversation + "/tags", "POST /v1/customers/" + sampleCustomer + "/conversations"
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat(`"%d",`, n), ",") }
	number := func(format string, n int) string {
		var args []any
		for i := range n {
			args = append(args, i)
		}
		return fmt.Sprintf(format, args...)
	}
	tests := []struct{ name, call, body, parameter string }{
		{"empty", create, ` `, ""},
		{"invalid JSON", update, `{"name":}`, ""},
		{"data after the value", update, `{"name":"a"} {}`, ""},
		{"duplicate key", update, `{"name":"a","name":"b"}`, ""},
		{"duplicate key inside", update, `{"custom":{"aStr":"a","aStr":"b"}}`, ""},
		{"invalid UTF-8", update, "{\"name\":\"\xff\"}", ""},
		{"a list for an object", update, `[]`, ""},
		{"an object for a list", appending, `{}`, ""},
		{"nothing to update", update, `{}`, ""},
		{"unknown key", update, `{"nmae":"x"}`, "nmae"},
		{"key of the other operation", update, `{"importedAt":"2026-03-02T09:15:04Z"}`, "importedAt"},
		{"unknown key inside", update, `{"snooze":{"status":"scheduled","until":1}}`, "snooze.until"},
		{"required key inside", update, `{"sentiment":{"polarity":1}}`, "sentiment.confidence"},
		{"wrong type", update, `{"name":1}`, "name"},
		{"null where it is not allowed", update, `{"priority":null}`, "priority"},
		{"too long", update, `{"name":"` + strings.Repeat("é", 257) + `"}`, "name"},
		{"too large", update, `{"priority":6}`, "priority"},
		{"a fraction", update, `{"priority":1.5}`, "priority"},
		{"enum", update, `{"status":"closed"}`, "status"},
		{"a new conversation snoozed", create, `{"status":"snoozed"}`, "status"},
		{"not a time", update, `{"endedAt":"yesterday"}`, "endedAt"},
		{"customer with others", update, `{"customer":"` + sampleCustomer + `","name":"a"}`, ""},
		{"empty queue", update, `{"queue":{}}`, "queue"},
		{"a slash in an id", update, `{"subStatus":"a/b"}`, "subStatus"},
		{"a slash in the id of a customer", update, `{"customer":"a/b"}`, "customer"},
		{"a slash in the id of a campaign", create, `{"campaign":"/"}`, "campaign"},
		{"a slash in an id inside", update, `{"queue":{"id":"a/b"}}`, "queue.id"},
		{"a slash in an id of a list", create, `{"assignedTeams":["a","a/b"]}`, "assignedTeams[1]"},
		{"an empty id", update, `{"endedBy":""}`, "endedBy"},
		{"an empty id inside", create, `{"queue":{"id":""}}`, "queue.id"},
		{"bad tag", appending, `["a,b"]`, "[0]"},
		{"duplicate tag", appending, `["a","a"]`, "[1]"},
		{"no tags", appending, `[]`, ""},
		{"too many tags", appending, number("["+many(21)+"]", 21), ""},
		{"too many custom attributes", update, number(`{"custom":{`+strings.TrimSuffix(strings.Repeat(`"a%dStr":"",`, 101), ",")+`}}`, 101), "custom"},
		{"custom is a list", update, `{"custom":[]}`, "custom"},
		{"Str", update, `{"custom":{"aStr":1}}`, "aStr"},
		{"Str too long", update, `{"custom":{"aStr":"` + strings.Repeat("é", 1025) + `"}}`, "aStr"},
		{"Str list", update, `{"custom":{"aStr":["a",1]}}`, "aStr"},
		{"Num list in a list", update, `{"custom":{"aNum":[[1]]}}`, "aNum"},
		{"Txt", update, `{"custom":{"aTxt":true}}`, "aTxt"},
		{"Num", update, `{"custom":{"aNum":"1"}}`, "aNum"},
		{"At", update, `{"custom":{"anAt":"2026-03-02"}}`, "anAt"},
		{"Bool", update, `{"custom":{"aBool":"true"}}`, "aBool"},
		{"Url", update, `{"custom":{"aUrl":"/orders/1"}}`, "aUrl"},
		{"Id", update, `{"custom":{"anId":"a/b"}}`, "anId"},
		{"Tree", update, `{"custom":{"aTree":""}}`, "aTree"},
		{"a slash in the new id", create, `{"id":"a/b"}`, "id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := sampleServer(t, kustomertest.Config{})
			before, _ := srv.Conversation(sampleConversation)
			method, path, _ := strings.Cut(tt.call, " ")
			r := want(t, srv, 400, method, path, tt.body)
			parameter, _ := object(r.firstError()["source"])["parameter"].(string)
			if parameter != tt.parameter {
				t.Errorf("source.parameter is %q, want %q: %s", parameter, tt.parameter, r.text)
			}
			if r.header.Get("x-ratelimit-remaining") != "998" {
				t.Error("the refused call did not use one request of the budget")
			}
			if after, _ := srv.Conversation(sampleConversation); string(after.Raw) != string(before.Raw) || len(srv.Conversations()) != 1 {
				t.Error("a refused call was applied")
			}
			if rec := srv.Requests()[1]; rec.Applied || rec.Status != 400 {
				t.Errorf("recorded as applied %t, status %d", rec.Applied, rec.Status)
			}
		})
	}
}

func TestAllErrorsAreReported(t *testing.T) {
	r := want(t, sampleServer(t, kustomertest.Config{Attributes: kustomertest.Attributes("aNum")}), 400, "PATCH", "/v1/conversations/"+sampleConversation,
		`{"priority":9,"snooze":{"status":"x"},"custom":{"order":1,"aNum":"1"}}`)
	equal(t, "title and detail", []any{r.firstError()["title"], r.firstError()["detail"]}, []any{"Invalid parameter", nil})
	var pointers []any
	for _, sub := range object(r.firstError()["meta"])["subErrors"].([]any) {
		pointers = append(pointers, object(object(sub)["source"])["pointer"])
	}
	equal(t, "pointers", pointers, []string{"/snooze/status", "/priority", "/custom/aNum", "/custom/order"})
}

func TestUnknownFields(t *testing.T) {
	for body, want := range map[string][]any{
		`{"nmae":"x"}`: {"Additional properties not allowed", "/additionalProperties"},
		`{"snooze":{"status":"scheduled","until":1}}`: {"is not a field of this request", nil},
		`{"priority":9}`:            {"must be at most 5", nil},
		`{"custom":{"orderStr":1}}`: {"must be a string", nil},
		`{"custom":{" ":1}}`:        {"Additional properties not allowed", "/properties/custom/additionalProperties"},
	} {
		r := send(t, sampleServer(t, kustomertest.Config{}), "PATCH", "/v1/conversations/"+sampleConversation, body)
		equal(t, "title and detail of "+body, []any{r.firstError()["title"], r.firstError()["detail"]}, want)
	}
}

func TestBodyLimit(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	body := func(n int) string { return `{"name":"a"` + strings.Repeat(" ", n-len(`{"name":"a"}`)) + `}` }
	want(t, srv, 200, "PATCH", "/v1/conversations/"+sampleConversation, body(102_400))
	r := want(t, srv, 413, "PATCH", "/v1/conversations/"+sampleConversation, body(102_401))
	equal(t, "code", r.firstError()["code"], "toolarge")
	want(t, srv, 413, "PATCH", "/v1/conversations/"+sampleConversation, body(500_000))
}

func TestContentType(t *testing.T) {
	for contentType, status := range map[string]int{
		"": 400, "text/plain": 400, "application/json; charset=utf-8": 200, "application/json-patch+json": 200,
		"application/vnd.api+json": 400,
	} {
		srv := sampleServer(t, kustomertest.Config{})
		req := newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+sampleConversation, `{"name":"a"}`)
		req.Header.Set("Content-Type", contentType)
		if r := do(t, srv, req); r.status != status {
			t.Errorf("%q: status %d, want %d", contentType, r.status, status)
		}
	}
	srv := sampleServer(t, kustomertest.Config{})
	req := newRequest(t.Context(), srv, "POST", "/v1/conversations/"+sampleConversation+"/tags", `["a"]`)
	req.Header.Set("Content-Type", "application/json-patch+json")
	equal(t, "status of tags as json-patch", do(t, srv, req).status, 400)
}

// The 404 of an operation that the fake does not serve names no parameter.
func TestEachOperationIsServed(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	for _, op := range slices.Concat(gen.Operations, related.Operations) {
		path := regexp.MustCompile(`\{.*?\}`).ReplaceAllString(op.Path, "x")
		r := send(t, srv, op.Method, path, "")
		if _, named := object(r.firstError()["source"])["parameter"]; r.status == 404 && !named || r.status == 200 {
			t.Errorf("%s %s: status %d: %s", op.Method, path, r.status, r.text)
		}
	}
}

func TestNotFound(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	for call, parameter := range map[string]string{
		"GET /v1/conversations/65f0a1b2c3d4e5f6ffffffff":                          "id",
		"PATCH /v1/conversations/65f0a1b2c3d4e5f6ffffffff {\"name\":\"a\"}":       "id",
		"POST /v1/conversations/65f0a1b2c3d4e5f6ffffffff/tags [\"a\"]":            "id",
		"POST /v1/customers/65f0a1b2c3d4e5f6ffffffff/conversations {}":            "id",
		"PATCH /v1/conversations/" + sampleConversation + " {\"customer\":\"x\"}": "customer",
		"GET /v1/conversations/externalId=none":                                   "externalId",
		"GET /v1/conversations/..":                                                "id",
		"GET /v1/conversations/a%2Fb":                                             "id",
		"GET /v1/conversations/":                                                  "",
		"GET /v1/conversations/externalId=":                                       "id",
		"POST /v1/conversations {}":                                               "",
		"DELETE /v1/conversations/" + sampleConversation:                          "",
		"GET /v1/customers/65f0a1b2c3d4e5f6ffffffff":                              "id",
		"GET /v1/customers/65f0a1b2c3d4e5f6ffffffff/conversations":                "id",
		"GET /v1/customers/email=nobody@shop.example":                             "email",
		"GET /v1/customers/phone=%2B14155550123":                                  "phone",
		"GET /v1/customers/externalId=none":                                       "externalId",
		"GET /v1/customers/name=none":                                             "id",
		"DELETE /v1/conversations/65f0a1b2c3d4e5f6ffffffff/tags [\"a\"]":          "id",
		"GET /v1/customers/" + sampleCustomer + "/messages":                       "",
		"GET /v2/users/current":                                                   "",
		"GET /":                                                                   "",
	} {
		parts := strings.SplitN(call, " ", 3)
		r := want(t, srv, 404, parts[0], parts[1], strings.Join(parts[2:], ""))
		got, _ := object(r.firstError()["source"])["parameter"].(string)
		equal(t, "parameter of "+call, got, parameter)
	}
}
