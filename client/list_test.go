package client_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// search returns the response of a search with this body.
func search(t *testing.T, body string) *client.Response {
	t.Helper()
	c, _ := responding(t, testResponse{status: 200, body: body})
	r, err := c.Do(t.Context(), "POST", "/v1/customers/search", struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// One masked attribute loses neither its record nor another one.
func TestConversationsOfAList(t *testing.T) {
	r := search(t, `{"meta":{"page":1},"data":[
		{"type":"conversation","id":"c1","attributes":{"name":"one","priority":3}},
		{"type":"conversation","id":"c2","attributes":{"name":"two","priority":"***","createdAt":"***","tags":"***"},"links":{"self":"/v1/conversations/c2"}},
		{"type":"conversation","id":"c3","attributes":{"name":"three"}}]}`)
	all, err := client.DecodeConversations(r)
	if err != nil || len(all) != 3 {
		t.Fatalf("got %v, %v", all, err)
	}
	for i, want := range []string{"one", "two", "three"} {
		if all[i].Attributes.Name != want || all[i].StatusCode != 200 || all[i].Attempts != 1 || (all[i].DecodeError() == nil) != (i != 1) {
			t.Errorf("%d is %+v, %v", i, all[i], all[i].DecodeError())
		}
	}
	if err := all[1].DecodeError(); !strings.Contains(err.Error(), "data.attributes.priority is a string, not an integer") || all[1].Links.Self == "" {
		t.Errorf("the second is %+v, %v", all[1], err)
	}
	// Each can be decoded again on its own.
	var raw struct {
		Data struct{ Attributes map[string]json.RawMessage }
	}
	if err := all[1].Decode(&raw); err != nil || string(raw.Data.Attributes["priority"]) != `"***"` {
		t.Errorf("raw is %s, %v", all[1].Raw(), err)
	}
	if again, err := client.ParseConversation(all[0].Raw()); err != nil || again.ID != "c1" {
		t.Errorf("got %+v, %v", again, err)
	}
}

// A record has the methods of its response too, so those must make sense on a record.
func TestMethodsOfRecords(t *testing.T) {
	for _, record := range []reflect.Type{reflect.TypeFor[*client.Conversation](), reflect.TypeFor[*client.Customer]()} {
		var methods []string
		for m := range record.Methods() {
			methods = append(methods, m.Name)
		}
		if want := []string{"Decode", "DecodeError", "Raw"}; !slices.Equal(methods, want) {
			t.Errorf("%s has the methods %q, want %q", record, methods, want)
		}
	}
}

func TestDecodeRecords(t *testing.T) {
	r := search(t, `{"data":[
		{"type":"customer","id":"k1","attributes":{"name":"Jane","emails":[{"email":"jane@shop.example"}],"rev":3}},
		{"type":"customer","id":"k2","attributes":{"name":"Joe","rev":"***","verified":"***","createdAt":"2026-03-02T09:15:04.375Z"}}]}`)
	const problems = "kustomer: data[1]: attributes.rev is a string, not an integer; attributes.verified is a string, not a boolean"
	customers, err := client.DecodeRecords[client.Customer](r)
	if err == nil || err.Error() != problems || len(customers) != 2 {
		t.Fatalf("got %+v, %v", customers, err)
	}
	if customers[0].Attributes.Emails[0].Email != "jane@shop.example" || customers[1].ID != "k2" || customers[1].Attributes.Name != "Joe" || customers[1].Attributes.CreatedAt.IsZero() {
		t.Errorf("got %+v", customers)
	}
	if pointers, err := client.DecodeRecords[*client.Customer](r); err == nil || err.Error() != problems || pointers[1].Attributes.Name != "Joe" {
		t.Errorf("got %+v, %v", pointers, err)
	}
	if raw, err := client.DecodeRecords[json.RawMessage](r); err != nil || !strings.HasPrefix(string(raw[1]), `{"type":"customer","id":"k2"`) {
		t.Errorf("got %s, %v", raw, err)
	}
}

// The types of a caller may be anything that encoding/json takes.
func TestRecordsOfOtherTypes(t *testing.T) {
	type attributes struct {
		Name    *string
		Rev     *int
		Score   *float64 `json:"scoreNum"`
		Seen    *time.Time
		Emails  []*struct{ Email string }
		Counts  map[int]int
		Nested  *struct{ Deep *struct{ Value uint8 } }
		Skipped string `json:"-"`
		hidden  string
		Any     any
	}
	type mine struct {
		ID         string
		Attributes attributes
	}
	type quoted struct {
		ID         string
		Attributes struct {
			Rev  int `json:"rev,string"`
			Name string
		}
	}
	body := `{"data":[{"id":"r1","extra":"e","attributes":{"name":"n","rev":REV,"scoreNum":2.5,"seen":"2026-03-02T09:15:04Z","emails":[{"email":"a"},null],
		"counts":{"1":2},"nested":{"deep":{"value":7}},"skipped":"s","hidden":"h","any":[1]}}]}`
	good, masked := strings.Replace(body, "REV", "4", 1), strings.Replace(body, "REV", `"***"`, 1)

	var want struct{ Data []mine }
	if err := json.Unmarshal([]byte(good), &want); err != nil {
		t.Fatal(err)
	}
	got, err := client.DecodeRecords[mine](search(t, good))
	if err != nil || !reflect.DeepEqual(got, want.Data) {
		t.Errorf("got %+v, %v", got, err)
	}
	// All but the masked value is the same.
	want.Data[0].Attributes.Rev = nil
	got, err = client.DecodeRecords[mine](search(t, masked))
	if err == nil || err.Error() != "kustomer: data[0]: attributes.rev is a string, not an integer" || !reflect.DeepEqual(got, want.Data) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got[0].Attributes.hidden != "" {
		t.Error("an unexported field was set")
	}

	type public struct {
		ID         string
		Attributes struct{ Rev int }
	}
	type embeds struct {
		public
		Extra string
	}
	whole, err := client.DecodeRecords[embeds](search(t, masked))
	if err == nil || !strings.Contains(err.Error(), "data[0]: does not fit: ") || whole[0].Extra != "e" {
		t.Errorf("got %+v, %v", whole, err)
	}
	if whole, err := client.DecodeRecords[embeds](search(t, good)); err != nil || whole[0].Attributes.Rev != 4 || whole[0].ID != "r1" {
		t.Errorf("got %+v, %v", whole, err)
	}
	texts, err := client.DecodeRecords[quoted](search(t, strings.Replace(body, "REV", `"4"`, 1)))
	if err != nil || texts[0].Attributes.Rev != 4 {
		t.Errorf("got %+v, %v", texts, err)
	}
	maps, err := client.DecodeRecords[map[string]any](search(t, masked))
	if err != nil || maps[0]["id"] != "r1" {
		t.Errorf("got %+v, %v", maps, err)
	}
	if ids, err := client.DecodeRecords[string](search(t, `{"data":["a",7]}`)); err == nil || len(ids) != 2 || ids[0] != "a" || !strings.Contains(err.Error(), "data[1]: is a number, not a string") {
		t.Errorf("got %q, %v", ids, err)
	}
}

func TestResponsesThatAreNoLists(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                  "the response has no list of records in data",
		`{"data":{"id":"x"}}`: "data is an object, not a list",
		`{"data":[{"id":"x"}],"errors":[{"title":"half of it"}]}`: "the response has errors in addition to its data; half of it",
	} {
		r := search(t, body)
		_, first := client.DecodeConversations(r)
		_, second := client.DecodeRecords[client.Conversation](r)
		for _, err := range []error{first, second} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
	if all, err := client.DecodeRecords[client.Customer](search(t, `{"data":[]}`)); err != nil || all == nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
}

// The errors of a list show no API key that the server repeats.
func TestKeyDoesNotShowInListErrors(t *testing.T) {
	r := search(t, `{"data":[{"id":"x","attributes":{"`+apiKey+`":"x","custom":7,"name":["`+apiKey+`"]}}]}`)
	_, first := client.DecodeRecords[client.Conversation](r)
	_, second := client.DecodeRecords[map[string]map[string]int](r)
	mustNotShow(t, "the error of a list", first, second)
	if first == nil || second == nil {
		t.Error("no error")
	}
}

func TestListThatIsCompressed(t *testing.T) {
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	if _, err := w.Write([]byte(`{"data":[{"id":"c1"}]}`)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	c, _ := responding(t, testResponse{status: 200, header: http.Header{"Content-Encoding": {"gzip"}}, body: body.String()})
	for page, err := range c.Pages(t.Context(), "/v1/conversations") {
		if err != nil {
			t.Fatal(err)
		}
		if all, err := client.DecodeConversations(page); err != nil || all[0].ID != "c1" {
			t.Errorf("got %+v, %v", all, err)
		}
	}
}
