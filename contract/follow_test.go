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

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A field that the document gains is one that the fake has to do something with: each one here, sent alone, has to show in the
// answer, but for those that no answer shows.
var updateFields = map[string]struct {
	value  string
	unseen bool
}{
	"externalId": {value: `"o-1"`}, "name": {value: `"n"`}, "status": {value: `"done"`}, "priority": {value: `5`},
	"direction": {value: `"out"`}, "replyChannel": {value: `"email"`}, "defaultLang": {value: `"de"`},
	"sentiment":         {value: `{"polarity":1,"confidence":0.5}`},
	"satisfaction":      {value: `0.5`},
	"satisfactionLevel": {value: `{"createdAt":"2026-01-02T03:04:05Z","status":"rated","rating":5}`},
	"assignedUsers":     {value: `["65f0a1b2c3d4e5f600000011"]`}, "assignedTeams": {value: `["65f0a1b2c3d4e5f600000012"]`},
	"tags": {value: `["vip"]`}, "custom": {value: `{"aStr":"x"}`},
	"suggestedTags":      {value: `[{"tag":"65f0a1b2c3d4e5f600000013","confidence":0.5}]`},
	"suggestedShortcuts": {value: `[{"shortcutId":"65f0a1b2c3d4e5f600000014","confidence":0.5}]`},
	"queue":              {value: `{"id":"65f0a1b2c3d4e5f600000015"}`},
	"subStatus":          {value: `"65f0a1b2c3d4e5f600000016"`},
	"snooze":             {value: `{"status":"scheduled","time":"2036-01-02T03:04:05Z"}`},
	"ended":              {value: `true`}, "endedAt": {value: `"2026-01-02T03:04:05Z"`}, "endedBy": {value: `"65f0a1b2c3d4e5f600000017"`},
	"customer":    {value: `"` + id + `"`},
	"rev":         {value: `1`, unseen: true}, // a condition
	"deleted":     {value: `true`, unseen: true},
	"locked":      {value: `true`, unseen: true},
	"endedReason": {value: `"done"`, unseen: true},
	"endedByType": {value: `"user"`, unseen: true},
}

func TestFakeFollowsEachField(t *testing.T) {
	d := load(t)
	want := slices.Sorted(maps.Keys(d.Components.Schemas["ConversationUpdate"].Value.Properties))
	if got := slices.Sorted(maps.Keys(updateFields)); !slices.Equal(got, want) {
		t.Fatalf("the document has\n%v\nand this test\n%v\nA new field needs a value here, and the fake has to do something with it", want, got)
	}
	for name, field := range updateFields {
		t.Run(name, func(t *testing.T) {
			srv := kustomertest.New(kustomertest.WithCustomer(id))
			conversation := srv.AddConversation(srv.AddCustomer())
			before := state(t, srv, "GET", "/v1/conversations/"+conversation, "")
			after := state(t, srv, "PATCH", "/v1/conversations/"+conversation, `{"`+name+`":`+field.value+`}`)
			if reflect.DeepEqual(before, after) != field.unseen {
				t.Errorf("the answer before and after %s\n%v\n%v", field.value, before, after)
			}
		})
	}
}

// state is what an answer of the fake says, without what changes with every update.
func state(t *testing.T, srv *kustomertest.Server, method, path, body string) map[string]any {
	t.Helper()
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
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, text, err)
	}
	var answer struct {
		Data struct{ Attributes, Relationships map[string]any }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rev", "updatedAt", "modifiedAt", "lastActivityAt", "modificationHistory", "locale"} {
		delete(answer.Data.Attributes, name)
	}
	delete(answer.Data.Relationships, "modifiedBy")
	return map[string]any{"attributes": answer.Data.Attributes, "relationships": answer.Data.Relationships}
}

// Each operation of the document is a method of the client, and one that the fake serves.
func TestOperationsAreFollowed(t *testing.T) {
	d := load(t)
	srv := kustomertest.New(kustomertest.WithCustomer(id))
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
