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
)

// connectHint says what to do about a connection that could not be made, and whether another attempt would fail as well.
func connectHint(err error, plainTransport bool) (hint string, permanent bool) {
	var op *net.OpError
	proxy := errors.As(err, &op) && op.Op == "proxyconnect"
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknownAuthority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout:
		if proxy {
			return "no such host: check the address of the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
		}
		return "no such host: check the organisation or the base URL", true
	case errors.As(err, &cert), errors.As(err, &unknownAuthority), errors.As(err, &host), errors.As(err, &invalid):
		return "the server's certificate is not trusted: check the host; behind a proxy that opens TLS, add its CA to the transport of WithHTTPClient", true
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return "the server does not speak TLS at this port: check the base URL", true
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
		return "the proxy wants credentials: put them into the address of the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return "the proxy could not connect to the host", false
	}
	return "the proxy refused to connect to the host: this is not the API's response; check the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
}

// handshakeRefused reports whether one side refused the TLS handshake. crypto/tls has no type for such an error. An internal
// error of the server may pass.
func handshakeRefused(err error, op *net.OpError) bool {
	text := err.Error()
	alert := op != nil && (op.Op == "remote error" || op.Op == "local error")
	return (alert || strings.HasPrefix(text, "tls: ")) && !strings.HasSuffix(text, "tls: internal error")
}

// A proxyError is the status with which a proxy refused to connect to the host.
type proxyError int

func (e proxyError) Error() string { return fmt.Sprintf("the proxy responded %d to CONNECT", int(e)) }

// refusedConnect is for [http.Transport.OnProxyConnectResponse].
func refusedConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return proxyError(resp.StatusCode)
	}
	return nil
}

// proxyStatus returns the status with which a proxy refused to connect to the host, or 0. Without refusedConnect, net/http
// returns the text of the status line alone.
func proxyStatus(err error) int {
	for status := 300; status <= 599; status++ {
		if text := http.StatusText(status); text != "" && strings.EqualFold(err.Error(), text) {
			return status
		}
	}
	return 0
}
