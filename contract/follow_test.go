package contract

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// shown has values of the request fields that responses show. The fake must follow each of them. A field of the document that
// is not here has the value of its example. Fields with the same name have the same meaning in all operations. The value of a
// field inside an object differs from the field in the value of that object.
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

// unshown has the fields that no response shows, with the reason.
var unshown = map[string]struct{ value, why string }{
	"rev":         {`1`, "a condition, not a part of the conversation"},
	"campaign":    {`"65f0a1b2c3d4e5f60000001f"`, hidden},
	"deleted":     {`true`, hidden},
	"locked":      {`true`, hidden},
	"endedReason": {`"done"`, hidden},
	"endedByType": {`"user"`, hidden},
}

// hidden is the reason for the fields that the fake keeps in Conversation.Hidden.
const hidden = "in no observed response"

func TestFakeFollowsEachField(t *testing.T) {
	var all []string
	for _, op := range operations.OfClient(t, "..") {
		if op.Body() == nil || len(op.Body().Value.Properties) == 0 {
			continue
		}
		empty := `{}` // a body without effect
		if op.Body().Value.MinProps > 0 {
			empty = `{"rev":1}`
		}
		fields := paths(op.Body(), "")
		all = append(all, fields...)
		for _, name := range fields {
			t.Run(op.OperationID+"."+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // all responses have the same time
					u, isUnshown := unshown[name]
					value := cmp.Or(shown[name], u.value, exampleOf(t, op, name))
					if value == "" {
						t.Fatalf("contract/follow_test.go: give the field %s a value in shown, and let the fake follow it (kustomertest/update.go), or a reason in unshown", name)
					}
					without, with := empty, `{"`+name+`":`+value+`}`
					if object, inner, ok := strings.Cut(name, "."); ok {
						without = `{"` + object + `":` + shown[object] + `}`
						with = `{"` + object + `":` + setIn(t, shown[object], inner, value) + `}`
					}
					before, _ := applied(t, op, without)
					after, conversation := applied(t, op, with)
					if reflect.DeepEqual(before, after) != isUnshown {
						t.Errorf("%s: the fake does not follow this field (kustomertest/update.go), or the field is wrongly in unshown (contract/follow_test.go). The responses to %s and to %s:\n%v\n%v", name, without, with, before, after)
					}
					if _, kept := conversation.Hidden[name]; kept != (u.why == hidden) {
						t.Errorf("Hidden is %v", conversation.Hidden)
					}
				})
			})
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(shown)), slices.Collect(maps.Keys(unshown))) {
		if !slices.Contains(all, name) {
			t.Errorf("contract/follow_test.go: remove the field %s, which the document does not have", name)
		}
	}
}

// exampleOf returns the example of a property of the request body, or "" if it has none.
func exampleOf(t *testing.T, op operations.Operation, name string) string {
	t.Helper()
	p := op.Body().Value.Properties[name]
	if p == nil || p.Value.Example == nil {
		return ""
	}
	text, err := json.Marshal(p.Value.Example)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// setIn changes a field of an object, or of the only object in a list.
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

// applied sends a body to a new fake. It returns the data of the response and the record in the fake.
func applied(t *testing.T, op operations.Operation, body string) (map[string]any, kustomertest.Conversation) {
	t.Helper()
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	record := srv.AddCustomer()
	if !op.OfCustomer() {
		record = srv.AddConversation(record)
	}
	req := op.NewRequest(t, srv.URL, kustomertest.APIKey, record)
	req.Body = io.NopCloser(strings.NewReader(body))
	resp, err := srv.HTTPClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != op.Success() {
		t.Fatalf("%s %s %s: %d %s %v", op.Method, req.URL, body, resp.StatusCode, text, err)
	}
	var got struct{ Data map[string]any }
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	conversation, _ := srv.Conversation(got.Data["id"].(string))
	return got.Data, conversation
}
