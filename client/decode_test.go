package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/gen"
)

func tag(t testing.TB, c *client.Client) (*client.Conversation, error) {
	t.Helper()
	return c.AppendTagsToConversation(t.Context(), conversationID, []string{"vip"})
}

func TestSamples(t *testing.T) {
	for _, name := range []string{"append-tags-200", "create-conversation-201", "official-minimal-shape-200", "update-conversation-200-custom"} {
		t.Run(name, func(t *testing.T) {
			a := sample(t, "responses/"+name+".json")
			c, _ := responding(t, a)
			conv, err := tag(t, c)
			if err != nil {
				t.Fatal(err)
			}
			if err := conv.DecodeError(); err != nil {
				t.Error(err)
			}
			// The result is the same as that of encoding/json for the same body.
			var want gen.ConversationResponse
			if err := json.Unmarshal([]byte(a.body), &want); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(conv.Attributes, want.Data.Attributes) || !reflect.DeepEqual(conv.Relationships, want.Data.Relationships) {
				t.Error("attributes or relationships differ")
			}
			if conv.Type != "conversation" || conv.ID != conversationID || conv.Links.Self != "/v1/conversations/"+conversationID {
				t.Errorf("got %s %s %s", conv.Type, conv.ID, conv.Links.Self)
			}
			if conv.StatusCode != a.status || string(conv.Raw()) != a.body || conv.Attempts != 1 {
				t.Errorf("got status %d, %d attempts", conv.StatusCode, conv.Attempts)
			}
			if r := conv.Budget; r.Limit != 1000 || r.Remaining != 998 || !r.Reset.IsZero() {
				t.Errorf("rate limit is %+v", r)
			}
		})
	}
}

func TestCustomAttributesOfAResponse(t *testing.T) {
	c, _ := responding(t, sample(t, "responses/update-conversation-200-custom.json"))
	conv, err := tag(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if v, state, err := custom.Num("refund").Get(conv.Attributes.Custom); v != 12.5 || state != custom.StateSet || err != nil {
		t.Error(v, state, err)
	}
	if v, _, err := custom.Str("@acmeReturnsRma").Get(conv.Attributes.Custom); v != "RMA-7" || err != nil {
		t.Error(v, err)
	}
	if !conv.Attributes.Snooze.Time.Equal(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)) || conv.Attributes.Locale != "" {
		t.Errorf("snooze is %+v", conv.Attributes.Snooze)
	}
	c, _ = responding(t, sample(t, "responses/create-conversation-201.json"))
	if conv, err := tag(t, c); err != nil || conv.Attributes.Custom != nil {
		t.Error("custom is not nil although the response has none")
	}
}

func TestWrongTypesAreSkippedAndNamed(t *testing.T) {
	body := func(attributes string) string {
		return `{"data":{"type":"conversation","id":"c1","attributes":` + attributes + `,"relationships":{"customer":{"data":{"type":"customer","id":"k1"}}}}}`
	}
	for _, test := range []struct {
		name, body string
		problems   []string // none: it is not one
		check      func(a client.ConversationAttributes) bool
	}{
		{"masked number", body(`{"name":"n","priority":"***","rev":4}`), []string{"data.attributes.priority is a string, not an integer"},
			func(a client.ConversationAttributes) bool { return a.Name == "n" && a.Rev == 4 && a.Priority == 0 }},
		{"masked time", body(`{"createdAt":"***","updatedAt":"2026-03-02T09:15:04.375Z"}`), []string{"data.attributes.createdAt is a string, not a date and time"},
			func(a client.ConversationAttributes) bool { return a.CreatedAt.IsZero() && a.UpdatedAt.Year() == 2026 }},
		{"empty time", body(`{"createdAt":"","rev":4}`), []string{"data.attributes.createdAt is a string, not a date and time"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"time with an offset and no fraction", body(`{"createdAt":"2026-03-02T10:15:04+01:00"}`), nil,
			func(a client.ConversationAttributes) bool { return a.CreatedAt.UTC().Hour() == 9 }},
		{"inside an object", body(`{"snooze":{"status":"scheduled","time":7,"statusAt":"2026-03-02T09:15:04.375Z"},"rev":4}`), []string{"data.attributes.snooze.time is a number, not a date and time"},
			func(a client.ConversationAttributes) bool {
				return a.Snooze.Status == "scheduled" && a.Snooze.StatusAt.Year() == 2026 && a.Rev == 4
			}},
		{"a text for an object", body(`{"snooze":"***","rev":4}`), []string{"data.attributes.snooze is a string, not an object"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"a list for an object", body(`{"sentiment":[{"a":[1]}],"rev":4}`), []string{"data.attributes.sentiment is a list, not an object"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"a text for custom", body(`{"custom":"***","rev":4}`), []string{"data.attributes.custom is a string, not an object"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 && a.Custom == nil }},
		{"a list with another type inside", body(`{"tags":["a",{"id":"b"}],"rev":4}`), []string{"data.attributes.tags.1 is an object, not a string"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 && slices.Equal(a.Tags, []string{"a"}) }},
		{"a number that is too large", body(`{"satisfaction":1e999,"rev":4}`), []string{"data.attributes.satisfaction is a number that does not fit"},
			func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"a huge number", body(`{"rev":1e300,"priority":3}`), []string{"data.attributes.rev is a number, not an integer"},
			func(a client.ConversationAttributes) bool { return a.Priority == 3 }},
		{"several", body(`{"rev":"x","priority":true,"name":7,"ended":"no","satisfaction":{},"custom":{"aNum":1}}`), []string{
			"rev is a string, not an integer", "priority is a boolean, not an integer", "name is a number, not a string", "ended is a string, not a boolean", "satisfaction is an object, not a number"},
			func(a client.ConversationAttributes) bool { return a.Custom["aNum"].String() == "1" }},
		{"nulls everywhere", body(`{"name":null,"priority":null,"createdAt":null,"snooze":null,"tags":null,"custom":null,"sentiment":null,"open":null,"spam":null}`), nil,
			func(a client.ConversationAttributes) bool { return a.CreatedAt.IsZero() && a.Custom == nil }},
		{"null attributes", body(`null`), nil, func(a client.ConversationAttributes) bool { return a.Name == "" }},
		{"attributes that are a text", body(`"***"`), []string{"data.attributes is a string, not an object"}, func(a client.ConversationAttributes) bool { return a.Name == "" }},
		{"unknown attributes", body(`{"future":{"a":[1,2]},"status":"archived","rev":4}`), nil,
			func(a client.ConversationAttributes) bool { return a.Status == "archived" && a.Rev == 4 }},
		{"unknown attributes beside a wrong one", body(`{"future":{"a":[1,2]},"rev":"4","custom":{"xStr":"v","yNum":12345678901234567890}}`), []string{"rev is a string"},
			func(a client.ConversationAttributes) bool { return a.Custom["yNum"].String() == "12345678901234567890" }},
		{"more after the end", body(`{"rev":4}`) + `<!-- proxy -->`, []string{"there is more after the end"}, func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"byte order mark", "\ufeff" + body(`{"rev":4}`), nil, func(a client.ConversationAttributes) bool { return a.Rev == 4 }},
		{"meta.to as a list", body(`{"lastMessageOut":{"meta":{"to":[{"email":"a"}]}},"firstMessageIn":{"meta":null}}`), nil,
			func(a client.ConversationAttributes) bool { return string(a.FirstMessageIn) == `{"meta":null}` }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := responding(t, testResponse{status: 200, body: test.body})
			conv, err := tag(t, c)
			if err != nil {
				t.Fatal(err)
			}
			decodeErr := fmt.Sprint(conv.DecodeError())
			if test.problems == nil && conv.DecodeError() != nil {
				t.Error(decodeErr)
			}
			for _, want := range test.problems {
				if !strings.Contains(decodeErr, want) {
					t.Errorf("decode error %q does not say %q", decodeErr, want)
				}
			}
			if strings.Contains(decodeErr, "***") {
				t.Errorf("decode error %q shows a value", decodeErr)
			}
			if conv.ID != "c1" || conv.Relationships.Customer.Data.ID != "k1" {
				t.Errorf("got %q of customer %q", conv.ID, conv.Relationships.Customer.Data.ID)
			}
			if !test.check(conv.Attributes) {
				t.Errorf("attributes are %+v", conv.Attributes)
			}
			if string(conv.Raw()) != test.body {
				t.Error("Raw is not the body")
			}
		})
	}
}

// The response is cut off at every byte around the id, and at every third byte of the rest. An update and tags succeed,
// because the call has the id. A create succeeds if the response has the id.
func TestResponseCutOffAnywhere(t *testing.T) {
	a := sample(t, "responses/update-conversation-200-custom.json")
	idEnds := strings.Index(a.body, conversationID) + len(conversationID) + 1
	attributes := strings.Index(a.body, `"channels"`)
	var n int
	c := breakingOff(t, func() (testResponse, int) { return a, n })
	for step := 1; n < len(a.body); n += step {
		if n > 2*idEnds {
			step = 3
		}
		a.status = 200
		conv, err := tag(t, c)
		switch {
		case err != nil || conv.ID != conversationID:
			t.Fatalf("after %d bytes: %v", n, err)
		case conv.DecodeError() == nil || !errors.Is(conv.DecodeError(), io.ErrUnexpectedEOF):
			t.Fatalf("after %d bytes the decode error is %v", n, conv.DecodeError())
		case n > attributes && conv.Attributes.Name != "Damaged parcel":
			t.Fatalf("after %d bytes only %q is there", n, conv.Attributes.Name)
		}
		a.status = 201
		conv, err = c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
		if n >= idEnds {
			if err != nil || conv.ID != conversationID {
				t.Fatalf("after %d bytes, with the id there: %v", n, err)
			}
			continue
		}
		want := client.OutcomeApplied
		if n == 0 {
			want = client.OutcomeUnknown
		}
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Outcome != want || e.StatusCode != 201 || string(e.Body) != a.body[:n] {
			t.Fatalf("after %d bytes the error is %v", n, err)
		}
	}
}

// breakingOff returns a client whose responses lose the connection after a number of bytes of their body.
func breakingOff(t testing.TB, next func() (a testResponse, bytes int)) *client.Client {
	return newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		a, n := next()
		resp := a.response(r)
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(a.body[:n]), failing{}))
		return resp, nil
	}))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A response with a readable id is a success, even if everything else in it is wrong.
func TestIDIsFound(t *testing.T) {
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	for _, body := range []string{
		`{"data":{"attributes":{"sla":` + deep + `},"id":"x"}}`,
		`{"data":{"future":` + deep + `,"id":"x"}}`,
		"\ufeff" + `{"data":{"id":"x"}}`,
		`{"data":{"attributes":{"name":bad},"id":"x"}}`,
		"{\"data\":{\"attributes\":{\"name\":\"a\nb\"},\"id\":\"x\"}}",
		`{"errors":[],"data":{"a":{"id":"y"},"id":"x"`,
		`{"data":{"ID":"x"}}`, `{"data":{"ID":"x","attributes":{"priority":"masked"}}}`, `{"Data":{"ID":"x","attributes":{"priority":"masked"}}}`,
		`{"data":{"id":"x","id":null}}`, `{"data":{"id":"x","id":5}}`,
		`{"data":{"id":"x"},"data":{"attributes":{"priority":"m"}}}`, `{"data":{"id":"x"},"data":{"attributes":{"priority":1}}}`,
		`{"data":{"a":"\"id\":\"y\"","id" : "x"}}`,
	} {
		c, _ := responding(t, testResponse{status: 200, body: body})
		conv, err := tag(t, c)
		if err != nil || conv.ID != "x" {
			t.Errorf("%.80s gives %.200v", body, err)
			continue
		}
		if masked := strings.Contains(body, `"m`) || strings.Contains(body, "bad"); masked && conv.DecodeError() == nil {
			t.Errorf("%s: DecodeError does not name what could not be decoded", body)
		}
	}
	c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":123,"attributes":{"rev":4}}}`})
	if conv, err := tag(t, c); err != nil || conv.ID != "123" || conv.Attributes.Rev != 4 || conv.DecodeError() == nil {
		t.Errorf("an id that is a number gives %v", err)
	}
}

// endless is a body that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func TestConversationHasEveryFieldOfTheModel(t *testing.T) {
	have := reflect.TypeFor[client.Conversation]()
	for f := range reflect.TypeFor[gen.Conversation]().Fields() {
		got, ok := have.FieldByName(f.Name)
		if !ok || got.Type != f.Type {
			t.Errorf("client.Conversation lacks %s %s", f.Name, f.Type)
		}
	}
}

func FuzzDecodeConversation(f *testing.F) {
	for _, name := range []string{"append-tags-200", "official-minimal-shape-200", "update-conversation-200-custom"} {
		f.Add(sample(f, "responses/"+name+".json").body)
	}
	f.Add(`{"data":{"id":"c","attributes":{"custom":{"a":1},"tags":[1],"snooze":{"time":""}}}}`)
	f.Add(`{"data":[{"id":"c"}]}x`)
	var body string
	c := newClient(f, transport(func(r *http.Request) (*http.Response, error) {
		return testResponse{status: 200, body: body}.response(r), nil
	}))
	f.Fuzz(func(t *testing.T, b string) {
		body = b
		conv, err := tag(t, c)
		if _, ok := errors.AsType[*client.OutcomeUnknownError](err); err != nil && !ok {
			t.Errorf("error is %v", err)
		}
		if object := json.Valid([]byte(b)) && strings.HasPrefix(strings.TrimSpace(b), "{"); object && err != nil && !strings.Contains(err.Error(), "lists errors") {
			t.Errorf("an object was reported as %v", err)
		}
		var plain struct{ Data struct{ ID string } }
		if json.Unmarshal([]byte(b), &plain) == nil && plain.Data.ID != "" && err != nil {
			t.Errorf("a readable id was reported as %v", err)
		}
		if err == nil && conv.ID == "" {
			t.Error("a success without an id")
		}
	})
}
