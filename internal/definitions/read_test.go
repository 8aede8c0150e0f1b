package definitions_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

const sample = "../../kustomertest/testdata/responses/metadata-conversation-200.json"

func TestSample(t *testing.T) {
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	d, err := definitions.Parse(data, "conversation")
	if err != nil {
		t.Fatal(err)
	}
	want := []definitions.Attribute{
		{Name: "channelPreferenceStr", DisplayName: "Preferred channel", Enumeration: []string{"email", "phone", "chat"}},
		{Name: "contactReasonTree", DisplayName: "Contact reason", Tree: []definitions.Node{
			{ID: "delivery", DisplayName: "Delivery", Children: []definitions.Node{{ID: "damaged_parcel", DisplayName: "Damaged parcel"}}},
			{ID: "billing", DisplayName: "Billing"},
		}},
		{Name: "lastOrderAt", DisplayName: "Last Order"},
		{Name: "oldFieldStr", DisplayName: "Old", Deleted: true},
		{Name: "orderNumberStr", DisplayName: "Order Number"},
		{Name: "ordersId", DisplayName: "Orders", Target: "kobject.order", List: true},
		{Name: "primaryOrderId", DisplayName: "Order", Target: "kobject.order"},
		{Name: "productsStr", DisplayName: "Products", List: true, Enumeration: []string{"a", "b", "c"}},
		{Name: "refundNum", DisplayName: "Refund"},
		{Name: "vipBool", DisplayName: "VIP"},
	}
	if d.Resource != "conversation" || len(d.Warnings) > 0 || !reflect.DeepEqual(d.Attributes, want) {
		t.Errorf("definitions are %+v", d)
	}
	if names := strings.Join(d.Names(), " "); strings.Contains(names, "oldFieldStr") || !strings.HasPrefix(names, "channelPreferenceStr ") {
		t.Errorf("names are %s", names)
	}
}

// properties returns a response with these properties.
func properties(text string) string {
	return `{"data":{"type":"metadata","id":"conversation","attributes":{"properties":` + text + `}}}`
}

// Each unexpected part of a definition is ignored, with a warning.
func TestUnexpectedDefinitions(t *testing.T) {
	for _, test := range []struct {
		text     string
		want     definitions.Attribute
		warnings []string
	}{
		{`{}`, definitions.Attribute{}, nil},
		{`{"type":null,"displayName":null,"enumeration":null,"tree":null,"deletedAt":null,"deletedBy":""}`, definitions.Attribute{}, nil},
		{`{"enumeration":true}`, definitions.Attribute{}, nil},
		{`{"enumeration":[]}`, definitions.Attribute{}, nil},
		{`{"enumeration":["a",null]}`, definitions.Attribute{}, []string{"x: the enumeration is not a list of strings, so any value is allowed"}},
		{`{"enumeration":["a",""]}`, definitions.Attribute{Enumeration: []string{"a", ""}}, nil},
		{`{"enumeration":["a",7]}`, definitions.Attribute{}, []string{"x: the enumeration is not a list of strings, so any value is allowed"}},
		{`{"displayName":7,"array":true}`, definitions.Attribute{List: true}, []string{"x: displayName has an unexpected type and is ignored"}},
		{`{"tree":"a","displayName":"X","multi":"yes"}`, definitions.Attribute{DisplayName: "X"}, []string{
			"x: multi has an unexpected type and is ignored", "x: tree has an unexpected type and is ignored"}},
		{`{"tree":{"children":[{"id":""},{"id":"a","deleted":true},{"id":"b","children":null}]},"lastNodeRequired":true}`,
			definitions.Attribute{Tree: []definitions.Node{{ID: "b"}}, LeafOnly: true},
			[]string{"x: a node of the tree has no id and is ignored, with its children"}},
		{`{"tree":{"children":[{"id":"b","children":[{"displayName":"none"},{"id":"c"}]}]}}`,
			definitions.Attribute{Tree: []definitions.Node{{ID: "b", Children: []definitions.Node{{ID: "c"}}}}},
			[]string{"x: a node of the tree has no id and is ignored, with its children"}},
		{`{"deletedAt":"2025-06-01T00:00:00.000Z"}`, definitions.Attribute{Deleted: true}, nil},
		{`{"deletedBy":"65f0a1b2c3d4e5f600000005"}`, definitions.Attribute{Deleted: true}, nil},
		{`"text"`, definitions.Attribute{}, []string{"x: the definition is not an object, so only its name is used"}},
		{`null`, definitions.Attribute{}, nil},
	} {
		test.want.Name = "x"
		d, err := definitions.Parse([]byte(properties(`{"x":`+test.text+`}`)), "conversation")
		if err != nil {
			t.Fatalf("%s: %v", test.text, err)
		}
		if !reflect.DeepEqual(d.Attributes, []definitions.Attribute{test.want}) || !reflect.DeepEqual(d.Warnings, test.warnings) {
			t.Errorf("%s is %+v, warnings: %q", test.text, d.Attributes, d.Warnings)
		}
	}
}

func TestOtherInput(t *testing.T) {
	const expected = ", but the response of GET /v1/metadata/conversation was expected"
	for _, test := range []struct{ text, want string }{
		{"", "this is empty"},
		{" \n", "this is empty"},
		{"<!DOCTYPE html><title>Log in</title>", "this is HTML or XML, such as a login page or an error page of a proxy"},
		{`{"errors":[{"code":"unauthorized"}]}`, `this is an error response: [{"code":"unauthorized"}]`},
		{`{"errors":["` + strings.Repeat("x", 500) + `"]}`, `this is an error response: ["` + strings.Repeat("x", 198) + "…"},
		{`{"error":"Unauthorized"}`, `this is an error: "Unauthorized"`},
		{`{"data":{"type":"conversation","id":"1"}}`, `this is a record of the type "conversation"`},
		{`{"data":{"type":"metadata","id":"customer","attributes":{"properties":{}}}}`, `this is the metadata of "customer"`},
		{`{"data":{"type":"metadata","id":"conversation"}}`, "this has no data.attributes.properties"},
		{`{"data":[]}`, "data is a JSON array"},
		{`{"data":{"attributes":{"properties":[]}}}`, "data.attributes.properties is a JSON array"},
		{`{}`, "this is JSON without data"},
		{`[1]`, "this is a JSON array"},
		{`"x"`, "this is a JSON string"},
		{`{"body":{}}`, "this is JSON without data"},
		{`{"body":"text"}`, "this is a recorded exchange with another kind of body"},
		{properties(`{"xStr":{"type":"string"`)[:70], "this is JSON that ends in the middle, after 70 bytes"},
		{`{"data":"a`, "this is JSON that ends in the middle, after 10 bytes"},
		{"\xef\xbb\xbf \n<html>", "this is HTML or XML"},
		{"{\n \"errors\": [\n  {\n   \"title\": \"" + strings.Repeat("x", 300) + "\"\n  }\n ]\n}", `this is an error response: [{"title":"` + strings.Repeat("x", 189) + "…"},
		// How a nesting that is too deep is named depends on the version of Go.
		{properties(strings.Repeat(`{"children":[`, 6000) + strings.Repeat("]}", 6000)), "this is not JSON: "},
		{`{"data":` + strings.Repeat(`{"children":[`, 6000), "this is not JSON: "},
		{`{"data":` + strings.Repeat(`{"children":[`, 4000), "this is JSON that ends in the middle"},
		{`{"data":"` + strings.Repeat(`[`, 11_000) + `\"[`, "this is JSON that ends in the middle"},
		{`{"data":{}`, "this is JSON that ends in the middle, after 10 bytes"},
		{"orderNumberStr", "this is not JSON: invalid character"},
		{"\xff\xfe" + wide(properties("{}"), 0), "this is UTF-16, which PowerShell writes by default: save it as UTF-8"},
		{"\xfe\xff" + wide(properties("{}"), 1), "this is UTF-16"},
		{wide(properties("{}"), 0), "this is UTF-16"},
		{wide("\r\n"+properties("{}"), 1), "this is UTF-16"},
		{`{"data":nope}`, "this is not JSON: invalid character"},
	} {
		_, err := definitions.Parse([]byte(test.text), "conversation")
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || !strings.HasSuffix(err.Error(), expected) {
			t.Errorf("%.60s: %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := definitions.Parse([]byte("\xef\xbb\xbf"+properties("{}")), "conversation"); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}

// wide encodes ASCII in UTF-16: little-endian if letter is 0, big-endian if it is 1.
func wide(text string, letter int) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		pair := [2]byte{}
		pair[letter] = c
		b.Write(pair[:])
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(properties(`{"x":{"tree":{"children":[{"id":"a"}]}}}`)))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := definitions.Parse(data, "conversation")
		if (d == nil) == (err == nil) {
			t.Errorf("Parse returned %v and %v", d, err)
		}
	})
}
