package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxIdleConns is the number of idle connections to the host. With net/http's default of 2, a busy program would open and
// close one for almost every call.
const maxIdleConns = 100

// An HTTP/2 connection that received nothing for pingAfter is pinged, and closed if no response comes within pingTimeout.
// net/http would use a dead connection for all calls until the kernel gives up, after about 15 minutes.
const (
	pingAfter   = 15 * time.Second
	pingTimeout = 10 * time.Second
)

// newHTTPClient returns the http.Client of a client without [WithHTTPClient].
func newHTTPClient() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{Transport: http.DefaultTransport}
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = maxIdleConns
	if t.HTTP2 == nil {
		t.HTTP2 = new(http.HTTP2Config)
	}
	if t.HTTP2.SendPingTimeout == 0 {
		t.HTTP2.SendPingTimeout, t.HTTP2.PingTimeout = pingAfter, pingTimeout
	}
	if t.OnProxyConnectResponse == nil {
		t.OnProxyConnectResponse = refusedConnect
	}
	return &http.Client{Transport: t}
}

func (s *settings) setHTTPClient(hc *http.Client) {
	s.httpClient, s.lastProto = func() *http.Client { return hc }, new(atomic.Int32)
}

// noRedirects hides Location from [http.Client], so that it follows no redirect: that could carry the API key, and perhaps a
// write, to another host. http.Client parses Location before it calls CheckRedirect, and drops the response if it is invalid.
type noRedirects struct{ http.RoundTripper }

// errNoResponse reports a transport that breaks the contract of [http.RoundTripper].
var errNoResponse = errors.New("the transport returned neither a response nor an error")

const hiddenLocation = "X-Kustomer-Go-Location"

func (t noRedirects) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil && resp == nil {
		return nil, errNoResponse
	}
	if err == nil && resp.Header["Location"] != nil {
		resp.Header[hiddenLocation] = resp.Header["Location"]
		delete(resp.Header, "Location")
	}
	return resp, err
}

// restoreLocation restores the header that noRedirects hid.
func restoreLocation(h http.Header) {
	if hidden := h[hiddenLocation]; hidden != nil {
		h["Location"] = hidden
		delete(h, hiddenLocation)
	}
}

// One attempt is one request: the retry policy, the limiter and Attempts count each. But net/http repeats some requests on
// its own. Over HTTP/2, up to Go 1.26, it repeats even those that the server may have applied (golang.org/issue/47635).
//
// net/http repeats a request with a body only if GetBody returns the body again. Without GetBody it returns an error, whose
// text says why it wanted to repeat the request. Over HTTP/1 a write keeps GetBody, because net/http then repeats it only if
// nothing of it was written. A request without a body can always be repeated, so a [connTracker] stops that.

var (
	errReplay       = errors.New("the connection was lost before a response came")
	errNotProcessed = errors.New("the server did not process the request")
)

// replayReason returns why net/http wanted to repeat a request with a body, or err itself. The server did not process a
// request whose stream it refused, or whose connection it closed with a GOAWAY that excludes it (RFC 9113, sections 6.8
// and 8.7). Without GetBody, net/http says "cannot rewind body" only if no HTTP/2 connection has accepted the request.
func replayReason(err error) error {
	if err.Error() == "net/http: cannot rewind body after connection loss" {
		return errNotProcessed
	}
	_, text, found := strings.Cut(err.Error(), "http2: Transport: cannot retry err [")
	text, _, whole := strings.Cut(text, "] after Request.Body was written")
	switch {
	case !found || !whole:
		return err
	case strings.Contains(text, "GOAWAY"), strings.Contains(text, "REFUSED_STREAM"):
		return fmt.Errorf("%w: %s", errNotProcessed, text)
	}
	return fmt.Errorf("%w: %s", errReplay, text)
}

// A connTracker follows one attempt through the connections that net/http uses for it.
type connTracker struct {
	cancel   context.CancelFunc
	readOnly bool
	hasBody  bool

	trace                 httptrace.ClientTrace
	connecting, connected atomic.Bool // as far as the transport reports it

	mu    sync.Mutex // guards all fields below
	conns int
	conn  net.Conn // the one in use
	wrote bool     // the head of the request was written to conn
	http2 bool     // conn is HTTP/2
	err   error    // why the tracker stopped the attempt
}

// track returns the context for a request that the tracker follows.
func (t *connTracker) track(ctx context.Context) context.Context {
	t.trace.GetConn = func(string) { t.connecting.Store(true) }
	t.trace.GotConn = func(info httptrace.GotConnInfo) {
		t.connected.Store(true)
		t.gotConn(info.Conn)
	}
	t.trace.WroteHeaderField = func(name string, _ []string) {
		if strings.HasPrefix(name, ":") { // a pseudo-header, which only HTTP/2 has
			t.mu.Lock()
			defer t.mu.Unlock()
			t.http2 = true
		}
	}
	t.trace.WroteHeaders = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.wrote = true
	}
	return httptrace.WithClientTrace(ctx, &t.trace)
}

// gotConn runs for each connection before the request is written to it.
func (t *connTracker) gotConn(conn net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wrote && !t.hasBody && (t.http2 || t.readOnly) {
		t.err = errReplay
		if t.http2 && t.conn == conn {
			t.err = errNotProcessed // a refused stream: net/http does not reuse the connection after any other failure
		}
		t.cancel()
		if !t.http2 {
			_ = conn.Close() // HTTP/1 writes the request whether or not the context has ended
		}
	}
	t.conns++
	t.conn, t.wrote, t.http2 = conn, false, false
}

// mayHaveBeenSent reports whether a byte of a request that failed with err may have reached the server. A transport that is not
// of net/http may have sent it on a connection that it did not report, unless err is about connecting.
func (t *connTracker) mayHaveBeenSent(err error, plainTransport bool) bool {
	op, ok := errors.AsType[*net.OpError](err)
	certain := plainTransport || ok && (op.Op == "dial" || op.Op == "proxyconnect") || is[*tls.CertificateVerificationError](err)
	return !certain || !t.connecting.Load() || t.connected.Load()
}

// end returns why the attempt ended, and whether the server certainly did not process it. A transport that is not of
// net/http may have sent the request before, so its error counts only if the request used a single connection.
func (t *connTracker) end(err error, plainTransport bool) (cause error, notProcessed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		err = t.err
	}
	cause = replayReason(err)
	notProcessed = errors.Is(cause, errNotProcessed)
	if notProcessed && !plainTransport && t.conns > 1 {
		return errReplay, false
	}
	return cause, notProcessed
}

// body returns the body of a request again, but not for HTTP/2.
func (t *connTracker) body(data []byte) (io.ReadCloser, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.http2 {
		return nil, errReplay
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// connectHint says what to do about a connection that could not be made, and whether another attempt would fail in the same
// way.
func connectHint(err error, plainTransport bool) (hint string, permanent bool) {
	op, isOp := errors.AsType[*net.OpError](err)
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case isDNS && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout:
		if isOp && op.Op == "proxyconnect" {
			return "no such host: check the address of the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
		}
		return "no such host: check the organisation or the base URL", true
	case is[*tls.CertificateVerificationError](err), is[x509.UnknownAuthorityError](err), is[x509.HostnameError](err), is[x509.CertificateInvalidError](err):
		return "the server's certificate is not trusted: check the host; behind a proxy that intercepts TLS, add its CA to the transport of WithHTTPClient", true
	case errors.Is(err, http.ErrSchemeMismatch), is[tls.RecordHeaderError](err):
		return "the server does not use TLS on this port: check the base URL", true
	case handshakeRefused(err, op):
		return "the server or a proxy refused the TLS handshake: check the TLS configuration of the transport of WithHTTPClient", true
	}
	status := 0
	if refused, ok := errors.AsType[proxyError](err); ok {
		status = int(refused)
	} else if plainTransport {
		status = proxyStatus(err)
	}
	switch status {
	case 0:
		return "", false
	case http.StatusProxyAuthRequired:
		return "the proxy requires credentials: put them into the address of the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return "the proxy could not connect to the host", false
	}
	return "the proxy refused to connect to the host: this is not the API's response; check the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
}

// handshakeRefused reports whether one side refused the TLS handshake. crypto/tls has no type for such an error. An internal
// error of the server is excluded, because it may be temporary.
func handshakeRefused(err error, op *net.OpError) bool {
	text := err.Error()
	alert := op != nil && (op.Op == "remote error" || op.Op == "local error")
	return (alert || strings.HasPrefix(text, "tls: ")) && !strings.HasSuffix(text, "tls: internal error")
}

// A proxyError is the status with which a proxy refused to connect to the host.
type proxyError int

func (e proxyError) Error() string { return fmt.Sprintf("the proxy responded %d to CONNECT", int(e)) }

// refusedConnect is a function for [http.Transport.OnProxyConnectResponse].
func refusedConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return proxyError(resp.StatusCode)
	}
	return nil
}

// proxyStatus returns the status with which a proxy refused to connect to the host, or 0. Without refusedConnect, the error of
// net/http is only the text of the status line.
func proxyStatus(err error) int {
	for status := 300; status <= 599; status++ {
		if text := http.StatusText(status); text != "" && strings.EqualFold(err.Error(), text) {
			return status
		}
	}
	return 0
}
