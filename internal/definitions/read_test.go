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
	f, err := os.Open(sample)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := definitions.Read(f, "conversation")
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
	if d.Resource != "conversation" || len(d.Odd) > 0 || !reflect.DeepEqual(d.Attributes, want) {
		t.Errorf("got %+v", d)
	}
	if names := strings.Join(d.Names(), " "); strings.Contains(names, "oldFieldStr") || !strings.HasPrefix(names, "channelPreferenceStr ") {
		t.Errorf("names are %s", names)
	}
}

// properties wraps definitions into an answer.
func properties(text string) string {
	return `{"data":{"type":"metadata","id":"conversation","attributes":{"properties":` + text + `}}}`
}

// What nobody has seen costs the part that is odd, and is told.
func TestOddDefinitions(t *testing.T) {
	for _, test := range []struct {
		text string
		want definitions.Attribute
		odd  []string
	}{
		{`{}`, definitions.Attribute{}, nil},
		{`{"type":null,"displayName":null,"enumeration":null,"tree":null,"deletedAt":null,"deletedBy":""}`, definitions.Attribute{}, nil},
		{`{"enumeration":true}`, definitions.Attribute{}, nil},
		{`{"enumeration":[]}`, definitions.Attribute{}, nil},
		{`{"enumeration":["a",null]}`, definitions.Attribute{}, []string{"x: the enumeration is no list of texts, so any value counts as allowed"}},
		{`{"enumeration":["a",""]}`, definitions.Attribute{Enumeration: []string{"a", ""}}, nil},
		{`{"enumeration":["a",7]}`, definitions.Attribute{}, []string{"x: the enumeration is no list of texts, so any value counts as allowed"}},
		{`{"displayName":7,"array":true}`, definitions.Attribute{List: true}, []string{"x: displayName is of an unexpected type and left out"}},
		{`{"tree":"a","displayName":"X","multi":"yes"}`, definitions.Attribute{DisplayName: "X"}, []string{
			"x: multi is of an unexpected type and left out", "x: tree is of an unexpected type and left out"}},
		{`{"tree":{"children":[{"id":""},{"id":"a","deleted":true},{"id":"b","children":null}]},"lastNodeRequired":true}`,
			definitions.Attribute{Tree: []definitions.Node{{ID: "b"}}, LeafOnly: true},
			[]string{"x: a node of the tree has no id and is left out, with all below it"}},
		{`{"tree":{"children":[{"id":"b","children":[{"displayName":"none"},{"id":"c"}]}]}}`,
			definitions.Attribute{Tree: []definitions.Node{{ID: "b", Children: []definitions.Node{{ID: "c"}}}}},
			[]string{"x: a node of the tree has no id and is left out, with all below it"}},
		{`{"deletedAt":"2025-06-01T00:00:00.000Z"}`, definitions.Attribute{Deleted: true}, nil},
		{`{"deletedBy":"65f0a1b2c3d4e5f600000005"}`, definitions.Attribute{Deleted: true}, nil},
		{`"text"`, definitions.Attribute{}, []string{"x: the definition is no object, so only its name counts"}},
		{`null`, definitions.Attribute{}, nil},
	} {
		test.want.Name = "x"
		d, err := definitions.Parse([]byte(properties(`{"x":`+test.text+`}`)), "conversation")
		if err != nil {
			t.Fatalf("%s: %v", test.text, err)
		}
		if !reflect.DeepEqual(d.Attributes, []definitions.Attribute{test.want}) || !reflect.DeepEqual(d.Odd, test.odd) {
			t.Errorf("%s is %+v, odd: %q", test.text, d.Attributes, d.Odd)
		}
	}
}

func TestOtherInput(t *testing.T) {
	const expected = ", but the answer of GET /v1/metadata/conversation was expected"
	for _, test := range []struct{ text, want string }{
		{"", "this is empty"},
		{" \n", "this is empty"},
		{"<!DOCTYPE html><title>Log in</title>", "this is HTML or XML, as of a login page or a proxy"},
		{`{"errors":[{"code":"unauthorized"}]}`, `this is an error of Kustomer: [{"code":"unauthorized"}]`},
		{`{"errors":["` + strings.Repeat("x", 500) + `"]}`, `this is an error of Kustomer: ["` + strings.Repeat("x", 198) + "…"},
		{`{"error":"Unauthorized"}`, `this is an error: "Unauthorized"`},
		{`{"data":{"type":"conversation","id":"1"}}`, `this is a record of the type "conversation"`},
		{`{"data":{"type":"metadata","id":"customer","attributes":{"properties":{}}}}`, `this is the metadata of "customer"`},
		{`{"data":{"type":"metadata","id":"conversation"}}`, "this has no data.attributes.properties"},
		{`{"data":[]}`, "here data is an array"},
		{`{"data":{"attributes":{"properties":[]}}}`, "here data.attributes.properties is an array"},
		{`{}`, "this is JSON without data"},
		{`[1]`, "this is JSON, and no object but an array"},
		{`"x"`, "this is JSON, and no object but a string"},
		{`{"body":{}}`, "this is JSON without data"},
		{`{"body":"text"}`, "this is a recording with a body of another kind"},
		{properties(`{"xStr":{"type":"string"`)[:70], "this is JSON that ends in the middle, after 70 bytes"},
		{`{"data":"a`, "this is JSON that ends in the middle, after 10 bytes"},
		{"\xef\xbb\xbf \n<html>", "this is HTML or XML"},
		{"{\n \"errors\": [\n  {\n   \"title\": \"" + strings.Repeat("x", 300) + "\"\n  }\n ]\n}", `this is an error of Kustomer: [{"title":"` + strings.Repeat("x", 189) + "…"},
		{properties(strings.Repeat(`{"children":[`, 6000) + strings.Repeat("]}", 6000)), "this is JSON that is nested deeper than can be read"},
		{`{"data":` + strings.Repeat(`{"children":[`, 6000), "this is JSON that is nested deeper than can be read"},
		{`{"data":` + strings.Repeat(`{"children":[`, 4000), "this is JSON that ends in the middle"},
		{`{"data":"` + strings.Repeat(`[`, 11_000) + `\"[`, "this is JSON that ends in the middle"},
		{`{"data":{}`, "this is JSON that ends in the middle, after 10 bytes"},
		{"orderNumberStr", "this is no JSON: invalid character"},
		{"\xff\xfe" + wide(properties("{}"), 0), "this is in UTF-16, as PowerShell writes files: save it as UTF-8"},
		{"\xfe\xff" + wide(properties("{}"), 1), "this is in UTF-16"},
		{wide(properties("{}"), 0), "this is in UTF-16"},
		{wide("\r\n"+properties("{}"), 1), "this is in UTF-16"},
		{`{"data":nope}`, "this is no JSON: invalid character"},
	} {
		_, err := definitions.Read(strings.NewReader(test.text), "conversation")
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || !strings.HasSuffix(err.Error(), expected) {
			t.Errorf("%.60s: %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := definitions.Read(strings.NewReader(strings.Repeat(" ", 16<<20+1)), "customer"); err == nil || !strings.HasPrefix(err.Error(), "this is longer than 16 MiB") {
		t.Errorf("too long: %v", err)
	}
	if _, err := definitions.Parse([]byte("\xef\xbb\xbf"+properties("{}")), "conversation"); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}

// wide writes ASCII in UTF-16, where each letter's own byte comes first, or second.
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
			t.Errorf("%v, %v", d, err)
		}
	})
}
