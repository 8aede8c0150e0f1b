package kustomertest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The fake refuses hand-written requests that the document does not allow.
func TestRefusedValues(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	for body, status := range map[string]int{
		`{"endedAt":"T3:15:04Z"}`:                          400,
		`{"endedAt":"2026-03-02T3:15:04Z"}`:                400,
		`{"endedAt":"2026-03-02T03:15:04+10:60"}`:          400,
		`{"endedAt":"2026-03-02t03:15:04z"}`:               200,
		`{"custom":{"dueAt":"T3:15:04Z"}}`:                 400,
		`{"custom":{"dueAt":"2026-03-02T3:15:04Z"}}`:       400,
		`{"custom":{"dueAt":["2026-03-02T03:15:04,5Z"]}}`:  400,
		`{"custom":{"dueAt":["2026-03-02T03:15:04.5Z"]}}`:  200,
		`{"custom":{"trackingUrl":"https://a/ü"}}`:         400,
		`{"custom":{"trackingUrl":"https://a/%zz"}}`:       400,
		`{"custom":{"trackingUrl":"https://a/%C3%BC"}}`:    200,
		`{"custom":{"totalNum":1e999}}`:                    400,
		`{"custom":{"thing":{"a":[-1e999]}}}`:              400,
		`{"satisfaction":1e999}`:                           400,
		`{"custom":{"totalNum":1e308,"tinyNum":1e-999}}`:   200,
		`{"custom":{"a bStr":"x"}}`:                        400,
		`{"custom":{" ":"x"}}`:                             400,
		`{"custom":{"a\tb":"x"}}`:                          400,
		`{"custom":{"a\u00a0b":"x"}}`:                      400,
		`{"custom":{"":"x"}}`:                              400,
		`{"custom":{"@app_thing-1":"x","größeStr":"x"}}`:   200,
		"{\"custom\":{\"aStr\":\"\xff\"}}":                 400,
		`{"custom":{"aStr":"\ud800"}}`:                     400,
		`{"custom":{"aStr":"\ud83d\ude00"}}`:               200,
		`{"custom":{"a\ufffdStr":"x"}}`:                    400,
		`{"name":"\udc00\ud800"}`:                          400,
		`{"custom":{"dueAt":"1990-12-31T23:59:60.5Z"}}`:    200,
		`{"custom":{"dueAt":"9999-12-31T23:59:59-00:01"}}`: 400,
	} {
		want(t, srv, status, "PATCH", "/v1/conversations/"+id, body)
	}
	conv, _ := srv.Conversation(id)
	if got := conv.Attributes.Custom["dueAt"].String(); got != `["2026-03-02T03:15:04.500Z"]` && got != `"1991-01-01T00:00:00.500Z"` {
		t.Errorf("the date is %s", got)
	}

	// A defined name is always valid.
	srv, id = newConversation(t, kustomertest.Config{Attributes: kustomertest.Attributes("a bStr")})
	want(t, srv, 200, "PATCH", "/v1/conversations/"+id, `{"custom":{"a bStr":"x"}}`)
}

// EditConversation accepts any value that JSON can hold.
func TestEditTakesNumbersBeyondFloat(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	err := srv.EditConversation(id, func(a map[string]any) { a["satisfaction"] = json.Number("1e999") })
	if r := get(t, srv, id); err != nil || !strings.Contains(r.text, `"satisfaction":1e999`) {
		t.Errorf("%v, %s", err, r.text)
	}
}
