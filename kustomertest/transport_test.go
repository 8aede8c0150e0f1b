package kustomertest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestContextEndsWaits(t *testing.T) {
	for _, tt := range []struct {
		fault kustomertest.Fault
		rev   int
	}{{kustomertest.Delay(time.Hour), 1}, {kustomertest.DelayAfter(time.Hour), 2}} {
		synctest.Test(t, func(t *testing.T) {
			srv, id := newConversation(t, kustomertest.Config{})
			srv.Fail(tt.fault)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			_, err := try(srv, newRequest(ctx, srv, "PATCH", "/v1/conversations/"+id, `{"name":"a"}`))
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
				t.Errorf("after %s: %v", time.Since(begin), err)
			}
			snap, _ := srv.Conversation(id)
			if rec := srv.Requests()[0]; snap.Rev != tt.rev || rec.Applied != (tt.rev == 2) || !strings.HasSuffix(rec.Fault, "the caller left") {
				t.Errorf("rev %d, want %d; recorded %+v", snap.Rev, tt.rev, rec)
			}
		})
	}
}

func TestContextThatHasEnded(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := try(srv, newRequest(ctx, srv, "GET", "/v1/users/current", "")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests were received", n)
	}
}

func TestContextEndsReadingOfBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, id := newConversation(t, kustomertest.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req := newRequest(ctx, srv, "PATCH", "/v1/conversations/"+id, "")
		blocked, _ := io.Pipe()
		req.Body = blocked
		if _, err := srv.HTTPClient().Transport.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}

		ctx, cancel = context.WithCancel(t.Context())
		resp, err := srv.HTTPClient().Transport.RoundTrip(newRequest(ctx, srv, "GET", "/v1/users/current", ""))
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("reading the response: %v", err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A closable records that it was closed.
type closable struct {
	io.Reader
	closed int
}

func (c *closable) Close() error { c.closed++; return nil }

func TestRequestBodiesAreClosed(t *testing.T) {
	broken := errors.New("broken")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx    context.Context
		fault  kustomertest.Fault
		reader io.Reader
		host   string
		length int64
		fails  bool
	}{
		"response":         {reader: strings.NewReader("[]")},
		"refused":          {reader: strings.NewReader("[]"), fault: kustomertest.RefuseConnection(), fails: true},
		"cut":              {reader: strings.NewReader("[]"), fault: kustomertest.CutAfter(), fails: true},
		"broken":           {reader: io.MultiReader(strings.NewReader("["), errorReader{broken}), fails: true},
		"another host":     {reader: strings.NewReader("[]"), host: "other.example", fails: true},
		"context ended":    {reader: strings.NewReader("[]"), ctx: ended, fails: true},
		"wrong length":     {reader: strings.NewReader("[]"), length: 3, fails: true},
		"far above limits": {reader: strings.NewReader(strings.Repeat(" ", 1<<20)), length: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			srv := kustomertest.New(kustomertest.Config{})
			if tt.fails {
				srv.Fail(tt.fault)
			}
			if tt.ctx == nil {
				tt.ctx = t.Context()
			}
			req := newRequest(tt.ctx, srv, "POST", "/v1/conversations/x/tags", "")
			body := &closable{Reader: tt.reader}
			req.Body, req.ContentLength = body, tt.length
			if tt.host != "" {
				req.URL.Host = tt.host
			}
			resp, err := srv.HTTPClient().Transport.RoundTrip(req)
			if (err != nil) != tt.fails {
				t.Errorf("response %v, error %v", resp, err)
			}
			if body.closed == 0 {
				t.Error("the body was not closed")
			}
		})
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func TestOtherHostsAreUnknown(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Host: "api.prod2.kustomerapp.com"})
	equal(t, "URL", srv.URL, "https://api.prod2.kustomerapp.com")
	current(t, srv, 200)
	_, err := srv.HTTPClient().Get("https://acme.api.kustomerapp.com/v1/users/current")
	if dns, ok := errors.AsType[*net.DNSError](err); !ok || dns.Name != "acme.api.kustomerapp.com" {
		t.Errorf("error %v", err)
	}
}

func TestTrace(t *testing.T) {
	for _, tt := range []struct {
		fault kustomertest.Fault
		want  string
	}{
		{kustomertest.Fault{}, "get acme.api.kustomerapp.com:443, got, headers, request, response"},
		{kustomertest.RefuseConnection(), "get acme.api.kustomerapp.com:443"},
		{kustomertest.CutBefore(), "get acme.api.kustomerapp.com:443, got, headers, request"},
	} {
		var seen []string
		note := func(what string) { seen = append(seen, what) }
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GetConn: func(hostPort string) { note("get " + hostPort) },
			GotConn: func(i httptrace.GotConnInfo) {
				if i.Conn.RemoteAddr() != nil {
					note("got")
				}
			},
			WroteHeaders:         func() { note("headers") },
			WroteRequest:         func(httptrace.WroteRequestInfo) { note("request") },
			GotFirstResponseByte: func() { note("response") },
		})
		srv := kustomertest.New(kustomertest.Config{})
		srv.Fail(tt.fault)
		_, _ = try(srv, newRequest(ctx, srv, "GET", "/v1/users/current", "")) // some fail as intended
		equal(t, "trace of "+tt.fault.String(), strings.Join(seen, ", "), tt.want)
	}
}

func TestPathPrefix(t *testing.T) {
	both := []*kustomertest.Server{
		kustomertest.New(kustomertest.Config{PathPrefix: "kustomer/"}), kustomertest.NewServer(t, kustomertest.Config{PathPrefix: "/kustomer"}),
	}
	for _, srv := range both {
		if !strings.HasSuffix(srv.URL, "/kustomer") {
			t.Errorf("URL %s", srv.URL)
		}
		current(t, srv, 200)
		srv.URL = strings.TrimSuffix(srv.URL, "/kustomer")
		current(t, srv, 404)
		equal(t, "paths", []string{srv.Requests()[0].Path, srv.Requests()[1].Path}, []string{"/kustomer/v1/users/current", "/v1/users/current"})
	}
}

func TestSocketEndsDelaysWithTheTest(t *testing.T) {
	begin := time.Now()
	t.Run("leaving a call behind", func(t *testing.T) {
		arrived := make(chan struct{})
		srv := kustomertest.NewServer(t, kustomertest.Config{Faults: func(kustomertest.Request) *kustomertest.Fault {
			close(arrived)
			return &kustomertest.Fault{Delay: time.Hour}
		}})
		go func() { _, _ = http.Get(srv.URL + "/v1/users/current") }()
		<-arrived
	})
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("the server took %s to close", took)
	}
}
