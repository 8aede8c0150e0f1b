package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Hints are for the statuses that they are about, from the first to the last.
func TestHintsAtTheEdges(t *testing.T) {
	elsewhere, html := http.Header{"Location": {"https://elsewhere.example/"}}, http.Header{"Content-Type": {"text/html"}}
	for _, test := range []struct {
		a    answer
		hint string
		want bool
	}{
		{answer{300, elsewhere, ""}, "redirects are refused", true},
		{answer{399, elsewhere, ""}, "redirects are refused", true},
		{answer{404, elsewhere, ""}, "redirects are refused", false},
		{answer{400, html, "<html>"}, "the network's edge", true},
		{answer{499, html, "<html>"}, "the network's edge", true},
		{answer{399, html, "<html>"}, "the network's edge", false},
		{answer{503, html, "<html>"}, "the network's edge", true},
		{answer{400, html, `{"errors":[{"title":"x"}]}`}, "the network's edge", false},
	} {
		c, _ := answering(t, test.a)
		_, err := tag(t, c)
		e, ok := errors.AsType[*client.Error](err)
		if !ok || strings.Contains(e.Hint, test.hint) != test.want {
			t.Errorf("%d %v: %v", test.a.status, test.a.header, err)
		}
	}
}

// A call by Do has no role that is known here.
func TestHintWithoutARole(t *testing.T) {
	c, _ := answering(t, answer{status: 403})
	_, err := c.Do(t.Context(), "GET", "/v1/users/current", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || !strings.HasSuffix(e.Hint, "a role that this call needs") {
		t.Errorf("the hint of %v", err)
	}
}

// The name of an attribute is found in a server's text only as a word of its own, and what was meant is told beside it.
func TestNameOfAnAttributeInAText(t *testing.T) {
	for text, want := range map[string]string{
		"additional property aStr": "aStr", `additional property "aStr".`: "aStr",
		"additional property @aStr": "", "additional property x-aStr": "", "additional property x_aStr": "",
		"additional property aStr@": "", "additional property aStr-x": "", "additional property aStr_x": "", "additional property aStr2": "",
	} {
		c, _ := answering(t, jsonError(400, fmt.Sprintf(`{"title":%q}`, text)), client.WithDefinedAttributes("bStr"))
		_, err := c.UpdateConversationAttributes(t.Context(), conversationID, client.ConversationUpdate{Custom: custom.New(custom.Str("a").Set("x"))})
		e, ok := errors.AsType[*client.Error](err)
		if !ok || e.CustomAttribute != want {
			t.Errorf("%s: the attribute is %q", text, e.CustomAttribute)
		}
		if want != "" && (!strings.Contains(e.Hint, `"aStr" is not defined`) || !strings.HasSuffix(e.Hint, `"bStr" is`)) {
			t.Errorf("%s: the hint is %q", text, e.Hint)
		}
	}
}

// Texts of a server are cut, and what is left out is counted.
func TestLongErrorsAreCut(t *testing.T) {
	const whole = 200 // bytes of a text that are shown
	message := func(body string) string {
		c, _ := answering(t, answer{status: 422, body: body})
		_, err := tag(t, c)
		return err.Error()
	}
	for n, cut := range map[int]bool{whole: false, whole + 1: true} {
		if text := message(fmt.Sprintf(`{"errors":[{"title":%q}]}`, strings.Repeat("x", n))); strings.Contains(text, "…") != cut {
			t.Errorf("a text of %d bytes gives %q", n, text)
		}
	}
	items := strings.TrimSuffix(strings.Repeat(`{"title":"item"},`, 8), ",")
	if text := message(`{"errors":[` + items + `]}`); strings.Count(text, "item") != 5 || !strings.Contains(text, "; and 3 more") {
		t.Errorf("eight items give %q", text)
	}
	if text := message(`{"errors":[{"title":"above","meta":{"subErrors":[` + items + `]}}]}`); strings.Count(text, "item") != 5 || !strings.Contains(text, "above: item, item, item, item, item, …") {
		t.Errorf("eight items below one give %q", text)
	}
	if text := message(`{}`); !strings.Contains(text, "): 422 Unprocessable Entity") {
		t.Errorf("a status with a name gives %q", text)
	}
	c, _ := answering(t, answer{status: 499})
	if _, err := tag(t, c); !strings.Contains(err.Error(), "): status 499") {
		t.Errorf("a status without a name gives %v", err)
	}
}

// Errors below errors are followed four deep, and no deeper.
func TestErrorsBelowErrors(t *testing.T) {
	body := `{"title":"deepest"}`
	for range 20 {
		body = `{"title":"x","meta":{"subErrors":[` + body + `]}}`
	}
	c, _ := answering(t, jsonError(400, body))
	_, err := tag(t, c)
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatal(err)
	}
	depth := 0
	for items := e.Items; len(items) > 0; items = items[0].SubErrors {
		depth++
	}
	if depth != 5 {
		t.Errorf("%d levels of errors", depth)
	}
}

// Characters that a header cannot hold, and the longest names that a host can have.
func TestOptionsAtTheEdges(t *testing.T) {
	longest := strings.Repeat("a", 63)
	for _, test := range []struct {
		name string
		opts []client.Option
		want string // in the error; none if empty
	}{
		{"key with DEL", []client.Option{client.WithOrg("acme"), client.WithAPIKey("key\x7f")}, "a key cannot hold"},
		{"key with tilde", []client.Option{client.WithOrg("acme"), client.WithAPIKey("key~!")}, ""},
		{"user agent with DEL", []client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithUserAgent("a\x7f")}, "a header cannot hold"},
		{"user agent with tilde and blank", []client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithUserAgent("a ~")}, ""},
		{"longest organisation", []client.Option{client.WithOrg(longest), client.WithAPIKey(apiKey)}, ""},
		{"organisation that is no name", []client.Option{client.WithOrg(longest[1:] + "_"), client.WithAPIKey(apiKey)}, "is not one DNS label"},
		{"organisation that is too long", []client.Option{client.WithOrg(longest + "a"), client.WithAPIKey(apiKey)}, "no organisation's name"},
		{"longest label of a host", []client.Option{client.WithBaseURL("https://" + longest + ".example"), client.WithAPIKey(apiKey)}, ""},
		{"label that is too long", []client.Option{client.WithBaseURL("https://" + longest + "a.example"), client.WithAPIKey(apiKey)}, "host"},
	} {
		_, err := client.New(test.opts...)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// Who gives two credentials, both bad, is not told that there is none, and none is read from the environment.
func TestTwoBadCredentials(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	opts := []client.Option{client.WithOrg("acme"), client.WithAPIKey(""), client.WithTokenSource(nil)}
	_, err := client.New(opts...)
	if err == nil || strings.Contains(err.Error(), "no credential") {
		t.Errorf("New: %v", err)
	}
	if _, fromEnv := client.FromEnv(opts...); fromEnv == nil || fromEnv.Error() != err.Error() {
		t.Errorf("FromEnv: %v, want %v", fromEnv, err)
	}
}

// A time-out of 0 is none, and a negative one is refused.
func TestTimeoutOfZero(t *testing.T) {
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		if _, limited := r.Context().Deadline(); limited {
			t.Error("the attempt is limited")
		}
		return answer{status: 200, body: `{"data":{"id":"c"}}`}.response(r), nil
	}), client.WithTimeout(0))
	if _, err := tag(t, c); err != nil {
		t.Error(err)
	}
}

// slow is a limiter that takes so long.
type slow struct{ time.Duration }

func (s slow) Acquire(ctx context.Context, r ratelimit.Request) (ratelimit.Permit, error) {
	time.Sleep(s.Duration)
	return ratelimit.Unlimited.Acquire(ctx, r)
}

// A millisecond is worth telling, less is not.
func TestWaitsThatAreTold(t *testing.T) {
	for d, want := range map[time.Duration]int{time.Millisecond - 1: 0, time.Millisecond: 1} {
		bubble(t, d.String(), func(t *testing.T) {
			told := 0
			c, _ := answering(t, answer{status: 200, body: `{"data":{"id":"c"}}`}, client.WithLimiter(slow{d}),
				client.WithObserver(func(client.Event) { told++ }))
			if _, err := tag(t, c); err != nil || told != want {
				t.Errorf("%d events, %v", told, err)
			}
		})
	}
}

// The log has what is left of the budget where the answer says it.
func TestLogOfWhatIsLeft(t *testing.T) {
	for left, want := range map[string]string{"0": "remaining=0", "7": "remaining=7", "": ""} {
		var log bytes.Buffer
		c, _ := answering(t, answer{200, http.Header{"X-Ratelimit-Remaining": {left}}, `{"data":{"id":"c"}}`},
			client.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		if _, err := tag(t, c); err != nil {
			t.Fatal(err)
		}
		if text := log.String(); text == "" || want != "" && !strings.Contains(text, want) || want == "" && strings.Contains(text, "remaining") {
			t.Errorf("remaining %q: the log is %q", left, text)
		}
	}
}

// An error whose body breaks off tells why, and a read that breaks off holds no errors.
func TestBodiesThatBreakOff(t *testing.T) {
	var a answer
	c := breakingOff(t, func() (answer, int) { return a, len(a.body) })
	a = answer{status: 422, body: `{"errors":[{"title":"half"}]}`}
	_, err := tag(t, c)
	if e, ok := errors.AsType[*client.Error](err); !ok || !errors.Is(err, io.ErrUnexpectedEOF) || len(e.Items) != 1 {
		t.Errorf("of an error: %v", err)
	}
	a = answer{status: 200, body: `{"errors":[{"title":"half"}]}`}
	_, err = c.Do(t.Context(), "GET", "/v1/users/current", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || !errors.Is(err, io.ErrUnexpectedEOF) || len(e.Items) != 0 {
		t.Errorf("of a read: %v", err)
	}
	a = answer{status: 422, body: strings.Repeat("x", 1<<20)}
	_, err = tag(t, c)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Err != nil {
		t.Errorf("of an error that is too long: %v", err)
	}
	for body, short := range map[string]bool{`{"data":{"id":"c","attributes":{"name":7,"status":`: true, `{"data":{"id":"c","attributes":{"name":7,]`: false} {
		c, _ := answering(t, answer{status: 200, body: body})
		conv, err := tag(t, c)
		if err != nil || strings.Contains(conv.DecodeError().Error(), "it ends too early") != short {
			t.Errorf("%s: %v, %v", body, err, conv.DecodeError())
		}
	}
}

// A keeper is an error whose own text is harmless: what it holds is not.
type keeper struct{ kept *kept }

type kept struct{ text string }

func (k *kept) Error() string  { return k.text }
func (keeper) Error() string   { return "harmless" }
func (k keeper) Unwrap() error { return k.kept }

// A lister holds several such, and nil.
type lister struct{ kept *kept }

func (lister) Error() string     { return "harmless" }
func (l lister) Unwrap() []error { return []error{nil, l.kept} }

// A writer shows what it holds as JSON alone.
type writer struct{ kept *kept }

func (writer) Error() string                  { return "harmless" }
func (w writer) MarshalJSON() ([]byte, error) { return json.Marshal(w.kept.text) }

// An error of a transport is to be had by errors.As, but for one that shows the key in whichever way.
func TestErrorsThatHoldTheKey(t *testing.T) {
	for text, want := range map[string]bool{"nothing": true, apiKey: false} {
		k := &kept{text}
		for _, cause := range []error{keeper{k}, lister{k}, writer{k}} {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, cause }))
			_, err := tag(t, c)
			var asKeeper keeper
			var asLister lister
			var asWriter writer
			if got := errors.As(err, &asKeeper) || errors.As(err, &asLister) || errors.As(err, &asWriter); got != want {
				t.Errorf("%T that holds %s: found %t", cause, map[bool]string{true: "nothing", false: "the key"}[want], got)
			}
		}
	}
}

// A header may be named like the key, no more and no less.
func TestHeaderNamedLikeTheKey(t *testing.T) {
	c, _ := answering(t, answer{400, http.Header{http.CanonicalHeaderKey(apiKey): {"x"}}, ""})
	_, err := tag(t, c)
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatal(err)
	}
	for name := range e.Header {
		if strings.EqualFold(name, apiKey) {
			t.Error("the key is the name of a header of the error")
		}
	}
}

// Of a body that is wrong throughout, the first twenty faults are told.
func TestDecodeErrorIsBounded(t *testing.T) {
	attributes := strings.TrimSuffix(strings.Repeat(`"priority":"high",`, 30), ",")
	c, _ := answering(t, answer{status: 200, body: `{"data":{"id":"c","attributes":{` + attributes + `}}}`})
	conv, err := tag(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(conv.DecodeError().Error(), "priority"); n != 20 {
		t.Errorf("%d faults are told: %v", n, conv.DecodeError())
	}
}

// The id is found behind whatever comes before it in a body that breaks off.
func TestIDBehindOtherValues(t *testing.T) {
	for _, before := range []string{
		`"data":{`, `"data":{"rev":7,`, `"data":{"rev":-1234,`, `"data":{"rev":1234 ,`, `"meta":{"rev":1234},"data":{`, `"meta":[12],"data":{`,
		`"data":{"name":"a\"b",`, `"data":{"name":"\\",`, `"data":{"name":"{[",`, `"data":{"links":{"id":"x"},`, `"data":{"tags":["id"],`,
	} {
		for id, want := range map[string]string{`"c-1"`: "c-1", `17`: "17"} {
			c, _ := answering(t, answer{status: 200, body: `{` + before + `"id":` + id + `,"attributes":{`})
			conv, err := tag(t, c)
			if err != nil || conv.ID != want {
				t.Errorf("%s then %s: %v", before, id, err)
			}
		}
	}
}

// The caller's own transport is used as it is, not a copy of it.
func TestCallersTransportIsUsed(t *testing.T) {
	var connections atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"data":{"id":"c"}}`) }))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	own := &http.Client{Transport: new(http.Transport)}
	defer own.CloseIdleConnections()
	if _, err := tag(t, over(t, srv.URL, client.WithHTTPClient(own))); err != nil {
		t.Fatal(err)
	}
	resp, err := own.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
