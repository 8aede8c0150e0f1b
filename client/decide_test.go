package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// bodyCases are bodies of each kind. cut means that the connection is lost at their end.
var bodyCases = []struct {
	name, body string
	cut        bool
	encoding   string
}{
	{name: "empty"},
	{name: "empty and cut", cut: true},
	{name: "blank", body: " \r\n"},
	{name: "object", body: `{}`},
	{name: "object with data", body: `{"data":{"type":"conversation","attributes":{}}}`},
	{name: "id", body: `{"data":{"type":"conversation","id":"c9"}}`},
	{name: "id and cut", body: `{"data":{"type":"conversation","id":"c9","attri`, cut: true},
	{name: "cut before the id", body: `{"data":{"type":"conver`, cut: true},
	{name: "errors", body: `{"errors":[{"title":"No"}]}`},
	{name: "errors and id", body: `{"errors":[{"title":"No"}],"data":{"id":"c9"}}`},
	{name: "errors and data", body: `{"errors":[{"title":"No"}],"data":{"type":"conversation"}}`},
	{name: "errors and records", body: `{"errors":[{"title":"No"}],"data":[{"id":"c9"}]}`},
	{name: "no errors", body: `{"errors":[]}`},
	{name: "HTML", body: `<!DOCTYPE html><html><body>{"data":{"id":"c9"}}</body></html>`},
	{name: "text", body: `OK`},
	{name: "null", body: `null`},
	{name: "list", body: `[]`},
	{name: "list of records", body: `[{"data":{"id":"c9"}}]`},
	{name: "number", body: `7`},
	{name: "string", body: `"c9"`},
	{name: "no JSON", body: `{not json}`},
	{name: "gzip of an id", body: zipped(`{"data":{"type":"conversation","id":"c9"}}`), encoding: "gzip"},
	{name: "gzip of HTML", body: zipped(`<html></html>`), encoding: "gzip"},
	{name: "unknown compression", body: "\x8b\x01\x80", encoding: "br"},
	{name: "gzip that is none", body: "\x8b\x01\x80", encoding: "gzip"},
	{name: "gzip cut in its head", body: zipped("{}")[:6], cut: true, encoding: "gzip"},
	{name: "unknown compression, cut", body: "\x8b\x01\x80", cut: true, encoding: "br"},
	{name: "broken behind the id", body: `{"data":{"type":"conversation","id":"c9",}}`},
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// The results that a call may report for a response.
const (
	succeeds   = "success"
	fallsBack  = "success with the id of the call"
	applied    = "applied"
	notApplied = "not applied"
	unknown    = "unknown"
)

// decided are the calls of the table, with the documented status of their success, and the result for each body with that
// status and with another 2xx status. The last line is for all other bodies.
var decided = []struct {
	name         string
	call         func(context.Context, *client.Client) (id string, decodeErr, err error)
	documented   int
	then, others []outcomes
}{
	{"tags", callTags, 200, changed, elsewhere},
	{"update", callUpdate, 200, changed, elsewhere},
	{"create", callCreate, 201, []outcomes{
		{succeeds, "id|id and cut|errors and id|gzip of an id|broken behind the id"},
		{applied, "object|object with data|cut before the id|no errors"}, // the write succeeded, and nothing says what it made
		{unknown, ""},
	}, elsewhere},
	// A read changes nothing, and its body is its only purpose.
	{"Do GET", callDo("GET"), 204, []outcomes{
		{succeeds, "empty|blank|object|object with data|id|errors and id|errors and records|no errors|gzip of an id|broken behind the id"},
		{notApplied, ""},
	}, []outcomes{
		{succeeds, "object|object with data|id|errors and id|errors and records|no errors|gzip of an id|broken behind the id"},
		{notApplied, ""},
	}},
	{"Do HEAD", callDo("HEAD"), 0, nil, []outcomes{{succeeds, ""}}},
	// The documented status of a write by Do is not known here, so its status counts unless the body contradicts it. A 202
	// says that nothing is applied yet.
	{"Do POST", callDo("POST"), 202, elsewhere, []outcomes{
		{succeeds, "empty|empty and cut|blank|object|object with data|id|id and cut|cut before the id|no errors|errors and id|errors and records|gzip of an id|broken behind the id"},
		{unknown, ""},
	}},
}

type outcomes struct{ outcome, bodies string }

// changed is for calls that have the id of the record, so the response need not have it.
var changed = []outcomes{
	{succeeds, "id|id and cut|errors and id|gzip of an id|broken behind the id"},
	{fallsBack, "empty|empty and cut|blank|object|object with data|cut before the id|no errors|unknown compression|gzip that is none|gzip cut in its head|unknown compression, cut"},
	{unknown, ""}, // it does not come from the API, or it lists errors
}

// elsewhere is for a status that the document does not have. Then only the record shows that the API responded.
var elsewhere = []outcomes{
	{succeeds, "id|id and cut|errors and id|gzip of an id|broken behind the id"},
	{unknown, ""},
}

func outcomeOf(table []outcomes, body string) string {
	i := slices.IndexFunc(table, func(o outcomes) bool {
		return o.bodies == "" || slices.Contains(strings.Split(o.bodies, "|"), body)
	})
	return table[i].outcome
}

// statusOutcome is the outcome of a status other than 2xx with any body, and whether a repeatable call is retried.
func statusOutcome(status int) (outcome string, retried bool) {
	switch status {
	case 408, 500, 502, 503, 504:
		return unknown, true // a gateway or the server may have failed after the write
	case 301, 302, 303, 499:
		return unknown, false // sent after the request was processed, or because a gateway's client left
	case 425, 429:
		return notApplied, true // by every call: it was not processed
	}
	if status >= 500 {
		return unknown, false
	}
	return notApplied, false
}

func callTags(ctx context.Context, c *client.Client) (string, error, error) {
	return parts(c.AppendTagsToConversation(ctx, conversationID, []string{"vip"}))
}

func callUpdate(ctx context.Context, c *client.Client) (string, error, error) {
	return parts(c.UpdateConversationAttributes(ctx, conversationID, client.ConversationUpdate{Name: client.Value("n")}))
}

func callCreate(ctx context.Context, c *client.Client) (string, error, error) {
	return parts(c.CreateConversationForCustomer(ctx, customerID, client.ConversationCreate{}))
}

func callDo(method string) func(context.Context, *client.Client) (string, error, error) {
	return func(ctx context.Context, c *client.Client) (string, error, error) {
		r, err := c.Do(ctx, method, "/v1/conversations/c9", nil)
		if err != nil && r != nil {
			return "", nil, errors.New("a response beside an error")
		}
		return "", nil, err
	}
}

func parts(conv *client.Conversation, err error) (string, error, error) {
	if err != nil {
		if conv != nil {
			return "", nil, errors.New("a conversation beside an error")
		}
		return "", nil, err
	}
	return conv.ID, conv.DecodeError(), nil
}

// Every status from 200 to 599 with every body, for every operation.
func TestEveryResponse(t *testing.T) {
	for _, op := range decided {
		for status := 200; status <= 599; status++ {
			for _, b := range bodyCases {
				name := fmt.Sprintf("%s, %d, %s", op.name, status, b.name)
				table := op.others
				if status == op.documented {
					table = op.then
				}
				header := http.Header{"Content-Type": {"application/json"}}
				if b.encoding != "" {
					header.Set("Content-Encoding", b.encoding)
				}
				c, sent := responding(t, testResponse{status, header, b.body})
				if b.cut {
					c = breakingOff(t, func() (testResponse, int) { return testResponse{status, header, b.body}, len(b.body) })
				}
				id, decodeErr, err := op.call(t.Context(), c)
				got, e := reported(err)
				want, _ := statusOutcome(status)
				if status <= 299 {
					want = outcomeOf(table, b.name)
				}
				if (strings.HasSuffix(op.name, "GET") || strings.HasSuffix(op.name, "HEAD")) && want == unknown {
					want = notApplied
				}
				if want == fallsBack {
					if id != conversationID || decodeErr == nil {
						t.Errorf("%s: the id is %q, DecodeError %v", name, id, decodeErr)
					}
					want = succeeds
				} else if want == succeeds && !strings.HasPrefix(op.name, "Do") && id != "c9" {
					t.Errorf("%s: the id is %q", name, id)
				}
				if got != want {
					t.Errorf("%s: %s, want %s: %v", name, got, want, err)
				}
				switch {
				case b.name == "errors" && e != nil && (len(e.Items) != 1 || e.Items[0].Title != "No"):
					t.Errorf("%s: the items are %+v", name, e.Items)
				case b.name == "HTML" && status <= 299 && e != nil && !strings.Contains(e.Hint, "proxy"):
					t.Errorf("%s: the hint is %q", name, e.Hint)
				case b.name == "errors and id" && id != "" && (decodeErr == nil || !strings.Contains(decodeErr.Error(), "No")):
					t.Errorf("%s: DecodeError is %v", name, decodeErr)
				}
				if e != nil && (e.StatusCode != status || e.Attempts != 1) || !b.cut && sent.count != 1 {
					t.Errorf("%s: after %d requests: %v", name, sent.count, err)
				}
			}
		}
	}
}

// reported returns the outcome in an error.
func reported(err error) (string, *client.Error) {
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		return succeeds, nil
	case !ok:
		return err.Error(), nil
	}
	_, isUnknown := err.(*client.OutcomeUnknownError)
	if isUnknown != (e.Outcome == client.OutcomeUnknown) {
		return "an error of the wrong type", e
	}
	return e.Outcome.String(), e
}

// The statuses that are retried, for repeatable calls and for others.
func TestRetriedStatuses(t *testing.T) {
	for status := 300; status <= 599; status++ {
		outcome, retried := statusOutcome(status)
		for _, op := range []struct {
			name string
			call func(context.Context, *harness) error
			safe bool
		}{
			{"tags", func(ctx context.Context, r *harness) error { return r.tag(ctx) }, true},
			{"update", func(ctx context.Context, r *harness) error { return r.update(ctx) }, true},
			{"create", func(ctx context.Context, r *harness) error { return r.create(ctx, client.ConversationCreate{}) }, false},
			{"Do GET", func(ctx context.Context, r *harness) error {
				_, err := r.Do(ctx, "GET", "/v1/conversations/"+r.conversation, nil)
				return err
			}, true},
		} {
			bubble(t, fmt.Sprint(op.name, "/", status), func(t *testing.T) {
				r := newHarness(t, nil, unlimited)
				r.srv.Fail(kustomertest.Status(status, ""))
				err := op.call(t.Context(), r)
				want := 1
				if retried && (op.safe || outcome == notApplied) {
					want = 2
				}
				if r.sent() != want || (err == nil) != (want == 2) {
					t.Errorf("%d requests, want %d: %v", r.sent(), want, err)
				}
			})
		}
	}
}
