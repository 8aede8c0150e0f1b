package client

import (
	"errors"
	"net/http"
	"time"
)

// idleConns is how many connections to the one host are kept between calls: enough for a busy sync, where
// net/http's default of 2 would open and close one for almost every call.
const idleConns = 100

// A connection of HTTP/2 on which nothing has come for silence is asked whether it is alive, and given up if it does not
// answer. net/http would use one that is dead for all calls until the kernel gives up, after a quarter of an hour.
const (
	silence    = 15 * time.Second
	lastAnswer = 10 * time.Second
)

// httpClient returns a copy of the caller's client, or a client with a transport of its own, that follows no redirect. A
// redirect would carry the API key, and perhaps a write, to a place that nobody named. plain says that its requests go
// to a transport of net/http and through nothing else.
func httpClient(given *http.Client) (hc *http.Client, plain bool) {
	hc = &http.Client{}
	if given != nil {
		*hc = *given
	}
	if hc.Transport == nil {
		hc.Transport = http.DefaultTransport
	}
	t, plain := hc.Transport.(*http.Transport)
	if plain && given == nil {
		t = t.Clone()
		t.MaxIdleConnsPerHost = idleConns
		if t.HTTP2 == nil {
			t.HTTP2 = new(http.HTTP2Config)
		}
		if t.HTTP2.SendPingTimeout == 0 {
			t.HTTP2.SendPingTimeout, t.HTTP2.PingTimeout = silence, lastAnswer
		}
		if t.OnProxyConnectResponse == nil {
			t.OnProxyConnectResponse = refusedConnect
		}
		hc.Transport = t
	}
	hc.Transport = noRedirects{hc.Transport} // and no CheckRedirect, which is not asked where there is no Location
	return hc, plain
}

// withoutNoRedirects undoes what httpClient did, so that it can be done again.
func withoutNoRedirects(hc *http.Client) *http.Client {
	given := *hc
	given.Transport = hc.Transport.(noRedirects).RoundTripper
	return &given
}

// noRedirects keeps Location from [http.Client], which reads it before it asks whether to follow, and forgets the whole
// answer where it makes no sense.
type noRedirects struct{ http.RoundTripper }

// errNoResponse is what a transport means that breaks the contract of [http.RoundTripper].
var errNoResponse = errors.New("the transport returned neither a response nor an error")

const locationAside = "X-Kustomer-Go-Location"

func (t noRedirects) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil && resp == nil {
		return nil, errNoResponse
	}
	if err == nil && resp.Header["Location"] != nil {
		resp.Header[locationAside] = resp.Header["Location"]
		delete(resp.Header, "Location")
	}
	return resp, err
}

// CloseIdleConnections passes the wish on, as [http.Client] asks its transport for it.
func (t noRedirects) CloseIdleConnections() {
	if c, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// putLocationBack undoes what noRedirects did, for whoever reads the header.
func putLocationBack(h http.Header) {
	if aside := h[locationAside]; aside != nil {
		h["Location"] = aside
		delete(h, locationAside)
	}
}
