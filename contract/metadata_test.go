package contract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/validator"
	"github.com/kustomer-go/kustomer/gen/metadata"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func loadMetadata(t testing.TB) validator.Document { return loadFile(t, "../api/metadata.yaml") }

const metadataPath = "/v1/metadata/conversation"

// metadataSample returns a response that is composed of documented and observed parts.
func metadataSample(t *testing.T) (http.Header, []byte) {
	t.Helper()
	data, err := os.ReadFile("../kustomertest/testdata/responses/metadata-conversation-200.json")
	if err != nil {
		t.Fatal(err)
	}
	var sample struct {
		Headers map[string]string
		Body    json.RawMessage
	}
	if err := json.Unmarshal(data, &sample); err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for k, v := range sample.Headers {
		h.Set(k, v)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, sample.Body); err != nil {
		t.Fatal(err)
	}
	return h, body.Bytes()
}

func TestMetadataSampleAsDocumented(t *testing.T) {
	d := loadMetadata(t)
	in, err := d.Request(newRequest(t, "GET", metadataPath), nil)
	if err != nil {
		t.Fatal(err)
	}
	h, body := metadataSample(t)
	if err := validator.Response(in, 200, h, body); err != nil {
		t.Error(err)
	}
	for from, to := range map[string]string{
		`"multi":true`:                 `"multi":"true"`,
		`"displayName":"Billing"`:      `"displayName":7`,
		`["email","phone","chat"]`:     `["email",7]`,
		`"id":"conversation"`:          `"name":"conversation"`,
		`"tree":{"children":[`:         `"tree":{"children":[[],`,
		`"2025-06-01T00:00:00.000Z"`:   `"June"`,
		`"properties":{"orderNumberSt`: `"properties":{"x":[],"orderNumberSt`,
	} {
		if n := bytes.Count(body, []byte(from)); n != 1 {
			t.Fatalf("the sample has %s %d times, want once", from, n)
		}
		if validator.Response(in, 200, h, bytes.Replace(body, []byte(from), []byte(to), 1)) == nil {
			t.Errorf("%s is accepted", to)
		}
	}
}

// Values that were observed and that the reference does not show.
func TestMetadataOddities(t *testing.T) {
	d := loadMetadata(t)
	in, err := d.Request(newRequest(t, "GET", metadataPath), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, attribute := range []string{
		`{}`, `{"enumeration":false}`, `{"enumeration":null}`, `{"tree":{}}`, `{"tree":{"children":null}}`, `{"tree":{"children":[{}]}}`,
		`{"type":null,"displayName":null,"enumeration":null,"target":null,"multi":null,"array":null,"tree":null,"lastNodeRequired":null,` +
			`"hasSensitiveAttributes":null,"modifiedBy":null,"modifiedAt":null,"updatedAt":null,"deletedBy":null,"deletedAt":null}`,
		`{"type":"tree","somethingNew":{"a":1}}`,
	} {
		body := []byte(`{"data":{"type":"metadata","id":"conversation","attributes":{"properties":{"a":` + attribute + `}}}}`)
		if err := validator.Response(in, 200, http.Header{"Content-Type": {"application/json"}}, body); err != nil {
			t.Errorf("%s: %v", attribute, err)
		}
		var response metadata.Response
		if err := json.Unmarshal(body, &response); err != nil {
			t.Errorf("%s: %v", attribute, err)
		}
	}
}

func TestMetadataSampleDecoded(t *testing.T) {
	_, body := metadataSample(t)
	var got metadata.Response
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	user, changed, deleted := raw(`"65f0a1b2c3d4e5f600000005"`), raw(`"2026-01-01T00:00:00.000Z"`), raw(`"2025-06-01T00:00:00.000Z"`)
	want := metadata.Response{Data: metadata.Resource{
		Type: "metadata",
		ID:   "conversation",
		Attributes: metadata.ResourceAttributes{Properties: map[string]metadata.Attribute{
			"orderNumberStr": {Type: "string", DisplayName: "Order Number"},
			"refundNum":      {Type: "number", DisplayName: "Refund"},
			"vipBool":        {Type: "boolean", DisplayName: "VIP"},
			"lastOrderAt":    {Type: "date", DisplayName: "Last Order"},
			"channelPreferenceStr": {Type: "string", DisplayName: "Preferred channel", Enumeration: raw(`["email","phone","chat"]`),
				ModifiedBy: user, ModifiedAt: changed, UpdatedAt: changed},
			"productsStr":    {Type: "string", DisplayName: "Products", Array: true, Enumeration: raw(`["a","b","c"]`)},
			"primaryOrderId": {Type: "string", DisplayName: "Order", Target: "kobject.order"},
			"ordersId":       {Type: "string", DisplayName: "Orders", Target: "kobject.order", Multi: true},
			"contactReasonTree": {Type: "tree", DisplayName: "Contact reason", Tree: metadata.Tree{Children: []metadata.TreeNode{
				{ID: "delivery", DisplayName: "Delivery", Children: []metadata.TreeNode{{ID: "damaged_parcel", DisplayName: "Damaged parcel"}}},
				{ID: "billing", DisplayName: "Billing"},
			}}},
			"oldFieldStr": {Type: "string", DisplayName: "Old", DeletedAt: deleted, DeletedBy: user},
		}},
		Relationships: raw(`{"org":{"links":{"self":"/v1/orgs/65f0a1b2c3d4e5f600000001"},"data":{"type":"org","id":"65f0a1b2c3d4e5f600000001"}}}`),
		Links:         raw(`{"self":"/v1/metadata/conversation"}`),
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("decoded\n%+v\nwant\n%+v", got, want)
	}
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

// A property that is not needed does not prevent reading the others, whatever its type.
func TestMetadataBookkeepingOfAnyType(t *testing.T) {
	for _, name := range []string{"hasSensitiveAttributes", "modifiedBy", "modifiedAt", "updatedAt", "deletedBy", "deletedAt", "enumeration"} {
		for _, value := range []string{`null`, `true`, `7`, `""`, `"yesterday"`, `{"id":"x"}`, `[[]]`} {
			var got metadata.Attribute
			if err := json.Unmarshal([]byte(`{"type":"string","`+name+`":`+value+`,"target":"kobject.order"}`), &got); err != nil {
				t.Errorf("%s %s: %v", name, value, err)
			}
			field := reflect.ValueOf(got).FieldByName(strings.ToUpper(name[:1]) + name[1:])
			if kept := string(field.Bytes()); kept != value || got.Type != "string" || got.Target != "kobject.order" {
				t.Errorf("%s %s: decoded as %+v", name, value, got)
			}
		}
	}
}

// The kinds of record that the path may have, and values that could change the path.
func TestMetadataResource(t *testing.T) {
	d := loadMetadata(t)
	for resource, ok := range map[string]bool{
		"company": true, "conversation": true, "customer": true, "message": true, "kobject.order": true, "kobject.acme_shop-order": true,
		"kobject": false, "kobject.": false, "orders": false, "conversation%20": false, "kobject.a%3Fb": false, "kobject.%2e%2e%2Forgs": false, "Conversation": false,
	} {
		if _, err := d.Request(newRequest(t, "GET", "/v1/metadata/"+resource), nil); (err == nil) != ok {
			t.Errorf("%s: %v", resource, err)
		}
	}
}

// The fake's definitions are valid according to the document, and the client decodes them into the models.
func TestFakeMetadataAsDocumented(t *testing.T) {
	_, rt := checkedFake(t,
		kustomertest.Config{Attributes: map[string]kustomertest.Attribute{
			"carrierStr": {Enumeration: []string{"post", "courier"}},
			"ordersId":   {List: true, Target: "kobject.order"},
			"damagesStr": {List: true},
			"oldTxt":     {Deleted: true},
			"reasonTree": {LeafOnly: true, Tree: []kustomertest.Node{
				{ID: "delivery", Children: []kustomertest.Node{{ID: "lost"}}}}},
		}},
	)
	r, err := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey)).Do(t.Context(), "GET", metadataPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	var response metadata.Response
	if err := r.Decode(&response); err != nil {
		t.Fatal(err)
	}
	got := response.Data.Attributes.Properties
	tree := got["reasonTree"].Tree.Children
	switch {
	case len(got) != 5, string(got["carrierStr"].Enumeration) != `["post","courier"]`, !got["ordersId"].Multi, got["ordersId"].Target != "kobject.order",
		!got["damagesStr"].Array, len(got["oldTxt"].DeletedAt) == 0, !got["reasonTree"].LastNodeRequired,
		len(tree) != 1, tree[0].ID != "delivery", len(tree[0].Children) != 1, tree[0].Children[0].ID != "lost":
		t.Errorf("the client got %+v", got)
	}
}

// The fake's refusals are valid according to the document.
func TestFakeRefusesMetadataAsDocumented(t *testing.T) {
	for name, test := range map[string]struct {
		opt   kustomertest.Config
		calls []int // the status of each
	}{
		"no budget":   {kustomertest.Config{OrgLimit: 1}, []int{200, 429}},
		"another key": {kustomertest.Config{APIKey: "other"}, []int{401}},
		"no role":     {kustomertest.Config{Roles: []string{"org.permission.conversation.read"}}, []int{403}},
	} {
		_, rt := checkedFake(t, test.opt)
		for _, status := range test.calls {
			r := newRequest(t, "GET", metadataPath)
			r.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
			resp, err := rt.RoundTrip(r)
			if err != nil || resp.StatusCode != status {
				t.Errorf("%s: %v, %v", name, resp, err)
			}
		}
	}
}
