package docs

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// A body in JSON becomes an update that is sent as the same JSON.
func TestJSONBecomesAnUpdate(t *testing.T) {
	for _, body := range []string{
		`{}`,
		`{"custom":{"orderNumberStr":null,"refundNum":12.50},"replyChannel":null,"status":"done"}`,
		`{"defaultLang":null,"deleted":null,"externalId":null,"name":null,"replyChannel":null,"satisfaction":null}`,
		`{"defaultLang":"","deleted":false,"externalId":"","name":"","satisfaction":0}`,
		`{"assignedTeams":[],"assignedUsers":[],"custom":{},"suggestedShortcuts":[],"suggestedTags":[],"tags":[]}`,
		`{"priority":5,"queue":{"external":"amazon-connect","id":null},"rev":12}`,
		`{"snooze":{"status":"scheduled","time":"2026-03-03T09:00:00Z"},"status":"snoozed"}`,
		`{"customer":"65f0a1b2c3d4e5f600000002"}`,
	} {
		var update client.ConversationUpdate
		d := json.NewDecoder(bytes.NewReader([]byte(body)))
		d.DisallowUnknownFields()
		if err := d.Decode(&update); err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if got, err := json.Marshal(update); err != nil || string(got) != body {
			t.Errorf("%s becomes %s (%v)", body, got, err)
		}
	}
}
