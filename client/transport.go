package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
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
