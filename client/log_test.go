package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// The log has the remaining budget if the response has it.
func TestLogOfWhatIsLeft(t *testing.T) {
	for left, want := range map[string]string{"0": "remaining=0", "7": "remaining=7", "": ""} {
		var log bytes.Buffer
		c, _ := responding(t, testResponse{200, http.Header{"X-Ratelimit-Remaining": {left}}, `{"data":{"id":"c"}}`},
			client.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		if _, err := tag(t, c); err != nil {
			t.Fatal(err)
		}
		if text := log.String(); text == "" || want != "" && !strings.Contains(text, want) || want == "" && strings.Contains(text, "remaining") {
			t.Errorf("remaining %q: the log is %q", left, text)
		}
	}
}

// logged returns the JSON record of an error, and its text.
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

// A log record has the facts of the error's text.
func TestLogsHaveTheFactsOfErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := `{"errors":[{"title":"Invalid parameter","code":"badparam","source":{"pointer":"priority"}},{"title":"second\nline"}]}`
		gone := testResponse{status: 404, body: `{"errors":[{"title":"no such thing","code":"notfound"}]}`}
		r := newHarness(t, nil, attempts(1))
		r.srv.Fail(always(kustomertest.Status(400, refused)))
		c404, _ := responding(t, gone)
		fast := newHarness(t, nil, attempts(1), client.WithTimeout(time.Second))
		fast.srv.Fail(always(kustomertest.Delay(time.Minute)))
		busy := newHarness(t, nil, attempts(1), unlimited)
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
				"op": "Do", "id": conversationID, "items": []any{"no such thing"}, "hint": "no such record, or one outside the scope of the API key"}},
			{"unknown", fast.create(t.Context(), client.ConversationCreate{ExternalID: new("order-1"), ID: new("65f0a1b2c3d4e5f600000009")}), map[string]any{
				"id": fast.customer, "status": 0.0, "outcome": "unknown", "external_id": "order-1", "conversation_id": "65f0a1b2c3d4e5f600000009", "cause": "timeout"}},
			{"limited", busy.update(t.Context()), map[string]any{
				"id": busy.conversation, "status": 429.0, "scope": "object", "retry_after": 7e9, "local": false, "items": []any{"Invalid parameter (priority)", "second line"}}},
			{"invalid", second(r.UpdateConversationAttributes(t.Context(), "..", client.ConversationUpdate{Priority: new(9)})), map[string]any{
				"op": "updateConversationAttributes", "violations": []any{
					`conversationID must not be empty, "." or "..", alone or before a semicolon, nor contain / \ ? # %, blanks or control characters`, "priority must be at most 5"}}},
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

// A log record stays small and in one line, with any response.
func TestLogsAreBounded(t *testing.T) {
	item := `{"title":"` + strings.Repeat(`t\n`, 300) + `","code":"` + strings.Repeat(`c\r`, 300) + `","source":{"pointer":"` + strings.Repeat("p", 300) + `"}`
	nested := item + `,"meta":{"subErrors":[` + strings.Repeat(item+"},", 7) + item + `}]}}`
	c, _ := responding(t, jsonError(400, nested+","+strings.Repeat(item+"},", 8)+item+"}"))
	_, err := tag(t, c)
	record, text := logged(t, err)
	if len(text) > 20<<10 || len(err.Error()) > 8<<10 || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("the log has %d bytes, the error %d: %v", len(text), len(err.Error()), err)
	}
	if items, _ := record["items"].([]any); len(items) != 6 || items[5] != "and 5 more" {
		t.Errorf("the items are %v", record["items"])
	}
}

// Nothing is printed unless the caller asks for it.
func TestNothingIsPrinted(t *testing.T) {
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, logger, writer, flags := os.Stdout, os.Stderr, slog.Default(), log.Writer(), log.Flags()
	os.Stdout, os.Stderr = out, out
	slog.SetDefault(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(out)
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil)
		r.srv.Fail(kustomertest.CutAfter(), kustomertest.Status(429, ""), kustomertest.Status(503, ""))
		r.srv.Spend(500)
		_ = r.tag(t.Context())
		_ = r.tag(t.Context(), client.CallNoWait())
		r.srv.Fail(kustomertest.Status(400, ""))
		_ = r.update(t.Context())
	})
	os.Stdout, os.Stderr = stdout, stderr
	slog.SetDefault(logger)
	log.SetOutput(writer)
	log.SetFlags(flags)
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(out); err != nil || len(text) > 0 {
		t.Errorf("printed %q, %v", text, err)
	}
}

// keeping is a handler that keeps the values of the contexts.
type keeping struct {
	slog.Handler
	values *[]any
}

func (k keeping) Handle(ctx context.Context, r slog.Record) error {
	*k.values = append(*k.values, ctx.Value(contextKey("mine")))
	return k.Handler.Handle(ctx, r)
}

// Each 429 and each retry is logged at Debug, and the first one of an episode at Info. The record has the facts of the
// error. All records have the context of the call.
func TestLogOfEpisodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var values []any
		handler := keeping{slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}), &values}
		r := newHarness(t, nil, unlimited, client.WithLogger(slog.New(handler)))
		throttled := with(kustomertest.Status(429, `{"errors":[{"title":"too many"}]}`), "Retry-After", "2")
		ctx := context.WithValue(t.Context(), contextKey("mine"), "value")
		call := func() {
			r.srv.Fail(throttled, throttled)
			if err := r.tag(ctx); err != nil {
				t.Fatal(err)
			}
		}
		call()
		time.Sleep(50 * time.Second) // less than a minute since the first record at Info
		call()
		time.Sleep(10 * time.Second)
		call()
		var got []string
		for line := range strings.Lines(log.String()) {
			var record struct {
				Level, Msg, Kind, Op, Scope string
				Attempt                     int
				Wait                        time.Duration
				Error                       struct{ Items []string }
			}
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s", record.Level, record.Msg))
			if record.Kind == "" {
				continue
			}
			if record.Op != "appendTagsToConversation" || record.Attempt == 0 || record.Wait != 2*time.Second || len(record.Error.Items) != 1 || record.Error.Items[0] != "too many" {
				t.Errorf("a record is %s", line)
			}
		}
		first := "INFO kustomer attempt throttled,INFO kustomer attempt retried,DEBUG kustomer attempt throttled,DEBUG kustomer attempt retried,DEBUG kustomer call"
		again := strings.ReplaceAll(first, "INFO", "DEBUG")
		if want := first + "," + again + "," + first; strings.Join(got, ",") != want {
			t.Errorf("the records are\n%s\nwant\n%s", strings.Join(got, ","), want)
		}
		if len(values) != len(got) || slices.Contains(values, nil) {
			t.Errorf("the values of the contexts are %v", values)
		}
	})
}
