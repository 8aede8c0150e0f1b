package client_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

func many(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "t" + strings.Repeat("x", i)
	}
	return all
}

// check is one call that the document does not allow, with the expected violations.
var refused = []struct {
	name string
	call func(t testing.TB, c *client.Client) error
	want []string
}{
	{"no tags", tags(), []string{"tags must not be empty"}},
	{"21 tags", tags(many(21)...), []string{"tags has 21 items, may have 20"}},
	{"empty tag", tags("a", ""), []string{"tags[1] must not be empty"}},
	{"long tag", tags(strings.Repeat("é", 65)), []string{"tags[0] has 65 characters, may have 64"}},
	{"tag with a comma", tags("a,b"), []string{"tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank"}},
	{"tag that begins with a blank", tags(" a"), []string{"tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank"}},
	{"tag in another script", tags("漢字"), []string{"tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank"}},
	{"tag with a line break", tags("a\n"), []string{"tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank"}},
	{"long tag with a comma", tags("," + strings.Repeat("a", 64)), []string{
		"tags[0] has 65 characters, may have 64", "tags[0] may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank"}},
	{"same tag twice", tags("a", "b", "a"), []string{"tags[2] repeats item 0"}},
	{"tag that is not UTF-8", tags("\xff"), []string{"tags[0] is not valid UTF-8"}},

	{"nothing to update", update(client.ConversationUpdate{}), []string{"the body must not be empty"}},
	{"customer with another field", update(client.ConversationUpdate{Customer: new(customerID), Locked: new(false)}), []string{"the body must not have customer together with other fields"}},
	{"empty customer", update(client.ConversationUpdate{Customer: new("")}), []string{"customer must not be empty"}},
	{"priority", update(client.ConversationUpdate{Priority: new(0)}), []string{"priority must be at least 1"}},
	{"priority above", update(client.ConversationUpdate{Priority: new(6)}), []string{"priority must be at most 5"}},
	{"status", update(client.ConversationUpdate{Status: new(client.Status("closed"))}), []string{"status must be one of open, snoozed, done"}},
	{"long name", update(client.ConversationUpdate{Name: client.Value(strings.Repeat("😀", 257))}), []string{"name has 257 characters, may have 256"}},
	{"queue of nothing", update(client.ConversationUpdate{Queue: &client.Queue{}}), []string{"queue needs id or external"}},
	{"unknown external queue", update(client.ConversationUpdate{Queue: &client.Queue{External: client.Value(client.ExternalQueue("x"))}}), []string{"queue.external must be one of amazon-connect"}},
	{"snooze without status", update(client.ConversationUpdate{Snooze: &client.Snooze{Time: new(time.Now())}}), []string{"snooze.status must be one of scheduled, canceled, elapsed"}},
	{"zero times", update(client.ConversationUpdate{EndedAt: new(time.Time{}), SatisfactionLevel: &client.SatisfactionLevel{Status: client.SatisfactionStatusRated, SentAt: &time.Time{}}}), []string{
		"satisfactionLevel.createdAt must be set: it is Go's zero time", "satisfactionLevel.sentAt must be set: it is Go's zero time", "endedAt must be set: it is Go's zero time"}},
	{"far future", update(client.ConversationUpdate{EndedAt: new(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC))}), []string{"endedAt has the year 12000, may have 0 to 9999"}},
	{"sentiment", update(client.ConversationUpdate{Sentiment: &client.Sentiment{Polarity: 0.5, Confidence: 2}}), []string{
		"sentiment.polarity must be one of -1, 0, 1", "sentiment.confidence must be at most 1"}},
	{"NaN", update(client.ConversationUpdate{Satisfaction: client.Value(math.NaN())}), []string{"satisfaction must be a finite number"}},
	{"suggested tags", update(client.ConversationUpdate{SuggestedTags: []client.SuggestedTag{{Tag: "a", Confidence: 1}, {Tag: "b,"}, {Tag: "a", Confidence: 1}}}), []string{
		"suggestedTags[1].tag may contain Latin letters, digits, blanks and _ / < > - . and must not begin with a blank", "suggestedTags[2] repeats item 0"}},
	{"suggested shortcut", update(client.ConversationUpdate{SuggestedShortcuts: []client.SuggestedShortcut{{ShortcutID: "s", Confidence: -1.1}}}), []string{"suggestedShortcuts[0].confidence must be at least -1"}},

	{"snoozed create", create(client.ConversationCreate{Status: new(client.StatusSnoozed)}), []string{"status must be one of open, done"}},
	{"empty ids", create(client.ConversationCreate{ID: new(""), AssignedUsers: []string{"u", ""}}), []string{"id must not be empty", "assignedUsers[1] must not be empty"}},
	{"11 teams", create(client.ConversationCreate{AssignedTeams: many(11)}), []string{"assignedTeams has 11 items, may have 10"}},
	{"long ones", create(client.ConversationCreate{ExternalID: new(strings.Repeat("a", 257)), DefaultLang: client.Value(strings.Repeat("a", 101))}), []string{
		"externalId has 257 characters, may have 256", "defaultLang has 101 characters, may have 100"}},
	{"101 custom attributes", create(client.ConversationCreate{Custom: attributes(101)}), []string{"custom has 101 fields, may have 100"}},
	{"bad custom attributes", create(client.ConversationCreate{Custom: custom.New(
		custom.Str("vipBool").Set("x"), custom.Num("refund").Set(math.Inf(1)), custom.Int("fine").Set(1), custom.Int("fine").Set(2))}), []string{
		"custom.fineNum is set twice", "custom.refundNum must be a finite number",
		"custom.vipBool has a name that ends in Bool, but its key is for the suffix Str"}},
	{"custom attribute of nothing", create(client.ConversationCreate{Custom: client.CustomAttributes{"aStr": {}}}), []string{"custom.aStr has no value: use a key's Set or Null, or Raw"}},
	{"body too large", create(client.ConversationCreate{Custom: custom.New(custom.Raw("notesTxt", strings.Repeat("a", 102400)))}), []string{"the body has 102426 bytes, may have 102400"}},
	{"everything at once, id included", func(t testing.TB, c *client.Client) error {
		_, err := c.UpdateConversationAttributes(t.Context(), "..", client.ConversationUpdate{Priority: new(9), Tags: []string{""}})
		return err
	}, []string{`conversationID must not be empty, "." or "..", alone or before a semicolon, nor contain / \ ? # %, blanks or control characters`, "priority must be at most 5", "tags[0] must not be empty"}},
}

func tags(tags ...string) func(testing.TB, *client.Client) error {
	return func(t testing.TB, c *client.Client) error {
		_, err := c.AppendTagsToConversation(t.Context(), conversationID, tags)
		return err
	}
}

func update(u client.ConversationUpdate) func(testing.TB, *client.Client) error {
	return func(t testing.TB, c *client.Client) error {
		_, err := c.UpdateConversationAttributes(t.Context(), conversationID, u)
		return err
	}
}

func create(cr client.ConversationCreate) func(testing.TB, *client.Client) error {
	return func(t testing.TB, c *client.Client) error {
		_, err := c.CreateConversationForCustomer(t.Context(), customerID, cr)
		return err
	}
}

func attributes(n int) client.CustomAttributes {
	var entries []custom.Entry
	for _, name := range many(n) {
		entries = append(entries, custom.Int(name).Set(1))
	}
	return custom.New(entries...)
}

func TestViolations(t *testing.T) {
	for _, test := range refused {
		t.Run(test.name, func(t *testing.T) {
			c, sent := responding(t, sample(t, "responses/append-tags-200.json"))
			err := test.call(t, c)
			var v *client.ValidationError
			if !errors.As(err, &v) {
				t.Fatalf("error is %v", err)
			}
			var got []string
			for _, violation := range v.Violations {
				got = append(got, violation.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("violations are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if sent.count > 0 {
				t.Error("it was sent all the same")
			}
		})
	}
}

func TestChecksCanBeTurnedOff(t *testing.T) {
	for _, test := range refused {
		c, sent := responding(t, sample(t, "responses/append-tags-200.json"), client.WithoutRequestChecks())
		err := test.call(t, c)
		unwritable := slices.Contains([]string{"far future", "zero times", "NaN", "tag that is not UTF-8", "bad custom attributes", "custom attribute of nothing", "everything at once, id included"}, test.name)
		switch {
		case unwritable && (err == nil || sent.count > 0):
			t.Errorf("%s was sent as %s", test.name, sent.body)
		case !unwritable && (err != nil || !json.Valid([]byte(sent.body))):
			t.Errorf("%s: %v, sent %s", test.name, err, sent.body)
		}
	}
}

func TestAtTheLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("漢", n) }
	ok := []func(testing.TB, *client.Client) error{
		tags(many(20)...),
		tags(strings.Repeat("ÿ", 64), "<vip>", "a/b-c_d.e f", "..", "7"),
		update(client.ConversationUpdate{Customer: new(customerID)}),
		update(client.ConversationUpdate{Name: client.Value(long(256)), ExternalID: client.Null[string](), Priority: new(5), Satisfaction: client.Value(-1.0)}),
		update(client.ConversationUpdate{Tags: []string{}, Custom: client.CustomAttributes{}, Queue: &client.Queue{ID: client.Null[string]()}}),
		update(client.ConversationUpdate{Queue: &client.Queue{External: client.Null[client.ExternalQueue]()}}),
		create(client.ConversationCreate{}),
		create(client.ConversationCreate{Custom: attributes(100)}),
		create(client.ConversationCreate{Custom: custom.New(custom.Raw("notesTxt", strings.Repeat("a", 102400-26)))}),
	}
	for i, call := range ok {
		c, sent := responding(t, sample(t, "responses/append-tags-200.json"))
		if err := call(t, c); err != nil || sent.count != 1 {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
