package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// hostile has characters that break a line, control a terminal or change the direction of a text.
const hostile = "a\n\r\x1b[2J\u0085\u2028\u2029\u202e\u2066\u00ad\ufeff\x7fb"

// No text of an error has several lines, controls a terminal, or is as long as a text that it quotes.
func TestErrorsAreOneShortLine(t *testing.T) {
	huge := strings.Repeat(hostile, 1<<20/len(hostile))
	tagged := func(a testResponse) error { c, _ := responding(t, a); return second(tag(t, c)) }
	item, err := json.Marshal(map[string]any{"title": hostile, "code": hostile, "source": map[string]any{"pointer": hostile}})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 60000) + "Str"
	undefined := `{"errors":[{"title":"additional properties","source":{"pointer":"/custom/` + long + `"}}]}`
	blamed, _ := responding(t, testResponse{status: 400, body: undefined})
	ok, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c1","attributes":{"custom":{"` + long + `":"` + long + `"},"name":["` + long + `"],"endedAt":"` + long + `"}}}`})
	r, err := ok.Do(t.Context(), "GET", "/v1/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	conv, err := client.DecodeConversation(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a cause":                second(read(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, errors.New(hostile) })))),
		"a huge cause":           second(read(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, errors.New(huge) })))),
		"an item":                tagged(jsonError(400, string(item))),
		"an id of the request":   tagged(testResponse{400, http.Header{"X-Amz-Cf-Id": {hostile}}, ""}),
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

// The prefix of the module is in a text once, even if errors of this package wrap each other.
func TestTheModuleIsNamedOnce(t *testing.T) {
	c, _ := responding(t, testResponse{status: 404})
	_, inner := c.Do(t.Context(), "GET", "/v1/users/current", nil)
	source := clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) { return "", inner })))
	joined := clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
		return "", errors.Join(inner, fmt.Errorf("twice: %w", inner))
	})))
	long, _ := responding(t, testResponse{status: 200, body: strings.Repeat(" ", 8<<20+1)})
	empty, _ := responding(t, testResponse{status: 200, body: `{}`})
	r, err := empty.Do(t.Context(), "GET", "/v1/conversations/c1", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a token source":             second(read(t, source)),
		"a token source, two errors": second(read(t, joined)),
		"a long body":                second(read(t, long)),
		"no conversation":            second(client.DecodeConversation(r)),
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

// failingLimiter is a limiter that refuses everything.
type failingLimiter struct{ err error }

func (r failingLimiter) Acquire(context.Context, ratelimit.Request) (ratelimit.Permit, error) {
	return nil, r.err
}
