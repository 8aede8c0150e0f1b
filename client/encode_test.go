package client_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// The characters that HTML escapes are one byte each, also for the size limit of a body.
func TestBodiesAreNotEscapedForHTML(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/update-conversation-200-custom.json"))
	text := strings.Repeat("<&>", 30000)
	for name, body := range map[string]any{"text": text, "raw": json.RawMessage(`"` + text + `"`)} {
		if _, err := c.Do(t.Context(), "POST", "/v1/customers", body); err != nil || sent.body != `"`+text+`"` {
			t.Errorf("%s: sent %d bytes: %v", name, len(sent.body), err)
		}
	}
	_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{
		Name: client.Value("<&>"), Custom: custom.New(custom.Raw("aJson", json.RawMessage(`"<&>"`)), custom.Txt("b").Set(`\<\u003c\\u003c`+"\n\u2028"))})
	if want := `{"custom":{"aJson":"<&>","bTxt":"\\<\\u003c\\\\u003c\n\u2028"},"name":"<&>"}`; err != nil || sent.body != want {
		t.Errorf("sent %s: %v", sent.body, err)
	}
}

func TestTimesLeaveInUTC(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/append-tags-200.json"))
	at := time.Date(2026, 3, 3, 10, 0, 0, 5e6, time.FixedZone("CET", 3600))
	level := &client.SatisfactionLevel{CreatedAt: at, Status: client.SatisfactionStatusOffered, SentAt: &at}
	if _, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{EndedAt: &at, SatisfactionLevel: level}); err != nil {
		t.Fatal(err)
	}
	const utc = `"2026-03-03T09:00:00.005Z"`
	if want := `{"endedAt":` + utc + `,"satisfactionLevel":{"createdAt":` + utc + `,"sentAt":` + utc + `,"status":"offered"}}`; sent.body != want {
		t.Errorf("sent %s", sent.body)
	}
	if at.Location() == time.UTC || level.CreatedAt.Location() == time.UTC || level.SentAt != &at {
		t.Error("the caller's values were changed")
	}
}

func TestTimesOfACreateLeaveInUTC(t *testing.T) {
	c, sent := responding(t, sample(t, "responses/create-conversation-201.json"))
	at := time.Date(2026, 3, 3, 10, 0, 0, 0, time.FixedZone("CET", 3600))
	if _, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{CreatedAt: &at, ImportedAt: &at}); err != nil {
		t.Fatal(err)
	}
	if want := `{"createdAt":"2026-03-03T09:00:00Z","importedAt":"2026-03-03T09:00:00Z"}`; sent.body != want {
		t.Errorf("sent %s", sent.body)
	}
}
