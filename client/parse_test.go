package client_test

import (
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

func TestParseConversation(t *testing.T) {
	a := sample(t, "responses/update-conversation-200-custom.json")
	c, _ := responding(t, a)
	want, err := tag(t, c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.ParseConversation([]byte(a.body))
	if err != nil || got.DecodeError() != nil {
		t.Fatal(err, got.DecodeError())
	}
	if got.ID != want.ID || got.Attributes.Name != want.Attributes.Name || got.Relationships != want.Relationships || string(got.Raw()) != a.body {
		t.Errorf("got %+v", got)
	}
}

func TestParseConversationIsLenient(t *testing.T) {
	for _, test := range []struct{ name, body, missing string }{
		{"other names beside data", `{"id":"e-1","changes":null,"data":{"id":"c-1","attributes":{"status":"open"}}}`, ""},
		{"an attribute of another type", `{"data":{"attributes":{"priority":"high","status":"open"},"id":"c-1"}}`, "priority"},
		{"cut off", `{"data":{"id":"c-1","attributes":{"status":"open","name":"Dam`, "too early"},
	} {
		conv, err := client.ParseConversation([]byte(test.body))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if conv.ID != "c-1" || conv.Attributes.Status != client.StatusOpen {
			t.Errorf("%s: got %+v", test.name, conv)
		}
		if err := conv.DecodeError(); (err != nil) != (test.missing != "") || err != nil && !strings.Contains(err.Error(), test.missing) {
			t.Errorf("%s: DecodeError is %v", test.name, err)
		}
	}
	for _, body := range []string{``, `null`, `[]`, `{}`, `{"data":null}`, `{"data":[{"id":"c-1"}]}`, `{"data":{"id":""}}`} {
		if conv, err := client.ParseConversation([]byte(body)); err == nil || conv != nil {
			t.Errorf("%s became %+v, %v", body, conv, err)
		}
	}
}
