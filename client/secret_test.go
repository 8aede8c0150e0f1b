package client_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
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
			conv, err := tag(t, c)
			if conv != nil && status == 200 && body == bodies[2] {
				err = conv.DecodeError()
				mustNotLeak(t, "the error of a success", err)
				continue
			}
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

// mustNotLeak looks at an error in each way in which errors end in a log, and at all that it wraps.
func mustNotLeak(t *testing.T, what string, err error) {
	t.Helper()
	mustNotShow(t, what, err, []error{err}, struct{ Err error }{err})
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Error("failed", "err", err, "errors", []error{err})
	}
	data, _ := json.Marshal([]any{err, struct{ Err error }{err}})
	mustNotShow(t, what+" in a log or JSON", log.String(), string(data))
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			mustNotLeak(t, what, inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range err.Unwrap() {
			mustNotLeak(t, what, inner)
		}
	}
}

// A carrier is an error that holds a request's header, though its text does not show it.
type carrier struct{ H http.Header }

func (carrier) Error() string { return "the proxy gave up" }
func (carrier) Timeout() bool { return true }

// spilling is a body that fails with an error.
type spilling struct{ err error }

func (s spilling) Read([]byte) (int, error) { return 0, s.err }
func (spilling) Close() error               { return nil }

func TestKeyDoesNotShowInWhatAnErrorWraps(t *testing.T) {
	for name, cause := range map[string]func(carrier) error{
		"value":    func(c carrier) error { return c },
		"pointer":  func(c carrier) error { return &c },
		"wrapped":  func(c carrier) error { return fmt.Errorf("%w, %w", context.Canceled, c) },
		"joined":   func(c carrier) error { return errors.Join(io.ErrUnexpectedEOF, &c) },
		"in an op": func(c carrier) error { return &net.OpError{Op: "read", Err: c} },
	} {
		for place, fails := range map[string]func(*http.Request, error) (*http.Response, error){
			"instead of an answer": func(_ *http.Request, err error) (*http.Response, error) { return nil, err },
			"in an error's body": func(r *http.Request, err error) (*http.Response, error) {
				resp := answer{status: 500}.response(r)
				resp.Body = spilling{err}
				return resp, nil
			},
			"in an answer's body": func(r *http.Request, err error) (*http.Response, error) {
				resp := answer{status: 200}.response(r)
				resp.Body = spilling{err}
				return resp, nil
			},
		} {
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) { return fails(r, cause(carrier{r.Header.Clone()})) }))
			conv, err := tag(t, c)
			if conv != nil {
				err = conv.DecodeError()
			}
			mustNotLeak(t, name+" "+place, err)
			if !strings.Contains(err.Error(), "the proxy gave up") {
				t.Errorf("%s %s: error is %v", name, place, err)
			}
			for _, target := range []any{new(carrier), new(*carrier), new(*net.OpError), new(net.Error), new(interface{ Timeout() bool })} {
				if errors.As(err, target) {
					mustNotShow(t, fmt.Sprintf("%s %s as %T", name, place, target), reflect.ValueOf(target).Elem().Interface())
				}
			}
			if is := errors.Is(err, context.Canceled); is != (name == "wrapped") {
				t.Errorf("%s %s: canceled %t", name, place, is)
			}
		}
	}
}

// Hiding what an error wraps does not keep people from asking what it is.
func TestCausesCanStillBeTold(t *testing.T) {
	dns := &net.DNSError{Err: "no such host", Name: "acme.api.kustomerapp.com", IsNotFound: true}
	authority := x509.UnknownAuthorityError{}
	for _, test := range []struct {
		name  string
		cause error
		is    error
		as    any
		kind  string // in logs
	}{
		{"canceled", context.Canceled, context.Canceled, nil, "canceled"},
		{"deadline", fmt.Errorf("lost: %w", context.DeadlineExceeded), context.DeadlineExceeded, new(net.Error), "time-out"},
		{"time-out of a connection", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, os.ErrDeadlineExceeded, new(*net.OpError), "time-out"},
		{"refused", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, syscall.ECONNREFUSED, new(*os.SyscallError), "connection: dial"},
		{"name", &net.OpError{Op: "dial", Err: dns}, dns, new(*net.DNSError), "name not resolved"},
		{"cut", fmt.Errorf("lost: %w", io.ErrUnexpectedEOF), io.ErrUnexpectedEOF, nil, "connection cut"},
		{"certificate", &tls.CertificateVerificationError{Err: authority}, nil, new(x509.UnknownAuthorityError), "*tls.CertificateVerificationError"},
		{"limiter", &ratelimit.WaitError{Wait: time.Second}, nil, new(*ratelimit.WaitError), "*ratelimit.WaitError"},
		{"one of the caller's own", carrier{}, nil, new(carrier), "client_test.carrier"},
	} {
		_, err := tag(t, newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, test.cause })))
		if test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v is not %v", test.name, err, test.is)
		}
		if test.as != nil && !errors.As(err, test.as) {
			t.Errorf("%s: %v is no %T", test.name, err, test.as)
		}
		if errors.Is(err, io.ErrClosedPipe) || errors.As(err, new(*os.LinkError)) {
			t.Errorf("%s: %v is what it is not", test.name, err)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "err", err)
		if want := "cause=" + test.kind; !strings.Contains(strings.ReplaceAll(log.String(), `"`, ""), want) {
			t.Errorf("%s: the log lacks %q: %s", test.name, want, log.String())
		}
	}
}

func TestKeyDoesNotShowInTheHeaderOfASuccess(t *testing.T) {
	a := sample(t, "responses/append-tags-200.json")
	mangled := http.CanonicalHeaderKey(apiKey)
	a.header = http.Header{"X-Echo": {"a", "Bearer " + apiKey}, "X-Amz-Cf-Id": {apiKey}, "X-" + mangled: {"1"}, "X-Other": {"kept"}}
	c, _ := answering(t, a)
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
	mustNotShow(t, "an answer", conv, *conv, conv.Response, conv.Header, conv.RequestID, resp, *resp, string(data))
	if strings.Contains(fmt.Sprint(conv.Header), mangled) {
		t.Errorf("the name of a header shows the key: %v", conv.Header)
	}
	if conv.Header.Get("X-Other") != "kept" || a.header.Get("X-Amz-Cf-Id") != apiKey {
		t.Errorf("the header is %v, of the transport's own %v", conv.Header, a.header)
	}
}

// A source may say which token it was that it could not renew: the one that it gives, or one that it gave before.
func TestTokenDoesNotShowInTheErrorOfItsSource(t *testing.T) {
	for name, again := range map[string]func() (string, error){
		"given with it": func() (string, error) { return apiKey, carrier{http.Header{"X": {apiKey}}} },
		"in its text":   func() (string, error) { return apiKey, errors.New("stale " + apiKey) },
	} {
		c, _ := answering(t, answer{status: 200})
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
					return answer{status: 503}.response(r), nil
				}
				return answer{500, http.Header{"X-Echo": {"not " + apiKey}}, "not " + apiKey}.response(r), nil
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

// Where a key is given in the wrong place, or a server repeats it in an odd one.
func TestKeyDoesNotShowInOddPlaces(t *testing.T) {
	t.Setenv("KUSTOMER_ORG", "acme")
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", apiKey)
	_, err := client.FromEnv()
	all := []error{err}
	for _, opt := range []client.Option{
		client.WithOrg(apiKey), client.WithUserAgent(apiKey + "\n"), client.WithUpdateContentType(apiKey),
		client.WithBaseURL("https://h.example/" + apiKey + "?x"), client.WithBaseURL(apiKey), client.WithBaseURL("https://" + apiKey),
		client.WithBaseURL("http://" + apiKey + ":8080"), client.WithBaseURL(apiKey + ":8080"), client.WithBaseURL("https://" + longKey + "/v1"),
	} {
		_, err := client.New(client.WithOrg("acme"), opt, client.WithAPIKey("k"))
		all = append(all, err)
		if err != nil && strings.Contains(err.Error(), longKey) {
			t.Errorf("the error shows a key: %v", err)
		}
	}
	for _, a := range []answer{
		{400, http.Header{"x-odd": {apiKey}, "X-Amz-Cf-Id": {apiKey}}, ""},
		{500, nil, strings.Repeat("x", 64<<10-20) + apiKey},
		{400, nil, `{"errors":[{"title":"` + strings.ReplaceAll(apiKey, "secret", `\u0073ecret`) + `"}]}`},
		{400, nil, `{"errors":[{"title":"x","meta":{"subErrors":[{"title":"y","meta":{"subErrors":[{"detail":"` + strings.ReplaceAll(apiKey, "secret", `\u0073ecret`) + `"}]}}]}}]}`},
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

// What is kept of a body ends somewhere, and the first part of a key is some of it.
func TestKeyIsNotCutInTwo(t *testing.T) {
	for _, first := range []int{1, 10, len(apiKey) - 1} {
		c, _ := answering(t, answer{status: 400, body: strings.Repeat("x", 64<<10-first) + apiKey + "tail"})
		_, err := tag(t, c)
		e, ok := errors.AsType[*client.Error](err)
		if want := strings.Repeat("x", 64<<10-first) + "[redacted]tail"; !ok || string(e.Body) != want[:min(len(want), 64<<10)] {
			t.Errorf("with %d bytes of the key within, the body ends in %q", first, e.Body[len(e.Body)-20:])
		}
	}
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
	c, _ := answering(t, answer{status: 201, body: "{}"}, logger)
	c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
	mustNotShow(t, "log", log.String())
	for _, private := range []string{"Damaged parcel", "vip"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log shows %q", private)
		}
	}
	for _, want := range []string{`"op":"appendTagsToConversation"`, `"path":"/v1/conversations/{id}/tags"`, `"status":200`, `"id":"` + conversationID + `"`, `"status":401`, `"outcome":"unknown"`, `"path":"/v1/customers/{…}"`, `"level":"DEBUG"`, `"level":"WARN"`, `"outcome":"applied"`} {
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
