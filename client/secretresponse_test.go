package client_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

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
			if err := r.Decode(v); err == nil || !strings.HasPrefix(err.Error(), "kustomer: decode the answer: ") {
				t.Errorf("%s into %T: error is %v", name, v, err)
			} else {
				mustNotLeak(t, name, err)
			}
		}
	}
}
