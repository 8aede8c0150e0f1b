package gen_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/gen"
)

var at = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

func value[T any](v T) nullable.Nullable[T] { return nullable.NewNullableWithValue(v) }

func null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }

// What leaves for each field that is absent, null, zero, empty or set. A generator that changes any of this would
// clear people's data.
func TestRequestsOnTheWire(t *testing.T) {
	for _, test := range []struct {
		name string
		body any
		want string
	}{
		{"empty update", gen.ConversationUpdate{}, `{}`},
		{"empty create", gen.ConversationCreate{}, `{}`},
		{"no tags", gen.TagsToAppend{}, `[]`},
		{"tags", gen.TagsToAppend{"vip", "a<b"}, `["vip","a\u003cb"]`},

		{"nulls", gen.ConversationUpdate{
			ExternalID: null[string](), Name: null[string](), ReplyChannel: null[string](), DefaultLang: null[string](),
			Satisfaction: null[float64](), Deleted: null[bool](),
		}, `{"defaultLang":null,"deleted":null,"externalId":null,"name":null,"replyChannel":null,"satisfaction":null}`},
		{"nulls of create", gen.ConversationCreate{ReplyChannel: null[string](), DefaultLang: null[string]()}, `{"defaultLang":null,"replyChannel":null}`},
		{"zero values", gen.ConversationUpdate{
			ExternalID: value(""), Name: value(""), ReplyChannel: value(""), DefaultLang: value(""), Satisfaction: value(0.0), Deleted: value(false),
			Priority: new(0), Rev: new(0), Ended: new(false), Locked: new(false), EndedReason: new(""), EndedBy: new(""), SubStatus: new(""), Customer: new(""),
			Status: new(gen.Status("")), Direction: new(gen.Direction("")), EndedByType: new(gen.EndedByType("")),
		}, `{"customer":"","defaultLang":"","deleted":false,"direction":"","ended":false,"endedBy":"","endedByType":"","endedReason":"","externalId":"","locked":false,"name":"","priority":0,"replyChannel":"","rev":0,"satisfaction":0,"status":"","subStatus":""}`},
		{"zero values of create", gen.ConversationCreate{
			ID: new(""), ExternalID: new(""), Name: new(""), Campaign: new(""), Priority: new(0), Status: new(gen.Status("")), Direction: new(gen.Direction("")),
		}, `{"campaign":"","direction":"","externalId":"","id":"","name":"","priority":0,"status":""}`},
		{"empty lists", gen.ConversationUpdate{
			Tags: []string{}, AssignedUsers: []string{}, AssignedTeams: []string{}, SuggestedTags: []gen.SuggestedTag{},
			SuggestedShortcuts: []gen.SuggestedShortcut{}, Custom: custom.Attributes{},
		}, `{"assignedTeams":[],"assignedUsers":[],"custom":{},"suggestedShortcuts":[],"suggestedTags":[],"tags":[]}`},
		{"empty lists of create", gen.ConversationCreate{Tags: []string{}, AssignedUsers: []string{}, AssignedTeams: []string{}, Custom: custom.Attributes{}},
			`{"assignedTeams":[],"assignedUsers":[],"custom":{},"tags":[]}`},
		{"set", gen.ConversationUpdate{
			Status: new(gen.StatusSnoozed), Direction: new(gen.DirectionOut), Priority: new(5), Rev: new(7), Satisfaction: value(-0.5), Deleted: value(true),
			EndedAt: &at, EndedByType: new(gen.EndedByTypeUser), Tags: []string{"vip"}, AssignedUsers: []string{"u"},
		}, `{"assignedUsers":["u"],"deleted":true,"direction":"out","endedAt":"2026-03-03T09:00:00Z","endedByType":"user","priority":5,"rev":7,"satisfaction":-0.5,"status":"snoozed","tags":["vip"]}`},

		{"queue: empty", gen.Queue{}, `{}`},
		{"queue: nulls", gen.Queue{ID: null[string](), External: null[gen.ExternalQueue]()}, `{"external":null,"id":null}`},
		{"queue: set", gen.ConversationCreate{Queue: &gen.Queue{ID: value("q"), External: value(gen.ExternalQueueAmazonConnect)}}, `{"queue":{"external":"amazon-connect","id":"q"}}`},
		{"queue: empty id", gen.ConversationUpdate{Queue: &gen.Queue{ID: value("")}}, `{"queue":{"id":""}}`},
		{"snooze", gen.ConversationUpdate{Snooze: &gen.Snooze{Status: gen.SnoozeStatusScheduled, Time: &at}}, `{"snooze":{"status":"scheduled","time":"2026-03-03T09:00:00Z"}}`},
		{"snooze without time", gen.Snooze{Status: gen.SnoozeStatusCanceled}, `{"status":"canceled"}`},
		{"satisfaction level, least", gen.SatisfactionLevel{CreatedAt: at, Status: gen.SatisfactionStatusOffered}, `{"createdAt":"2026-03-03T09:00:00Z","status":"offered"}`},
		{"satisfaction level, zero values", gen.ConversationUpdate{SatisfactionLevel: &gen.SatisfactionLevel{
			CreatedAt: at, Status: gen.SatisfactionStatusRated, Score: new(gen.SatisfactionScoreNotSatisfied), Rating: new(0), FirstAnswer: new(""),
			Channel: new(gen.SatisfactionChannelTwitterDM), SentByTeams: []string{}, SentBy: new("u"), Form: new("f"), FormResponse: new("r"),
			UpdatedAt: &at, ScheduledFor: &at, SentAt: &at,
		}}, `{"satisfactionLevel":{"channel":"twitter-dm","createdAt":"2026-03-03T09:00:00Z","firstAnswer":"","form":"f","formResponse":"r","rating":0,"scheduledFor":"2026-03-03T09:00:00Z","score":0,"sentAt":"2026-03-03T09:00:00Z","sentBy":"u","sentByTeams":[],"status":"rated","updatedAt":"2026-03-03T09:00:00Z"}}`},
		{"sentiment", gen.ConversationUpdate{Sentiment: &gen.Sentiment{}}, `{"sentiment":{"confidence":0,"polarity":0}}`},
		{"sentiment, negative", gen.Sentiment{Polarity: gen.PolarityNegative, Confidence: 0.25}, `{"confidence":0.25,"polarity":-1}`},
		{"suggestions", gen.ConversationUpdate{SuggestedTags: []gen.SuggestedTag{{Tag: "a"}}, SuggestedShortcuts: []gen.SuggestedShortcut{{ShortcutID: "s"}}},
			`{"suggestedShortcuts":[{"confidence":0,"shortcutId":"s"}],"suggestedTags":[{"confidence":0,"tag":"a"}]}`},

		{"custom", gen.ConversationUpdate{Custom: custom.New(
			custom.Raw("aNum", json.Number("12345678901234567890")), custom.Int("b").Set(9007199254740993), custom.Str("c").Null(), custom.Str("d").Set(""),
			custom.Bool("e").Set(false), custom.Num("f").Set(0), custom.Raw("@appListStr", []string{}))},
			`{"custom":{"@appListStr":[],"aNum":12345678901234567890,"bNum":9007199254740993,"cStr":null,"dStr":"","eBool":false,"fNum":0}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := json.Marshal(test.body)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("sent\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestLargeNumbersSurviveARoundTrip(t *testing.T) {
	const text = `{"custom":{"a":9007199254740993,"b":12345678901234567890,"c":[1.10,{"d":1e400}]}}`
	var attrs gen.ConversationAttributes
	if err := json.Unmarshal([]byte(text), &attrs); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(gen.ConversationUpdate{Custom: attrs.Custom})
	if err != nil || string(got) != text {
		t.Errorf("came back as %s, %v", got, err)
	}
}

func TestRequestBuilders(t *testing.T) {
	const id = "65f0a1b2c3d4e5f600000003"
	type build func(server, id, contentType string, body io.Reader) (*http.Request, error)
	for _, test := range []struct {
		op           string
		build        build
		method, path string
	}{
		{"appendTagsToConversation", gen.NewAppendTagsToConversationRequestWithBody, "POST", "/v1/conversations/" + id + "/tags"},
		{"updateConversationAttributes", gen.NewUpdateConversationAttributesRequestWithBody, "PATCH", "/v1/conversations/" + id},
		{"createConversationForCustomer", gen.NewCreateConversationForCustomerRequestWithBody, "POST", "/v1/customers/" + id + "/conversations"},
	} {
		r, err := test.build("https://h.example/prefix/", id, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != test.method || r.URL.String() != "https://h.example/prefix"+test.path || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s goes to %s %s", test.op, r.Method, r.URL)
		}
		if r.GetBody == nil {
			t.Errorf("%s has a body that cannot be sent again", test.op)
		}
	}
}
