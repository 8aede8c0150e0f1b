package contract

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// shown has a value for each field that requests can have and that shows in the answer. A field that the document gains is
// one that the fake has to do something with: it needs a value here, or a reason below. Fields of the same name mean the
// same in a create and an update. Those inside an object differ from what the object itself has here.
var shown = map[string]string{
	"id": `"65f0a1b2c3d4e5f600000010"`, "externalId": `"o-1"`, "name": `"n"`, "status": `"done"`, "priority": `5`,
	"direction": `"out"`, "replyChannel": `"email"`, "defaultLang": `"de"`, "custom": `{"aStr":"x"}`,
	"createdAt": `"2026-01-02T03:04:05Z"`, "importedAt": `"2026-01-02T03:04:05Z"`,
	"assignedUsers": `["65f0a1b2c3d4e5f600000011"]`, "assignedTeams": `["65f0a1b2c3d4e5f600000012"]`, "tags": `["vip"]`,
	"subStatus": `"65f0a1b2c3d4e5f600000016"`, "satisfaction": `0.5`, "customer": `"` + id + `"`,
	"ended": `true`, "endedAt": `"2026-01-02T03:04:05Z"`, "endedBy": `"65f0a1b2c3d4e5f600000017"`,

	"queue":          `{"id":"65f0a1b2c3d4e5f600000015"}`,
	"queue.id":       `"65f0a1b2c3d4e5f600000018"`,
	"queue.external": `"amazon-connect"`,

	"snooze":        `{"status":"scheduled"}`,
	"snooze.status": `"elapsed"`,
	"snooze.time":   `"2036-01-02T03:04:05Z"`,

	"sentiment":            `{"polarity":0,"confidence":0}`,
	"sentiment.polarity":   `1`,
	"sentiment.confidence": `0.5`,

	"suggestedTags":            `[{"tag":"65f0a1b2c3d4e5f600000013","confidence":0}]`,
	"suggestedTags.tag":        `"65f0a1b2c3d4e5f600000019"`,
	"suggestedTags.confidence": `0.5`,

	"suggestedShortcuts":            `[{"shortcutId":"65f0a1b2c3d4e5f600000014","confidence":0}]`,
	"suggestedShortcuts.shortcutId": `"65f0a1b2c3d4e5f60000001a"`,
	"suggestedShortcuts.confidence": `0.5`,

	"satisfactionLevel":              `{"createdAt":"2026-01-02T03:04:05Z","status":"offered"}`,
	"satisfactionLevel.createdAt":    `"2026-01-03T03:04:05Z"`,
	"satisfactionLevel.status":       `"rated"`,
	"satisfactionLevel.updatedAt":    `"2026-01-03T03:04:05Z"`,
	"satisfactionLevel.scheduledFor": `"2026-01-03T03:04:05Z"`,
	"satisfactionLevel.sentAt":       `"2026-01-03T03:04:05Z"`,
	"satisfactionLevel.score":        `1`,
	"satisfactionLevel.rating":       `5`,
	"satisfactionLevel.firstAnswer":  `"fine"`,
	"satisfactionLevel.channel":      `"email"`,
	"satisfactionLevel.form":         `"65f0a1b2c3d4e5f60000001b"`,
	"satisfactionLevel.formResponse": `"65f0a1b2c3d4e5f60000001c"`,
	"satisfactionLevel.sentBy":       `"65f0a1b2c3d4e5f60000001d"`,
	"satisfactionLevel.sentByTeams":  `["65f0a1b2c3d4e5f60000001e"]`,
}

// unshown are the fields that no answer shows, with the reason.
var unshown = map[string]struct{ value, why string }{
	"rev":         {`1`, "a condition, and no part of the conversation"},
	"campaign":    {`"65f0a1b2c3d4e5f60000001f"`, hidden},
	"deleted":     {`true`, hidden},
	"locked":      {`true`, hidden},
	"endedReason": {`"done"`, hidden},
	"endedByType": {`"user"`, hidden},
}

// hidden is what the fake keeps in Conversation.Hidden.
const hidden = "in no real answer that was seen"

func TestFakeFollowsEachField(t *testing.T) {
	d := load(t)
	var all []string
	for _, op := range []struct {
		schema string
		empty  string // a body without effect
	}{{"ConversationCreate", `{}`}, {"ConversationUpdate", `{"rev":1}`}} {
		fields := paths(d.Components.Schemas[op.schema], "")
		all = append(all, fields...)
		for _, name := range fields {
			t.Run(op.schema+"."+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // where all happens at the same time
					u, isUnshown := unshown[name]
					value, isShown := shown[name]
					if isShown == isUnshown {
						t.Fatal("the document has this field: give it a value in shown and have the fake do something with it, or a reason in unshown")
					}
					without, with := op.empty, `{"`+name+`":`+value+u.value+`}`
					if object, inner, ok := strings.Cut(name, "."); ok {
						without = `{"` + object + `":` + shown[object] + `}`
						with = `{"` + object + `":` + setIn(t, shown[object], inner, value) + `}`
					}
					before, _ := applied(t, op.schema, without)
					after, conversation := applied(t, op.schema, with)
					if reflect.DeepEqual(before, after) != isUnshown {
						t.Errorf("the answers to %s and to %s:\n%v\n%v", without, with, before, after)
					}
					if _, kept := conversation.Hidden[name]; kept != (u.why == hidden) {
						t.Errorf("the fake keeps %v", conversation.Hidden)
					}
				})
			})
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(shown)), slices.Collect(maps.Keys(unshown))) {
		if !slices.Contains(all, name) {
			t.Errorf("this test has the field %s, and the document has not", name)
		}
	}
}

// setIn gives a field of an object, or of the one object in a list, another value.
func setIn(t *testing.T, object, name, value string) string {
	t.Helper()
	begin, end := "", ""
	if strings.HasPrefix(object, "[") {
		object, begin, end = object[1:len(object)-1], "[", "]"
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &fields); err != nil {
		t.Fatal(err)
	}
	fields[name] = json.RawMessage(value)
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return begin + string(text) + end
}

// applied sends a body to a new fake, and returns the data of the answer and what the fake holds then.
func applied(t *testing.T, schema, body string) (map[string]any, kustomertest.Conversation) {
	t.Helper()
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	customer := srv.AddCustomer()
	method, path, status := "POST", "/v1/customers/"+customer+"/conversations", http.StatusCreated
	if schema == "ConversationUpdate" {
		method, path, status = "PATCH", "/v1/conversations/"+srv.AddConversation(customer), http.StatusOK
	}
	req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := srv.HTTPClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s %s: %d %s %v", method, path, body, resp.StatusCode, text, err)
	}
	var answer struct{ Data map[string]any }
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	conversation, _ := srv.Conversation(answer.Data["id"].(string))
	return answer.Data, conversation
}

// Each operation of the document is a method of the client, and one that the fake serves.
func TestOperationsAreFollowed(t *testing.T) {
	d := load(t)
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	conversation := srv.AddConversation(id)
	n := 0
	for path, item := range d.Paths.Map() {
		for method, op := range item.Operations() {
			n++
			name := strings.ToUpper(op.OperationID[:1]) + op.OperationID[1:]
			if _, ok := reflect.TypeFor[*client.Client]().MethodByName(name); !ok {
				t.Errorf("the document has %s, and the client no method %s", op.OperationID, name)
			}
			owner := conversation
			if strings.HasPrefix(path, "/v1/customers/") {
				owner = id
			}
			req, err := http.NewRequest(method, srv.URL+strings.Replace(path, "{id}", owner, 1), strings.NewReader("?"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
			req.Header.Set("Content-Type", "application/json")
			resp, err := srv.HTTPClient().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusBadRequest { // the body is no JSON, which is told before all else of it
				t.Errorf("the fake answers %s %s with %d: it does not serve it", method, path, resp.StatusCode)
			}
		}
	}
	if n != len(gen.Operations) {
		t.Errorf("gen has %d operations, the document %d", len(gen.Operations), n)
	}
}
