package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A keeper is an error with a harmless text that holds another one.
type keeper struct{ kept *kept }

type kept struct{ text string }

func (k *kept) Error() string { return k.text }

func (keeper) Error() string { return "harmless" }

func (k keeper) Unwrap() error { return k.kept }

// A lister holds a list of errors, and nil.
type lister struct{ kept *kept }

func (lister) Error() string { return "harmless" }

func (l lister) Unwrap() []error { return []error{nil, l.kept} }

// A writer shows its contents only as JSON.
type writer struct{ kept *kept }

func (writer) Error() string { return "harmless" }

func (w writer) MarshalJSON() ([]byte, error) { return json.Marshal(w.kept.text) }

// errors.As finds an error of a transport, unless that would show the key in any way.
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

// A header whose name is the key is removed.
func TestHeaderNamedLikeTheKey(t *testing.T) {
	c, _ := responding(t, testResponse{400, http.Header{http.CanonicalHeaderKey(apiKey): {"x"}}, ""})
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

// A header of a 2xx may be shown by an error about the body, and its request id by a log.
func TestPartsOfTheKeyDoNotShowFromTheHeaderOfA2xx(t *testing.T) {
	part := longKey[40:]
	for name, a := range map[string]testResponse{
		"no id":      {201, nil, `{}`},
		"HTML":       {200, nil, `<html>`},
		"errors":     {200, nil, `{"errors":[{"title":"x"}]}`},
		"no success": {202, nil, ``},
	} {
		a.header = http.Header{"X-Amz-Cf-Id": {part}, "X-Echo": {part}, "Content-Type": {"application/json"}}
		var log bytes.Buffer
		c := clone(t, echoing(t, longKey, func(r *http.Request) (*http.Response, error) { return a.response(r), nil }),
			client.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		_, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
		if err == nil {
			t.Fatalf("%s: no error", name)
		}
		if run := shownOf(longKey, append(textsOf(err), log.String())...); run != "" || log.Len() == 0 {
			t.Errorf("%s: %q shows", name, run)
		}
	}
}

// An error of encoding/json, or of an UnmarshalJSON method, quotes the value that it could not read.
func TestKeyDoesNotShowInTheErrorsOfDecode(t *testing.T) {
	for name, value := range map[string]string{"whole": apiKey, "in part": apiKey[21:]} {
		for _, v := range []any{new(struct{ Data struct{ At time.Time } }), new(struct{ Data struct{ At json.Number } }), new(struct{ Data struct{ At int } })} {
			c, _ := responding(t, testResponse{status: 200, body: `{"data":{"at":"` + value + `"}}`})
			r, err := c.Do(t.Context(), "GET", "/v1/x", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Decode(v); err == nil || !strings.HasPrefix(err.Error(), "kustomer: decode the response: ") {
				t.Errorf("%s into %T: error is %v", name, v, err)
			} else {
				mustNotLeak(t, name, err)
			}
		}
	}
}

func TestKeyDoesNotShowInTheHeaderOfASuccess(t *testing.T) {
	a := sample(t, "responses/append-tags-200.json")
	mangled := http.CanonicalHeaderKey(apiKey)
	a.header = http.Header{"X-Echo": {"a", "Bearer " + apiKey}, "X-Amz-Cf-Id": {apiKey}, "X-" + mangled: {"1"}, "X-Other": {"kept"}}
	c, _ := responding(t, a)
	conv, err := tag(t, c)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(t.Context(), "GET", "/v1/users/current", nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(resp)
	if err != nil {
		t.Fatal(err)
	}
	mustNotShow(t, "a response", conv, *conv, conv.Response, conv.Header, conv.RequestID, resp, *resp, string(data))
	if strings.Contains(fmt.Sprint(conv.Header), mangled) {
		t.Errorf("the name of a header shows the key: %v", conv.Header)
	}
	if conv.Header.Get("X-Other") != "kept" || a.header.Get("X-Amz-Cf-Id") != apiKey {
		t.Errorf("the header is %v, of the transport's own %v", conv.Header, a.header)
	}
}

// The error of a token source may name the token that it returns, or one that it returned before.
func TestTokenDoesNotShowInTheErrorOfItsSource(t *testing.T) {
	for name, again := range map[string]func() (string, error){
		"given with it": func() (string, error) { return apiKey, carrier{http.Header{"X": {apiKey}}} },
		"in its text":   func() (string, error) { return apiKey, errors.New("stale " + apiKey) },
	} {
		c, _ := responding(t, testResponse{status: 200})
		c = clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) { return again() })))
		if _, err := c.Do(t.Context(), "GET", "/v1/users/current", nil); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			mustNotLeak(t, name, err)
		}
	}
	for name, second := range map[string]func() (string, error){
		"an error":       func() (string, error) { return "", errors.New("cannot renew " + apiKey) },
		"another token":  func() (string, error) { return "second", nil },
		"the same again": func() (string, error) { return apiKey, nil },
	} {
		bubble(t, "after an attempt, "+name, func(t *testing.T) {
			asked := 0
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				if asked == 1 {
					return testResponse{status: 503}.response(r), nil
				}
				return testResponse{500, http.Header{"X-Echo": {"not " + apiKey}}, "not " + apiKey}.response(r), nil
			}), attempts(2))
			_, err := tag(t, clone(t, c, client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) {
				if asked++; asked == 1 {
					return apiKey, nil
				}
				return second()
			}))))
			if e, ok := errors.AsType[*client.Error](err); !ok || asked != 2 {
				t.Errorf("error is %v", err)
			} else {
				mustNotLeak(t, name, err)
				mustNotShow(t, name, string(e.Body), e.Header)
			}
		})
	}
}

// The kept part of a body may end within the key.
func TestKeyIsNotCutInTwo(t *testing.T) {
	for _, first := range []int{1, 10, len(apiKey) - 1} {
		c, _ := responding(t, testResponse{status: 400, body: strings.Repeat("x", 64<<10-first) + apiKey + "tail"})
		_, err := tag(t, c)
		e, ok := errors.AsType[*client.Error](err)
		if want := strings.Repeat("x", 64<<10-first) + "[redacted]tail"; !ok || string(e.Body) != want[:min(len(want), 64<<10)] {
			t.Errorf("with %d bytes of the key within, the body ends in %q", first, e.Body[len(e.Body)-20:])
		}
	}
}

// The runtime prints the value of a panic in its own way, so a separate process has to panic.
func TestKeyDoesNotShowInAPanic(t *testing.T) {
	if what := os.Getenv("KUSTOMER_TEST_PANIC"); what != "" {
		c, _ := responding(t, testResponse{status: 401, header: http.Header{"X-Echo": {apiKey}}, body: apiKey})
		_, err := tag(t, c)
		switch what {
		case "client":
			panic(c)
		case "client value":
			panic(*c)
		case "option":
			panic(client.WithAPIKey(apiKey))
		case "error":
			panic(err)
		case "text":
			panic(fmt.Sprintf("%+v %#v %+v %#v", c, c, *c, err))
		}
	}
	for _, what := range []string{"client", "client value", "option", "error", "text"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKeyDoesNotShowInAPanic$")
		cmd.Env = append(os.Environ(), "KUSTOMER_TEST_PANIC="+what, "GOTRACEBACK=all")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic:") {
			t.Fatalf("%s: no panic: %s", what, out)
		}
		mustNotShow(t, "panic with the "+what, string(out))
	}
}
