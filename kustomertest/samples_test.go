package kustomertest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

const (
	sampleCustomer     = "65f0a1b2c3d4e5f600000002"
	sampleConversation = "65f0a1b2c3d4e5f600000003"
)

// shapeOf lists the paths of a JSON value with their types. All items of a list have the same path.
func shapeOf(v any) []string {
	var paths []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		paths = append(paths, fmt.Sprintf("%s %s", path, jsonType(v)))
		switch v := v.(type) {
		case map[string]any:
			for name, item := range v {
				walk(path+"/"+name, item)
			}
		case []any:
			for _, item := range v {
				walk(path+"[]", item)
			}
		}
	}
	walk("", v)
	slices.Sort(paths)
	return slices.Compact(paths)
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// sameShape compares keys and JSON types. If exactly is set, the response must not have more than the sample.
func sameShape(t *testing.T, got, want any, exactly bool) {
	t.Helper()
	g, w := shapeOf(got), shapeOf(want)
	for _, p := range w {
		if !slices.Contains(g, p) {
			t.Errorf("the response lacks %s", p)
		}
	}
	for _, p := range g {
		if exactly && !slices.Contains(w, p) {
			t.Errorf("the response has %s, but the sample does not", p)
		}
	}
}

// replay sends the request of a sample.
func replay(t *testing.T, name string, srv *kustomertest.Server) (sample, reply) {
	t.Helper()
	s := readSample(t, name)
	r := send(t, srv, s.Request.Method, s.Request.Path, string(s.Request.Body))
	if r.status != s.Status {
		t.Fatalf("status %d, want %d: %s", r.status, s.Status, r.text)
	}
	sameHeaders(t, r, s)
	return s, r
}

// sameHeaders compares headers. The values of rate-limit headers may differ.
func sameHeaders(t *testing.T, r reply, s sample) {
	t.Helper()
	for name, value := range s.Headers {
		got := r.header.Get(name)
		if got == "" || !strings.HasPrefix(name, "x-ratelimit") && got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
	if r.header.Get("x-amz-cf-id") == "" {
		t.Error("header x-amz-cf-id is missing")
	}
}

func sampleServer(t *testing.T, cfg kustomertest.Config) *kustomertest.Server {
	cfg.Customers = []string{sampleCustomer}
	srv := kustomertest.New(cfg)
	want(t, srv, 201, "POST", "/v1/customers/"+sampleCustomer+"/conversations",
		`{"id":"`+sampleConversation+`","externalId":"order-10045","name":"Damaged parcel"}`)
	return srv
}

func TestCreateHasTheShapeOfTheSample(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{sampleCustomer}})
	s, r := replay(t, "responses/create-conversation-201.json", srv)
	sameShape(t, r.body, s.Body, true)
}

func TestAppendHasTheShapeOfTheSample(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	want(t, srv, 200, "POST", "/v1/conversations/"+sampleConversation+"/tags", `["old"]`)
	s, r := replay(t, "responses/append-tags-200.json", srv)
	sameShape(t, r.body, s.Body, true)
	if n := len(r.attributes()["tags"].([]any)); n != 3 {
		t.Errorf("%d tags, want 3", n)
	}
}

func TestUpdateHasTheShapeOfTheSample(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	patch(t, srv, sampleConversation, `{
		"assignedUsers": ["65f0a1b2c3d4e5f600000005"], "assignedTeams": ["65f0a1b2c3d4e5f600000006"],
		"queue": {"id": "65f0a1b2c3d4e5f600000007"}, "subStatus": "65f0a1b2c3d4e5f600000022",
		"custom": {
			"oldFieldStr": "to be cleared", "itemCountNum": 3, "lastOrderAt": "2026-02-27T19:00:00+01:00", "vipBool": true,
			"orderUrl": "https://shop.example/orders/10045", "notesTxt": "left at the door\nbox was wet",
			"contactReasonTree": "delivery.damaged_parcel", "primaryOrderId": "65f0a1b2c3d4e5f600000030",
			"legacyCodeStr": "", "@acmeReturnsRmaStr": "RMA-7"
		}}`)
	s, r := replay(t, "responses/update-conversation-200-custom.json", srv)
	sameShape(t, r.body, s.Body, true)
	equal(t, "custom", r.custom(), object(object(object(s.Body["data"])["attributes"])["custom"]))
}

// Real responses have more attributes than the reference shows, so the response may have more.
func TestUpdateHasWhatTheReferenceShows(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	patch(t, srv, sampleConversation,
		`{"queue":{"external":"amazon-connect"},"sentiment":{"polarity":1,"confidence":0.5},"status":"done"}`)
	s, r := replay(t, "responses/official-minimal-shape-200.json", srv)
	sameShape(t, r.body, s.Body, false)
}

func TestMetadataHasTheShapeOfTheSample(t *testing.T) {
	srv := kustomertest.New(
		kustomertest.Config{Attributes: map[string]kustomertest.Attribute{
			"orderNumberStr":       {},
			"refundNum":            {},
			"vipBool":              {},
			"lastOrderAt":          {},
			"channelPreferenceStr": {Enumeration: []string{"email", "phone", "chat"}},
			"productsStr":          {List: true, Enumeration: []string{"a", "b", "c"}},
			"primaryOrderId":       {Target: "kobject.order"},
			"ordersId":             {Target: "kobject.order", List: true},
			"contactReasonTree": {Tree: []kustomertest.Node{
				{ID: "delivery", Children: []kustomertest.Node{{ID: "damaged_parcel"}}}, {ID: "billing"},
			}},
			"oldFieldStr": {Deleted: true},
		}},
	)
	s, r := replay(t, "responses/metadata-conversation-200.json", srv)
	// The fake does not keep who changed a definition, and when.
	properties := object(object(object(s.Body["data"])["attributes"])["properties"])
	for _, name := range []string{"modifiedBy", "modifiedAt", "updatedAt"} {
		delete(object(properties["channelPreferenceStr"]), name)
	}
	sameShape(t, r.body, s.Body, true)
	for name, p := range object(r.attributes()["properties"]) {
		equal(t, "type of "+name, object(p)["type"], object(properties[name])["type"])
	}
	equal(t, "displayName", object(object(r.attributes()["properties"])["orderNumberStr"])["displayName"], "Order Number")
}

func TestMetadataListsWhatWasUsed(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	id := srv.AddConversation(srv.AddCustomer())
	equal(t, "properties", want(t, srv, 200, "GET", "/v1/metadata/conversation", "").attributes()["properties"], map[string]any{})
	patch(t, srv, id, `{"custom":{"orderNumberStr":"A-1","productsStr":["a"]}}`)
	patch(t, srv, id, `{"custom":{"productsStr":null}}`)
	equal(t, "properties", want(t, srv, 200, "GET", "/v1/metadata/conversation", "").attributes()["properties"],
		map[string]any{"orderNumberStr": map[string]any{"type": "string", "displayName": "Order Number"},
			"productsStr": map[string]any{"type": "string", "displayName": "Products", "array": true}})
}
