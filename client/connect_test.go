package client_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/client"
)

// proxyFor returns the address of a proxy that responds to each CONNECT with a status line.
func proxyFor(t *testing.T, statusLine string, connects *atomic.Int32) *url.URL {
	t.Helper()
	address := raw(t, func(c net.Conn, _ *http.Request) {
		connects.Add(1)
		_, _ = io.WriteString(c, "HTTP/1.1 "+statusLine+"\r\nContent-Length: 0\r\n\r\n")
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A connection that fails in the same way each time is tried once, and the error says what to change.
func TestConnectionsThatFailForGood(t *testing.T) {
	var connects atomic.Int32
	count := func(n *atomic.Int32) func(net.Conn, http.ConnState) {
		return func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				n.Add(1)
			}
		}
	}
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ConnState, untrusted.Config.ErrorLog = count(&connects), log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ConnState, plain.Config.ErrorLog = count(&connects), log.New(io.Discard, "", 0)
	plain.Start()
	defer plain.Close()
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ConnState, old.Config.ErrorLog = count(&connects), log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS12}
	old.StartTLS()
	defer old.Close()
	through := func(proxy *url.URL) http.RoundTripper {
		return &http.Transport{Proxy: http.ProxyURL(proxy)}
	}
	nowhere := func(context.Context, string, string) (net.Conn, error) {
		connects.Add(1)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "acme", IsNotFound: true}}
	}
	for _, test := range []struct {
		name      string
		url       string
		transport http.RoundTripper
		hint      string
	}{
		{"untrusted certificate", untrusted.URL, nil, "WithHTTPClient"},
		{"certificate of another host", "https://localhost" + untrusted.URL[strings.LastIndexByte(untrusted.URL, ':'):], untrusted.Client().Transport, "certificate"},
		{"https to a plain port", "https" + strings.TrimPrefix(plain.URL, "http"), nil, "base URL"},
		{"no version of TLS in common", old.URL, &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}}, "TLS"},
		{"no such host", "https://acme.example", &http.Transport{DialContext: nowhere}, "no such host"},
		{"no such proxy", "https://acme.example", &http.Transport{DialContext: nowhere, Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"})}, "proxy"},
		{"proxy requires credentials", "https://acme.example", through(proxyFor(t, "407 Proxy Authentication Required", &connects)), "the proxy requires credentials"},
		{"proxy refuses", "https://acme.example", through(proxyFor(t, "403 Forbidden", &connects)), "the proxy refused"},
		{"proxy refuses as a server does", "https://acme.example", through(proxyFor(t, "401 Unauthorized", &connects)), "the proxy refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			connects.Store(0)
			opts := []client.Option{client.WithBaseURL(test.url), client.WithAPIKey(apiKey)}
			if test.transport != nil {
				opts = append(opts, client.WithHTTPClient(&http.Client{Transport: test.transport}))
			}
			c, err := client.New(opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseIdleConnections()
			_, err = c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
			got, e := kind(err)
			if got != "error" || e.Outcome != client.OutcomeNotApplied || e.Attempts != 1 || connects.Load() != 1 {
				t.Fatalf("%d connections: %v", connects.Load(), err)
			}
			if !strings.Contains(e.Hint, test.hint) || !strings.Contains(err.Error(), e.Hint) {
				t.Errorf("the hint is %q", e.Hint)
			}
		})
	}
}

// A proxy that cannot reach the host may do so later.
func TestProxyThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connects := 0
		dial := func(context.Context, string, string) (net.Conn, error) {
			connects++
			conn, proxy := net.Pipe()
			go func() {
				defer proxy.Close()
				if _, err := http.ReadRequest(bufio.NewReader(proxy)); err == nil {
					_, _ = io.WriteString(proxy, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
				}
			}()
			return conn, nil
		}
		c, err := client.New(client.WithBaseURL("https://acme.example"), client.WithAPIKey(apiKey),
			client.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial, Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"})}}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
		if got, e := kind(err); got != "error" || e.Outcome != client.OutcomeNotApplied || e.Attempts != 4 || connects != 4 || !strings.Contains(e.Hint, "the proxy could not connect") {
			t.Errorf("%d connections: %v", connects, err)
		}
	})
}

func TestOutcomeOnRealSockets(t *testing.T) {
	body := sample(t, "responses/create-conversation-201.json").body
	head := "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	for _, test := range []struct {
		name    string
		url     string
		outcome client.Outcome // of the error
		fine    bool
	}{
		{"no listener", deaf(t), client.OutcomeNotApplied, false},
		{"cut before the response", raw(t, func(c net.Conn, _ *http.Request) {}), client.OutcomeUnknown, false},
		{"cut in the head", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, head[:30]) }), client.OutcomeUnknown, false},
		{"garbage", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, "SSH-2.0-x\r\n\r\n") }), client.OutcomeUnknown, false},
		{"cut before the body", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, head) }), client.OutcomeUnknown, false},
		{"cut before the id", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, head+body[:10]) }), client.OutcomeApplied, false},
		{"cut in the body", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, head+body[:500]) }), 0, true},
		{"whole", raw(t, func(c net.Conn, _ *http.Request) { io.WriteString(c, head+body) }), 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			conv, err := over(t, test.url).CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
			if test.fine {
				if err != nil || conv.ID != conversationID || (conv.DecodeError() == nil) != (test.name == "whole") {
					t.Errorf("got %v", err)
				}
				return
			}
			var e *client.Error
			if !errors.As(err, &e) || e.Outcome != test.outcome {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestTLSThatFailsIsNotApplied(t *testing.T) {
	var reached atomic.Bool
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	_, err := tag(t, over(t, srv.URL)) // no trusted CA signed its certificate
	var e *client.Error
	if !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || reached.Load() {
		t.Errorf("error is %v", err)
	}
}
