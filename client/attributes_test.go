package client_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// orgOf is a fake with the attributes of a metadata file, and a client for it.
func orgOf(t *testing.T, opts ...client.Option) (*client.Client, string) {
	t.Helper()
	metadata, err := os.ReadFile("testdata/responses/metadata-conversation-200.json")
	if err != nil {
		t.Fatal(err)
	}
	srv := kustomertest.New(kustomertest.WithMetadata(metadata))
	c, err := client.New(append([]client.Option{client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c, srv.AddConversation(srv.AddCustomer())
}

// A list that the caller goes on to use is not that of the client.
func TestDefinedAttributesAreCopied(t *testing.T) {
	names := []string{"orderNumberStr"}
	c, id := orgOf(t, client.WithDefinedAttributes(names...))
	names[0] = "refundNum"
	_, err := c.UpdateConversationAttributes(t.Context(), id, client.ConversationUpdate{Custom: custom.New(custom.Str("ordreNumber").Set("A"))})
	if e, ok := errors.AsType[*client.Error](err); !ok || e.NearestAttribute != "orderNumberStr" {
		t.Errorf("error is %v", err)
	}
}

func TestUndefinedAttribute(t *testing.T) {
	defined := client.WithDefinedAttributes("orderNumberStr", "refundNum", "vipBool", "contactReasonTree")
	for _, test := range []struct {
		name          string
		opts          []client.Option
		entry         custom.Entry
		wrong, wanted string
	}{
		{"a slip", []client.Option{defined}, custom.Str("ordreNumber").Set("A"), "ordreNumberStr", "orderNumberStr"},
		{"another suffix", []client.Option{defined}, custom.Txt("orderNumber").Set("A"), "orderNumberTxt", "orderNumberStr"},
		{"nothing near", []client.Option{defined}, custom.Str("warehouse").Set("A"), "warehouseStr", ""},
		{"not known what is defined", nil, custom.Str("ordreNumber").Set("A"), "ordreNumberStr", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, id := orgOf(t, test.opts...)
			clone, err := c.Clone()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []*client.Client{c, clone} {
				_, err := c.UpdateConversationAttributes(t.Context(), id, client.ConversationUpdate{Custom: custom.New(test.entry, custom.Num("refund").Set(1))})
				e, ok := errors.AsType[*client.Error](err)
				if !ok || e.CustomAttribute != test.wrong || e.NearestAttribute != test.wanted || e.Outcome != client.NotApplied {
					t.Fatalf("error is %+v", err)
				}
				if says := strings.Contains(err.Error(), `; "`+test.wanted+`" is`); says != (test.wanted != "") {
					t.Errorf("error is %v", err)
				}
			}
		})
	}
	if _, err := client.New(client.WithOrg("acme"), client.WithAPIKey("k"), client.WithDefinedAttributes("a", "")); err == nil || !strings.Contains(err.Error(), "WithDefinedAttributes was given an empty name") {
		t.Errorf("error is %v", err)
	}
}

// The form of newer documentation has no field, so that the name stands in the text alone.
func TestUndefinedAttributeInTheText(t *testing.T) {
	for text, want := range map[string]string{
		"custom.ordreNumberStr: Additional properties not allowed":                              "ordreNumberStr",
		"Additional properties not allowed: 'ordreNumberStr'":                                   "ordreNumberStr",
		"Additional properties not allowed: @acmeRmaStr":                                        "@acmeRmaStr",
		"Additional properties not allowed: RmaStr":                                             "",
		"Additional properties not allowed: myordreNumberStr":                                   "",
		"Additional properties not allowed: ordreNumberStr2":                                    "",
		"Additional properties not allowed: a-ordreNumberStr, ordreNumberStr-b, ordreNumberStr": "ordreNumberStr",
		"Additional properties not allowed":                                                     "",
		"custom.ordreNumberStr is too long":                                                     "",
	} {
		c, _ := answering(t, answer{status: 400, body: `{"errors":[{"code":"bad_request","message":"` + text + `","meta":{}}]}`})
		_, err := c.UpdateConversationAttributes(t.Context(), "c1", client.ConversationUpdate{
			Custom: custom.New(custom.Str("ordreNumber").Set("A"), custom.Str("@acmeRma").Set("B"))})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.CustomAttribute != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A field may be a JSON pointer, which has escapes of its own, or the name as it is.
func TestUndefinedAttributeInAPointer(t *testing.T) {
	for field, want := range map[string]string{
		"/custom/a~1bStr": "a/bStr", "/custom/c~0dStr": "c~dStr", "/custom/c~01Str": "c~1Str",
		"a/bStr": "a/bStr", "custom.c~dStr": "c~dStr", "c~01Str": "",
	} {
		c, _ := answering(t, answer{status: 400, body: `{"errors":[{"title":"additional properties","source":{"pointer":"` + field + `"}}]}`})
		_, err := c.UpdateConversationAttributes(t.Context(), "c1", client.ConversationUpdate{
			Custom: custom.New(custom.Raw("a/bStr", "A"), custom.Raw("c~dStr", "B"), custom.Raw("c~1Str", "C"))})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.CustomAttribute != want {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A struct goes to the server and comes back.
func TestAttributesOfAStruct(t *testing.T) {
	type order struct {
		Number   string   `kustomer:"orderNumberStr"`
		Refund   *float64 `kustomer:"refundNum"`
		Products []string `kustomer:"productsStr"`
		Reason   string   `kustomer:"contactReasonTree,omitzero"`
	}
	c, id := orgOf(t)
	in := order{Number: "A-10045", Refund: new(12.5), Products: []string{"a", "b"}, Reason: "delivery.damaged_parcel"}
	attrs, err := custom.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := c.UpdateConversationAttributes(t.Context(), id, client.ConversationUpdate{Custom: attrs})
	if err != nil {
		t.Fatal(err)
	}
	var out order
	if err := custom.Unmarshal(conv.Attributes.Custom, &out); err != nil {
		t.Fatal(err)
	}
	if out.Number != in.Number || *out.Refund != *in.Refund || len(out.Products) != 2 || out.Reason != in.Reason {
		t.Errorf("got %+v", out)
	}
}

// Values of every kind of key that are wrong are found before anything is sent, with their names.
func TestWrongAttributesAreNotSent(t *testing.T) {
	c, id := orgOf(t)
	_, err := c.UpdateConversationAttributes(t.Context(), id, client.ConversationUpdate{Custom: custom.New(
		custom.URL("tracking").Set("x"), custom.ID("primaryOrder").Set(""), custom.Tree("contactReason").Set("."),
		custom.Decimal("price").Set("x"), custom.Str("products").List().Set(nil), custom.Str("lastOrderAt").Set("2026"),
	)})
	e, ok := errors.AsType[*client.ValidationError](err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	var fields []string
	for _, v := range e.Violations {
		fields = append(fields, v.Field)
	}
	if got := strings.Join(fields, " "); got != "custom.contactReasonTree custom.lastOrderAt custom.priceNum custom.primaryOrderId custom.productsStr custom.trackingUrl" {
		t.Errorf("violations are %v", e)
	}
}
