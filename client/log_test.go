package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// logged is the JSON record of an error, and its text.
func logged(t *testing.T, err error) (map[string]any, string) {
	t.Helper()
	var log, text bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
	slog.New(slog.NewTextHandler(&text, nil)).Error("failed", "error", err)
	var record struct{ Error map[string]any }
	if err := json.Unmarshal(log.Bytes(), &record); err != nil {
		t.Fatal(err)
	}
	return record.Error, log.String() + text.String()
}

// A log has what the text of an error says, in keys of one style.
func TestLogsSayWhatErrorsSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := `{"errors":[{"title":"Invalid parameter","code":"badparam","source":{"pointer":"priority"}},{"title":"second\nline"}]}`
		gone := answer{status: 404, body: `{"errors":[{"title":"no such thing","code":"notfound"}]}`}
		r := newRig(t, nil, attempts(1))
		r.srv.Fail(always(kustomertest.Status(400, refused)))
		c404, _ := answering(t, gone)
		fast := newRig(t, nil, attempts(1), client.WithTimeout(time.Second))
		fast.srv.Fail(always(kustomertest.Delay(time.Minute)))
		busy := newRig(t, nil, attempts(1), unlimited)
		busy.srv.Fail(always(with(kustomertest.Status(429, refused), "X-Ratelimit-Remaining", "5", "Retry-After", "7")))
		for _, test := range []struct {
			name string
			err  error
			want map[string]any
		}{
			{"refused", r.update(t.Context()), map[string]any{
				"op": "updateConversationAttributes", "method": "PATCH", "path": "/v1/conversations/{id}", "id": r.conversation, "status": 400.0,
				"outcome": "not applied", "attempts": 1.0, "items": []any{"Invalid parameter (priority)", "second line"}, "codes": []any{"badparam"}}},
			{"a read", second(c404.Do(t.Context(), "GET", "/v1/conversations/"+conversationID, nil)), map[string]any{
				"op": "Do", "id": conversationID, "items": []any{"no such thing"}, "hint": "no such record, or one outside the API key's scope"}},
			{"unknown", fast.create(t.Context(), client.ConversationCreate{ExternalID: new("order-1"), ID: new("65f0a1b2c3d4e5f600000009")}), map[string]any{
				"id": fast.customer, "status": 0.0, "outcome": "unknown", "external_id": "order-1", "conversation_id": "65f0a1b2c3d4e5f600000009", "cause": "time-out"}},
			{"limited", busy.update(t.Context()), map[string]any{
				"id": busy.conversation, "status": 429.0, "scope": "object", "retry_after": 7e9, "local": false, "items": []any{"Invalid parameter (priority)", "second line"}}},
			{"invalid", second(r.UpdateConversationAttributes(t.Context(), "..", client.ConversationUpdate{Priority: new(9)})), map[string]any{
				"op": "updateConversationAttributes", "violations": []any{
					`conversationID must not be empty, "." or "..", alone or before a semicolon, nor hold / \ ? # %, blanks or control characters`, "priority must be at most 5"}}},
		} {
			record, text := logged(t, test.err)
			for key, want := range test.want {
				if got := record[key]; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: %s is %v, want %v", test.name, key, got, want)
				}
			}
			if cause := errors.Unwrap(errors.Unwrap(test.err)); test.name == "unknown" && record["cause_text"] != fmt.Sprint(cause) {
				t.Errorf("the cause is %v, want %v", record["cause_text"], cause)
			}
			if strings.Contains(text, "Field") || strings.Contains(text, "Message") {
				t.Errorf("%s: the log is %s", test.name, text)
			}
			for key := range record {
				if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(key) {
					t.Errorf("%s: the log has the key %s", test.name, key)
				}
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// However much a server says, a record of a log stays small, and in one line.
func TestLogsAreBounded(t *testing.T) {
	item := `{"title":"` + strings.Repeat(`t\n`, 300) + `","code":"` + strings.Repeat(`c\r`, 300) + `","source":{"pointer":"` + strings.Repeat("p", 300) + `"}`
	nested := item + `,"meta":{"subErrors":[` + strings.Repeat(item+"},", 7) + item + `}]}}`
	c, _ := answering(t, jsonError(400, nested+","+strings.Repeat(item+"},", 8)+item+"}"))
	_, err := tag(t, c)
	record, text := logged(t, err)
	if len(text) > 20<<10 || len(err.Error()) > 8<<10 || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("the log has %d bytes, the error %d: %v", len(text), len(err.Error()), err)
	}
	if items, _ := record["items"].([]any); len(items) != 6 || items[5] != "and 5 more" {
		t.Errorf("the items are %v", record["items"])
	}
}

// hostile is what breaks a line, steers a terminal or turns the direction of a text.
const hostile = "a\n\r\x1b[2J\u0085\u2028\u2029\u202e\u2066\u00ad\ufeff\x7fb"

// No text of an error has more than one line, steers a terminal or is as long as what it is about, wherever that comes from.
func TestErrorsAreOneShortLine(t *testing.T) {
	huge := strings.Repeat(hostile, 1<<20/len(hostile))
	tagged := func(a answer) error { c, _ := answering(t, a); return second(tag(t, c)) }
	item, err := json.Marshal(map[string]any{"title": hostile, "code": hostile, "source": map[string]any{"pointer": hostile}})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 60000) + "Str"
	undefined := `{"errors":[{"title":"additional properties","source":{"pointer":"/custom/` + long + `"}}]}`
	blamed, _ := answering(t, answer{status: 400, body: undefined})
	ok, _ := answering(t, answer{status: 200, body: `{"data":{"id":"c1","attributes":{"custom":{"` + long + `":"` + long + `"},"name":["` + long + `"],"endedAt":"` + long + `"}}}`})
	r, err := ok.Do(t.Context(), "GET", "/v1/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := r.Conversation()
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a cause":                second(read(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, errors.New(hostile) })))),
		"a huge cause":           second(read(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, errors.New(huge) })))),
		"an item":                tagged(jsonError(400, string(item))),
		"an id of the request":   tagged(answer{400, http.Header{"X-Amz-Cf-Id": {hostile}}, ""}),
		"a long path":            second(blamed.Do(t.Context(), "GET", "/v1"+strings.Repeat("/a", 60000), nil)),
		"bad tags":               tags(make([]string, 100000)...)(t, ok),
		"a name with a break":    update(client.ConversationUpdate{Custom: custom.New(custom.Str(hostile).Set("x"))})(t, ok),
		"a name of another kind": update(client.ConversationUpdate{Custom: custom.New(custom.Str(hostile + "Bool").Set("x"))})(t, ok),
		"a long name, refused":   update(client.ConversationUpdate{Custom: custom.New(custom.Num(long).Set(math.NaN()))})(t, ok),
		"a long name, undefined": update(client.ConversationUpdate{Custom: custom.New(custom.Raw(long, "x"))})(t, blamed),
		"a body that cannot be":  second(ok.Do(t.Context(), "POST", "/v1/x", failingJSON{errors.New(huge)})),
		"an externalId, unknown": create(client.ConversationCreate{ExternalID: new(hostile)})(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("x") }))),
		"a conversation":         conv.DecodeError(),
		"a value that is decoded": r.Decode(&struct {
			Data struct{ Attributes struct{ EndedAt time.Time } }
		}{}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		texts := map[string]string{"text": err.Error()}
		if value, ok := err.(slog.LogValuer); ok {
			texts["log"] = fmt.Sprint(value.LogValue())
		}
		for where, text := range texts {
			if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 8<<10 {
				t.Errorf("%s: its %s has %d bytes: %.300q", name, where, len(text), text)
			}
		}
	}
}

// The name of the module stands once in a text, whatever wraps what.
func TestTheModuleIsNamedOnce(t *testing.T) {
	c, _ := answering(t, answer{status: 404})
	_, inner := c.Do(t.Context(), "GET", "/v1/users/current", nil)
	source := clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) { return "", inner })))
	joined := clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
		return "", errors.Join(inner, fmt.Errorf("twice: %w", inner))
	})))
	long, _ := answering(t, answer{status: 200, body: strings.Repeat(" ", 8<<20+1)})
	empty, _ := answering(t, answer{status: 200, body: `{}`})
	r, err := empty.Do(t.Context(), "GET", "/v1/conversations/c1", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a token source":             second(read(t, source)),
		"a token source, two errors": second(read(t, joined)),
		"a long body":                second(read(t, long)),
		"no conversation":            second(r.Conversation()),
		"options":                    second(client.New(client.WithOrg("a.b"), client.WithAPIKey(""), nil)),
		"a clone":                    second(c.Clone(client.WithOrg("a.b"), client.WithTimeout(-1))),
		"a body that cannot be JSON": second(c.Do(t.Context(), "POST", "/v1/customers", failingJSON{inner})),
		"a transport":                second(read(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, inner })))),
		"a limiter":                  second(read(t, newClient(t, nil, client.WithLimiter(failingLimiter{inner})))),
	} {
		if err == nil || strings.Count(err.Error(), "kustomer: ") != 1 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failingJSON struct{ err error }

func (f failingJSON) MarshalJSON() ([]byte, error) { return nil, f.err }

// failingLimiter is a limiter that lets nothing through.
type failingLimiter struct{ err error }

func (r failingLimiter) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	return nil, r.err
}
