package kustomertest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The fake refuses the same values as the organisation of the sample.
func TestMetadata(t *testing.T) {
	sample, err := os.ReadFile(filepath.Join("testdata", "responses", "metadata-conversation-200.json"))
	if err != nil {
		t.Fatal(err)
	}
	srv := kustomertest.New(kustomertest.Config{Metadata: sample})
	id := srv.AddConversation(srv.AddCustomer())
	for custom, want := range map[string]string{
		`{"orderNumberStr":"A-1","refundNum":1.5,"vipBool":true,"lastOrderAt":"2026-01-02T03:04:05Z"}`: "",
		`{"channelPreferenceStr":"email","productsStr":["a","c"],"productsStrr":null}`:                 "productsStrr",
		`{"channelPreferenceStr":"fax"}`: "channelPreferenceStr must be one of email, phone, chat",
		`{"productsStr":["a","d"]}`:      "productsStr item 1 must be one of a, b, c",
		`{"productsStr":"a"}`:            "productsStr must be a list",
		`{"primaryOrderId":"65f0a1b2c3d4e5f600000009","ordersId":["65f0a1b2c3d4e5f600000009"]}`: "",
		`{"primaryOrderId":["65f0a1b2c3d4e5f600000009"]}`:                                       "primaryOrderId must be a string",
		`{"contactReasonTree":"delivery.damaged_parcel"}`:                                       "",
		`{"contactReasonTree":"delivery"}`:                                                      "",
		`{"contactReasonTree":"delivery.lost"}`:                                                 "contactReasonTree must be a path in the tree",
		`{"oldFieldStr":"x"}`:                                                                   "oldFieldStr",
		`{"orderNumberTxt":"x"}`:                                                                "orderNumberTxt",
		`{"orderNumberStr":null,"channelPreferenceStr":null,"contactReasonTree":null}`:          "",
	} {
		r := send(t, srv, "PATCH", "/v1/conversations/"+id, `{"custom":`+custom+`}`)
		if want == "" {
			if r.status != 200 {
				t.Errorf("%s: %d %s", custom, r.status, r.text)
			}
			continue
		}
		parameter, title, _ := strings.Cut(want, " ")
		source := object(r.firstError()["source"])
		if got := fmt.Sprint(r.firstError()["title"]); r.status != 400 || source["parameter"] != parameter || title != "" && got != title {
			t.Errorf("%s: %d %s", custom, r.status, r.text)
		}
	}
}

// The metadata of a fake configures another fake in the same way.
func TestMetadataComesBack(t *testing.T) {
	first := kustomertest.New(
		kustomertest.Config{Attributes: map[string]kustomertest.Attribute{
			"orderNumberStr": {},
			"@acmeThing":     {},
			"oldStr":         {Deleted: true},
			"ordersId":       {List: true, Target: "kobject.order"},
			"codesNum":       {List: true, DisplayName: "Codes"},
			"wayStr":         {Enumeration: []string{"a", "b"}},
			"reasonTree":     {LeafOnly: true, Tree: []kustomertest.Node{{ID: "a", Children: []kustomertest.Node{{ID: "b"}}}}},
		}},
	)
	response := send(t, first, "GET", "/v1/metadata/conversation", "")
	second := kustomertest.New(kustomertest.Config{Metadata: []byte(response.text)})
	again := send(t, second, "GET", "/v1/metadata/conversation", "")
	properties := func(r reply) string {
		all := object(r.attributes()["properties"])
		for _, p := range all {
			delete(object(p), "deletedAt")
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got, want := properties(again), properties(response); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Allowed values need not be strings.
func TestValuesOtherThanStrings(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Metadata: []byte(`{"data":{"attributes":{"properties":{
		"sizeNum":{"enumeration":["1","2.5"]},"agreedBool":{"enumeration":["true"]},"dueAt":{},"linkUrl":{}}}}}`)})
	id := srv.AddConversation(srv.AddCustomer())
	for custom, want := range map[string]int{
		`{"sizeNum":1}`:     200,
		`{"sizeNum":2.50}`:  200,
		`{"sizeNum":3}`:     400,
		`{"sizeNum":1e400}`: 400,
		`{"sizeNum":null}`:  200,
		`{"agreedBool":true,"dueAt":"2026-01-01t00:00:00z","linkUrl":"https://example.com"}`: 200,
		`{"agreedBool":false}`:                  400,
		`{"dueAt":"2026-01-01T00:00:00,5Z"}`:    400,
		`{"dueAt":"2026-01-01T3:00:00Z"}`:       400,
		`{"dueAt":"2026-01-01T00:00:00+10:60"}`: 400,
		`{"linkUrl":"https:"}`:                  400,
		`{"linkUrl":"http://a\\b"}`:             400,
		`{"linkUrl":"http://a\"b"}`:             400,
		`{"linkUrl":"http://a/ü"}`:              400,
		`{"linkUrl":"http://a/{}"}`:             400,
		`{"linkUrl":"localhost:8080"}`:          400,
		`{"linkUrl":"mailto:anna@example.com"}`: 200,
	} {
		if r := send(t, srv, "PATCH", "/v1/conversations/"+id, `{"custom":`+custom+`}`); r.status != want {
			t.Errorf("%s: %d %s", custom, r.status, r.text)
		}
	}
	if c, _ := srv.Conversation(id); string(c.Attributes.Custom["dueAt"].Raw()) != `"2026-01-01T00:00:00.000Z"` {
		t.Errorf("the date is %s", c.Attributes.Custom["dueAt"])
	}
}

func TestMetadataOfSomethingElse(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); text != `kustomertest: Config.Metadata: this is the metadata of "customer", but the response of GET /v1/metadata/conversation was expected` {
			t.Error(text)
		}
	}()
	kustomertest.New(kustomertest.Config{Metadata: []byte(`{"data":{"type":"metadata","id":"customer","attributes":{"properties":{}}}}`)})
}

// PowerShell writes files with a byte order mark or in UTF-16.
func TestMetadataWithAByteOrderMark(t *testing.T) {
	const response = `{"data":{"attributes":{"properties":{"aStr":{}}}}}`
	srv := kustomertest.New(kustomertest.Config{Metadata: []byte("\xef\xbb\xbf" + response)})
	if r := send(t, srv, "PATCH", "/v1/conversations/"+srv.AddConversation(srv.AddCustomer()), `{"custom":{"bStr":"x"}}`); r.status != 400 {
		t.Errorf("an attribute that is not defined: %d", r.status)
	}
	defer func() {
		if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "kustomertest: Config.Metadata: this is UTF-16, which PowerShell writes by default: save it as UTF-8") {
			t.Error(text)
		}
	}()
	kustomertest.New(kustomertest.Config{Metadata: []byte("\xff\xfe{\x00}\x00")})
}

func TestAttributesOfTheConfig(t *testing.T) {
	metadata := []byte(`{"data":{"attributes":{"properties":{"aStr":{},"bStr":{}}}}}`)
	for _, test := range []struct {
		name    string
		config  kustomertest.Config
		allowed string
	}{
		{"none defined", kustomertest.Config{}, "aStr bStr cStr"},
		{"an empty map", kustomertest.Config{Attributes: kustomertest.Attributes()}, ""},
		{"names", kustomertest.Config{Attributes: kustomertest.Attributes("cStr")}, "cStr"},
		{"metadata", kustomertest.Config{Metadata: metadata}, "aStr bStr"},
		{"both", kustomertest.Config{Metadata: metadata, Attributes: map[string]kustomertest.Attribute{"bStr": {Deleted: true}, "cStr": {}}}, "aStr cStr"},
	} {
		srv, id := newConversation(t, test.config)
		for _, name := range []string{"aStr", "bStr", "cStr"} {
			r := send(t, srv, "PATCH", "/v1/conversations/"+id, `{"custom":{"`+name+`":"x"}}`)
			if allowed := strings.Contains(test.allowed, name); allowed != (r.status == 200) {
				t.Errorf("%s: %s gets %d", test.name, name, r.status)
			}
		}
	}
}
