package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// connectHint says what to do about a connection that could not be made, and whether another attempt would fail as well.
func connectHint(err error) (hint string, permanent bool) {
	var op *net.OpError
	proxy := errors.As(err, &op) && op.Op == "proxyconnect"
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknownAuthority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout:
		if proxy {
			return "no such host: check the address of the proxy (HTTPS_PROXY, or the transport of WithHTTPClient)", true
		}
		return "no such host: check the organisation or the base URL", true
	case errors.As(err, &cert), errors.As(err, &unknownAuthority), errors.As(err, &host):
		return "the server's certificate is not trusted: check the host; behind a proxy that opens TLS, add its CA to the transport of WithHTTPClient", true
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return "the server does not speak TLS at this port: check the base URL", true
	case handshakeRefused(err, op):
		return "the server or a proxy refused the TLS handshake: check the TLS configuration of the transport of WithHTTPClient", true
	}
	switch proxyStatus(err) {
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

// proxyStatus returns the status with which a proxy refused to connect, or 0. Of such a response net/http returns the text of
// the status line alone.
func proxyStatus(err error) int {
	for status := 300; status <= 599; status++ {
		if text := http.StatusText(status); text != "" && err.Error() == text {
			return status
		}
	}
	return 0
}
