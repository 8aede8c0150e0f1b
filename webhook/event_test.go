package webhook_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/webhook"
)

const (
	orgID          = "65f0a1b2c3d4e5f600000001"
	conversationID = "65f0a1b2c3d4e5f600000003"
	machineUser    = "65f0a1b2c3d4e5f600000004"
	agent          = "65f0a1b2c3d4e5f600000005"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func parse(t testing.TB, body string) webhook.Event {
	t.Helper()
	e, err := webhook.ParseEvent([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return e
}

func TestParseEvent(t *testing.T) {
	body := read(t, "conversation-update")
	e := parse(t, string(body))
	if err := e.DecodeError(); err != nil {
		t.Error(err)
	}
	if e.ID != "65f0a1b2c3d4e5f600000040" || e.Name != "kustomer.conversation.update" || e.Org != orgID {
		t.Errorf("got id %s, name %s, organisation %s", e.ID, e.Name, e.Org)
	}
	if want := time.Date(2026, 3, 2, 9, 20, 11, 435e6, time.UTC); !e.CreatedAt.Equal(want) {
		t.Errorf("created at %v", e.CreatedAt)
	}
	if string(e.Raw) != string(body) {
		t.Error("Raw is not the body")
	}
	if c := e.Conversation; c == nil || c.ID != conversationID || c.Attributes.Status != client.StatusSnoozed || c.Attributes.Priority != 4 {
		t.Errorf("the conversation is %+v", c)
	}
	want := webhook.Change{Op: "replace", Before: json.RawMessage(`"open"`), After: json.RawMessage(`"snoozed"`)}
	if got := e.Changes.Attributes["status"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the status changed by %s from %s to %s", got.Op, got.Before, got.After)
	}
	if n := len(e.Changes.Attributes); n != 4 || e.Changes.Relationships != nil {
		t.Errorf("got %d changed attributes, relationships %v", n, e.Changes.Relationships)
	}
}

func TestKindsOfEvents(t *testing.T) {
	for _, test := range []struct {
		file, name   string
		conversation string
		changes      int
		by           string
	}{
		{"conversation-update", "kustomer.conversation.update", conversationID, 4, machineUser},
		{"conversation-create", "kustomer.conversation.create", conversationID, 0, ""},
		{"customer-update", "kustomer.customer.update", "", 1, agent},
		{"message-create", "kustomer.message.create", "", 0, machineUser},
	} {
		e := parse(t, string(read(t, test.file)))
		if err := e.DecodeError(); err != nil {
			t.Errorf("%s: %v", test.file, err)
		}
		id := ""
		if e.Conversation != nil {
			id = e.Conversation.ID
		}
		if e.Name != test.name || id != test.conversation || len(e.Changes.Attributes) != test.changes {
			t.Errorf("%s: got %s with conversation %q and %d changes", test.file, e.Name, id, len(e.Changes.Attributes))
		}
		for _, user := range []string{machineUser, agent, ""} {
			if got := e.ModifiedBy(user); got != (user != "" && user == test.by) {
				t.Errorf("%s: modified by %q is %v", test.file, user, got)
			}
		}
	}
}

func TestModifiedBy(t *testing.T) {
	for _, test := range []struct {
		name, data string
		want       bool
	}{
		{"a conversation", `{"type":"conversation","id":"c","relationships":{"modifiedBy":{"data":{"type":"user","id":"me"}}}}`, true},
		{"a customer", `{"type":"customer","id":"c","relationships":{"modifiedBy":{"data":{"type":"user","id":"me"}}}}`, true},
		{"another relationship is odd", `{"type":"customer","relationships":{"brand":7,"org":"x","modifiedBy":{"data":{"id":"me"}}}}`, true},
		{"another relationship of a conversation is odd", `{"type":"conversation","id":"c","relationships":{"brand":7,"modifiedBy":{"data":{"id":"me"}}}}`, true},
		{"a conversation without an id", `{"type":"conversation","relationships":{"modifiedBy":{"data":{"id":"me"}}}}`, true},
		{"another user", `{"type":"customer","id":"c","relationships":{"modifiedBy":{"data":{"id":"you"}}}}`, false},
		{"made by the user and modified by another", `{"type":"conversation","id":"c","relationships":{"createdBy":{"data":{"id":"me"}},"modifiedBy":{"data":{"id":"you"}}}}`, false},
		{"made by the user", `{"type":"conversation","id":"c","relationships":{"createdBy":{"data":{"id":"me"}}}}`, false},
		{"no relationships", `{"type":"conversation","id":"c"}`, false},
		{"no data", `null`, false},
		{"null", `{"type":"customer","relationships":{"modifiedBy":null}}`, false},
		{"an odd value", `{"type":"customer","relationships":{"modifiedBy":"me"}}`, false},
	} {
		if got := parse(t, `{"id":"e-1","data":`+test.data+`}`).ModifiedBy("me"); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
	if (webhook.Event{}).ModifiedBy("") {
		t.Error("the empty event is modified by the empty user")
	}
	if conv := parse(t, string(read(t, "conversation-update"))).Conversation; !(webhook.Event{Conversation: conv}).ModifiedBy(machineUser) {
		t.Error("an event that was made by hand is not modified by the user of its conversation")
	}
}

func TestOneOddFieldDoesNotLoseTheEvent(t *testing.T) {
	const rest = `"name":"kustomer.conversation.update","org":"o","createdAt":"2026-03-02T09:20:11Z",` +
		`"data":{"type":"conversation","id":"c","attributes":{"status":"open"}},"changes":{"attributes":{"rev":{"op":"replace","before":1,"after":2}}}`
	want := parse(t, `{"id":"e-1",`+rest+`}`)
	for _, test := range []struct {
		name, odd string // odd comes last, so it counts
		lost      func(*webhook.Event)
		says      string
	}{
		{"name", `"name":7`, func(e *webhook.Event) { e.Name = "" }, "name"},
		{"org", `"org":{}`, func(e *webhook.Event) { e.Org = "" }, "org"},
		{"createdAt is a number", `"createdAt":1772443211`, func(e *webhook.Event) { e.CreatedAt = time.Time{} }, "createdAt"},
		{"createdAt is empty", `"createdAt":""`, func(e *webhook.Event) { e.CreatedAt = time.Time{} }, "createdAt"},
		{"changes is a list", `"changes":[1]`, func(e *webhook.Event) { e.Changes = webhook.Changes{} }, "changes"},
		{"attributes is a list", `"changes":{"attributes":["rev"]}`, func(e *webhook.Event) { e.Changes = webhook.Changes{} }, "changes.attributes"},
		{"a change is a number", `"changes":{"attributes":{"rev":{"op":"replace","before":1,"after":2},"name":3}}`,
			func(e *webhook.Event) { e.Changes.Attributes["name"] = webhook.Change{} }, "changes.attributes.name"},
		{"data is null", `"data":null`, func(e *webhook.Event) { e.Conversation = nil }, ""},
		{"data is text", `"data":"c"`, func(e *webhook.Event) { e.Conversation = nil }, "data"},
		{"data is a list", `"data":[{"type":"conversation","id":"c"}]`, func(e *webhook.Event) { e.Conversation = nil }, "data"},
		{"the type is a number", `"data":{"type":1,"id":"c"}`, func(e *webhook.Event) { e.Conversation = nil }, "data"},
		{"an unknown field", `"meta":{"customChanged":false}`, func(*webhook.Event) {}, ""},
		{"names in capitals", `"NAME":"x","Id":"e-2","ORG":"p"`, func(*webhook.Event) {}, ""},
	} {
		got := parse(t, `{"id":"e-1",`+rest+`,`+test.odd+`}`)
		want := want
		want.Changes.Attributes = map[string]webhook.Change{"rev": want.Changes.Attributes["rev"]}
		test.lost(&want)
		if got.ID != want.ID || got.Name != want.Name || got.Org != want.Org || !got.CreatedAt.Equal(want.CreatedAt) ||
			!reflect.DeepEqual(got.Changes, want.Changes) || (got.Conversation == nil) != (want.Conversation == nil) {
			t.Errorf("%s: got %+v", test.name, got)
		}
		if err := got.DecodeError(); (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: DecodeError is %v", test.name, err)
		}
	}
}

func TestOddConversations(t *testing.T) {
	e := parse(t, `{"id":"e-1","data":{"type":"conversation","id":"c","attributes":{"priority":"***","status":"open"}}}`)
	if c := e.Conversation; c == nil || c.ID != "c" || c.Attributes.Status != "open" {
		t.Errorf("a masked attribute: the conversation is %+v", c)
	}
	if err := e.DecodeError(); err == nil || !strings.Contains(err.Error(), "priority") {
		t.Errorf("a masked attribute: DecodeError is %v", err)
	}
	e = parse(t, `{"id":"e-1","data":{"type":"conversations","id":"c"}}`)
	if e.Conversation == nil {
		t.Error("the type in the plural: there is no conversation")
	}
	e = parse(t, `{"id":"e-1","data":{"type":"conversation"}}`)
	if err := e.DecodeError(); e.Conversation != nil || err == nil || !strings.Contains(err.Error(), "data.id") {
		t.Errorf("no id: the conversation is %v, DecodeError %v", e.Conversation, err)
	}
}

func TestIDs(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"e-1"}`:                         "e-1",
		`{"id":10045}`:                         "10045",
		`{"id":90071992547409931234}`:          "90071992547409931234",
		`{"id":"e-1","ID":"e-2","Id":"e-3"}`:   "e-1",
		"\n {\"id\":\"\\u0065-1\"} \n":         "e-1",
		`{"id":"e-1","data":{"id":"another"}}`: "e-1",
	} {
		if got := parse(t, body).ID; got != want {
			t.Errorf("%s: the id is %s", body, got)
		}
	}
	for _, body := range []string{
		``, `null`, `[]`, `7`, `"e-1"`, `{`, `{"id":"e-1"`, `{"id":"e-1"}{}`, `not JSON`, `{"id":"e-1",}`,
		`{}`, `{"id":""}`, `{"id":null}`, `{"id":true}`, `{"id":{}}`, `{"id":["e-1"]}`, `{"ID":"e-1"}`, `{"data":{"id":"e-1"}}`,
		"{\"id\":\"e-\xff\"}", `{"id":"e-\ud800"}`,
	} {
		if e, err := webhook.ParseEvent([]byte(body)); err == nil || e.Raw != nil {
			t.Errorf("%q became %+v", body, e)
		}
	}
}

func TestDecodeErrorIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString(`,"a` + strings.Repeat("b", i) + `":1`)
	}
	e := parse(t, `{"id":"e-1","changes":{"attributes":{"x":1`+b.String()+`}}}`)
	if n := strings.Count(e.DecodeError().Error(), "\n") + 1; n != 20 || len(e.Changes.Attributes) != 1001 {
		t.Errorf("%d errors are listed, and there are %d changes", n, len(e.Changes.Attributes))
	}
}

func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no samples: ", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	f.Add(`{"id":7,"name":null,"createdAt":"","changes":{"attributes":{"a":1,"b":{"op":[]}},"relationships":[]},"data":[]}`)
	f.Add(`{"id":"e-\ud800"}`)
	f.Add(`{"id":"e","data":{"type":"conversation","relationships":{"modifiedBy":{"data":{"id":"me"}}}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		e, err := webhook.ParseEvent([]byte(body))
		if err != nil {
			if e.ID != "" || e.Raw != nil {
				t.Errorf("a refused body became %+v", e)
			}
			return
		}
		if e.ID == "" || !utf8.ValidString(e.ID) || string(e.Raw) != body || !json.Valid(e.Raw) {
			t.Errorf("got id %q, Raw %q", e.ID, e.Raw)
		}
		if e.Conversation != nil && e.Conversation.ID == "" {
			t.Error("the conversation has no id")
		}
		if e.ModifiedBy("") {
			t.Error("it is modified by the empty user")
		}
		var all map[string]any
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			t.Fatal(err)
		}
		if name, _ := all["name"].(string); e.Name != name {
			t.Errorf("the name is %q, want %q", e.Name, name)
		}
		changes, _ := all["changes"].(map[string]any)
		for group, got := range map[string]map[string]webhook.Change{"attributes": e.Changes.Attributes, "relationships": e.Changes.Relationships} {
			want, _ := changes[group].(map[string]any)
			for name := range want {
				if _, ok := got[name]; !ok || len(got) != len(want) {
					t.Errorf("%s: got %v, want %v", group, got, want)
				}
			}
		}
	})
}
