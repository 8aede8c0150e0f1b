package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// formats are the ways in which a value ends in a log.
var formats = []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"}

func mustNotShow(t *testing.T, what string, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, f := range formats {
			text := fmt.Sprintf(f, v)
			hidden := strings.Contains(text, apiKey) || strings.Contains(text, fmt.Sprintf("%x", apiKey)) || strings.Contains(text, "secret-payload")
			if hidden {
				t.Errorf("%s shows the API key in %s", what, f)
			}
		}
	}
}

type fixedToken struct{ Value string }

func (f fixedToken) Token(context.Context) (string, error) { return f.Value, nil }

func TestKeyDoesNotShowInClientAndOptions(t *testing.T) {
	for name, opt := range map[string]client.Option{
		"key":          client.WithAPIKey(apiKey),
		"token source": client.WithTokenSource(fixedToken{apiKey}),
		"pointer":      client.WithTokenSource(&fixedToken{apiKey}),
	} {
		c, err := client.New(client.WithOrg("acme"), opt)
		if err != nil {
			t.Fatal(err)
		}
		mustNotShow(t, name, c, *c, []any{c}, map[string]any{"c": c}, struct{ C *client.Client }{c}, struct{ C client.Client }{*c}, opt, []client.Option{opt})
		if got := c.String(); got != "kustomer client for https://acme.api.kustomerapp.com/" {
			t.Errorf("String is %q", got)
		}
	}
}

// A server, a proxy, a transport or a token source may repeat what it was sent.
func TestKeyDoesNotShowInErrors(t *testing.T) {
	echo := http.Header{"X-Echo": {"Bearer " + apiKey}, "Content-Type": {"application/json"}}
	bodies := []string{`{"errors":[{"title":"bad token ` + apiKey + `","code":"` + apiKey + `","source":{"pointer":"` + apiKey + `"}}]}`, apiKey, `{"data":"` + apiKey + `"}`}
	var all []error
	for _, status := range []int{200, 302, 400, 401, 403, 404, 429, 500, 503} {
		for _, body := range bodies {
			c, _ := answering(t, answer{status, echo, body})
			_, err := tag(t, c)
			all = append(all, err)
		}
	}
	for _, cause := range []error{errors.New("proxy says " + apiKey), fmt.Errorf("%w: %s", context.Canceled, apiKey)} {
		_, err := tag(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, cause })))
		all = append(all, err)
	}
	for i, err := range all {
		if err == nil {
			t.Errorf("call %d succeeded", i)
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			mustNotShow(t, fmt.Sprintf("error %d (%T)", i, e), e)
		}
		var e *client.Error
		if !errors.As(err, &e) {
			t.Fatalf("error is %v", err)
		}
		mustNotShow(t, "body and header", *e, string(e.Body), e.Header, e.Items)
		var log bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(h).Error("failed", "err", err, "errors", []error{err})
		}
		mustNotShow(t, "log", log.String())
	}
	if !errors.Is(all[len(all)-1], context.Canceled) {
		t.Error("taking the key out lost the cause")
	}
}

// Where a key is given in the wrong place, or a server repeats it in an odd one.
func TestKeyDoesNotShowInOddPlaces(t *testing.T) {
	t.Setenv("KUSTOMER_ORG", "acme")
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", apiKey)
	_, err := client.FromEnv()
	all := []error{err}
	for _, opt := range []client.Option{client.WithOrg(apiKey), client.WithBaseURL("https://h.example/" + apiKey + "?x"), client.WithBaseURL(apiKey), client.WithUserAgent(apiKey + "\n")} {
		_, err := client.New(opt, client.WithAPIKey("k"))
		all = append(all, err)
	}
	for _, a := range []answer{
		{400, http.Header{"x-odd": {apiKey}, "X-Amz-Cf-Id": {apiKey}}, ""},
		{500, nil, strings.Repeat("x", 64<<10-20) + apiKey},
		{400, nil, `{"errors":[{"title":"` + strings.ReplaceAll(apiKey, "secret", `\u0073ecret`) + `"}]}`},
	} {
		c, _ := answering(t, a)
		_, err := tag(t, c)
		all = append(all, err)
	}
	for _, err := range all {
		if err == nil {
			t.Fatal("no error")
		}
		mustNotShow(t, "error", err)
		var e *client.Error
		if errors.As(err, &e) {
			mustNotShow(t, "error", string(e.Body), e.RequestID, e.Header, e.Items, *e)
		}
	}
	nested := &url.Error{Op: "Get", URL: "https://h/?q", Err: &url.Error{Op: "Get", URL: "https://h/?secret-payload", Err: errors.New("inner")}}
	_, err = newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, nested })).Do(t.Context(), "GET", "/v1/customers?secret-payload", nil)
	mustNotShow(t, "query", err)
}

func TestKeyDoesNotShowInLogs(t *testing.T) {
	var log bytes.Buffer
	logger := client.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, status := range []int{200, 401, 500} {
		a := sample(t, "responses/append-tags-200.json")
		a.status = status
		c, _ := answering(t, a, logger)
		tag(t, c)
		c.Do(t.Context(), "GET", "/v1/customers/email=secret-payload@example.com?q=secret-payload", nil)
	}
	c, _ := answering(t, answer{status: 200, body: "<html>"}, logger)
	tag(t, c)
	mustNotShow(t, "log", log.String())
	for _, private := range []string{conversationID, "Damaged parcel", "vip"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log shows %q", private)
		}
	}
	for _, want := range []string{`"op":"appendTagsToConversation"`, `"path":"/v1/conversations/{id}/tags"`, `"status":200`, `"status":401`, `"outcome":"unknown"`, `"path":"/v1/customers/{…}"`, `"level":"DEBUG"`, `"level":"WARN"`, `"outcome":"applied"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log.String())
		}
	}
}

// The runtime prints a panic's value in its own way, so a process of its own has to panic.
func TestKeyDoesNotShowInAPanic(t *testing.T) {
	if what := os.Getenv("KUSTOMER_TEST_PANIC"); what != "" {
		c, _ := answering(t, answer{status: 401, header: http.Header{"X-Echo": {apiKey}}, body: apiKey})
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
