package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A keeper is an error whose own text is harmless: what it holds is not.
type keeper struct{ kept *kept }

type kept struct{ text string }

func (k *kept) Error() string { return k.text }

func (keeper) Error() string { return "harmless" }

func (k keeper) Unwrap() error { return k.kept }

// A lister holds several such, and nil.
type lister struct{ kept *kept }

func (lister) Error() string { return "harmless" }

func (l lister) Unwrap() []error { return []error{nil, l.kept} }

// A writer shows what it holds as JSON alone.
type writer struct{ kept *kept }

func (writer) Error() string { return "harmless" }

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

// A header of a 2xx shows in an error if the body makes one of it, and its id of the request in a log.
func TestPartsOfTheKeyDoNotShowFromTheHeaderOfA2xx(t *testing.T) {
	part := longKey[40:]
	for name, a := range map[string]answer{
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

// An error of encoding/json, or of a type that reads itself, quotes what it could not read.
func TestKeyDoesNotShowInTheErrorsOfDecode(t *testing.T) {
	for name, value := range map[string]string{"whole": apiKey, "in part": apiKey[21:]} {
		for _, v := range []any{new(struct{ Data struct{ At time.Time } }), new(struct{ Data struct{ At json.Number } }), new(struct{ Data struct{ At int } })} {
			c, _ := answering(t, answer{status: 200, body: `{"data":{"at":"` + value + `"}}`})
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
