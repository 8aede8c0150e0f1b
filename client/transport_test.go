package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// The caller's transport is used itself, not a copy of it.
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
	// On a busy machine net/http does not always keep a connection, so one time has to do.
	for range 20 {
		connections.Store(0)
		own := &http.Client{Transport: new(http.Transport)}
		if _, err := tag(t, over(t, srv.URL, client.WithHTTPClient(own))); err != nil {
			t.Fatal(err)
		}
		resp, err := own.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		own.CloseIdleConnections()
		if connections.Load() == 1 {
			return
		}
	}
	t.Error("the connection of a call was never used by the caller's own client")
}

func TestRedirectsAreRefused(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{elsewhere.URL + "/v1/x", "/v1/elsewhere"} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1/elsewhere" {
					reached.Store(true)
				}
				http.Redirect(w, r, to, status)
			}))
			// A redirect policy of the caller makes no difference.
			for _, opts := range [][]client.Option{nil, {client.WithHTTPClient(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }})}} {
				_, err := tag(t, over(t, srv.URL, opts...))
				var e *client.Error
				if !errors.As(err, &e) || e.StatusCode != status || (e.Outcome == client.OutcomeUnknown) != (status <= 303) {
					t.Errorf("%d gives %v", status, err)
				}
			}
			srv.Close()
		}
	}
	if reached.Load() {
		t.Error("a redirect was followed")
	}
}

func TestRedirectsToNowhereKeepTheirStatus(t *testing.T) {
	for _, location := range []string{":%", "http://[::1", ""} {
		url := raw(t, func(c net.Conn, _ *http.Request) {
			io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: "+location+"\r\nContent-Length: 0\r\n\r\n")
		})
		_, err := tag(t, over(t, url))
		var e *client.Error
		if !errors.As(err, &e) || e.StatusCode != 302 || e.Outcome != client.OutcomeUnknown || e.Header.Get("Location") != location {
			t.Errorf("%q gives %v", location, err)
		}
	}
}

// The body of such a response is the connection itself, which no context ends.
func TestSwitchingProtocolsDoesNotHang(t *testing.T) {
	url := raw(t, func(c net.Conn, _ *http.Request) {
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		io.Copy(io.Discard, c)
	})
	_, err := tag(t, over(t, url))
	var e *client.Error
	if !errors.As(err, &e) || e.StatusCode != 101 {
		t.Errorf("error is %v", err)
	}
}

func TestHTTPClientIsKept(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
		if _, err := r.Cookie("seen"); err == nil {
			io.WriteString(w, `{"data":{"id":"again"}}`)
		}
	}))
	defer srv.Close()
	c := over(t, srv.URL, client.WithHTTPClient(&http.Client{Jar: jar, Timeout: time.Minute}))
	tag(t, c)
	if conv, err := tag(t, c); err != nil || conv.ID != "again" {
		t.Errorf("the cookie jar is not used: %v", err)
	}
}

// A dead connection, such as one that a NAT has dropped, fails only the call that uses it.
func TestSilentConnectionIsGivenUp(t *testing.T) {
	ts := httptest.NewTLSServer(nil)
	ts.Close()
	roots := x509.NewCertPool()
	roots.AddCert(ts.Certificate())
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		usual := http.DefaultTransport
		defer func() { http.DefaultTransport = usual }()
		own := usual.(*http.Transport).Clone()
		own.DialTLSContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			dials++
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				server := tls.Server(far, &tls.Config{Certificates: ts.TLS.Certificates, NextProtos: []string{"h2"}})
				io.Copy(io.Discard, server)
			}()
			conn := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", NextProtos: []string{"h2"}})
			return conn, conn.HandshakeContext(ctx)
		}
		http.DefaultTransport = own
		c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), once, unlimited)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := read(t, c); err == nil {
				t.Error("a dead connection got a response")
			}
		}
		if dials != 2 {
			t.Errorf("two calls used %d connections", dials)
		}
		synctest.Wait()
		c.CloseIdleConnections()
	})
}

// A transport may break the contract of http.RoundTripper.
func TestTransportThatReturnsNothing(t *testing.T) {
	c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, nil }))
	_, err := tag(t, c)
	if got, _ := kind(err); got != "unknown" {
		t.Errorf("a write: %v", err)
	}
	_, err = read(t, c)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Outcome != client.OutcomeNotApplied {
		t.Errorf("a read: %v", err)
	}
}
