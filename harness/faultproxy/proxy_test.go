package faultproxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes after a response
	os.Exit(m.Run())
}

var page = strings.Repeat("response", 50)

// start returns a proxy to a server that counts whole requests, and a client.
func start(t *testing.T, protocol Protocol) (*Proxy, *http.Client, *atomic.Int32) {
	t.Helper()
	var got atomic.Int32
	p, err := New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			got.Add(1)
			io.WriteString(w, page)
		}
	}), protocol)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	hc := &http.Client{Transport: p.Transport(), Timeout: 10 * time.Second}
	t.Cleanup(hc.CloseIdleConnections)
	return p, hc, &got
}

func post(ctx context.Context, p *Proxy, hc *http.Client) (string, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", p.URL, bytes.NewReader(make([]byte, 10_000)))
	if err != nil {
		return "", err
	}
	r.GetBody = nil // prevents net/http from sending the request again
	resp, err := hc.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return "", errors.New(resp.Status)
	}
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// Each fault takes place at its moment. The client gets an error, unless the fault loses nothing of the response. The next
// request succeeds.
func TestFaults(t *testing.T) {
	for _, protocol := range Protocols {
		for _, f := range All(protocol) {
			t.Run(fmt.Sprintf("%s %s", protocol, f), func(t *testing.T) {
				t.Parallel()
				f.At = 0.7
				if f.Code == http2.ErrCodeNo {
					f.At = 0.2 // a response follows GOAWAY
				}
				p, hc, got := start(t, protocol)
				p.Inject(f)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if f.Manner == Stall {
					go func() {
						for _, faults := p.Seen(); faults == 0 || f.reachesServer() && got.Load() == 0; _, faults = p.Seen() {
							time.Sleep(time.Millisecond)
						}
						time.Sleep(20 * time.Millisecond)
						cancel()
					}()
				}
				body, err := post(ctx, p, hc)
				succeeded := err == nil && body == page
				want := f.Moment == AfterResponse || f.Garbled == "some 1xx first" || f.Garbled == "bytes after the message"
				if f.Manner == GoAway && f.Moment > BeforeForwarding && f.At < 0.5 {
					want = true
				}
				if succeeded != want {
					t.Errorf("the client got %.60q, %v", body, err)
				}
				if f.Manner == Reset && f.Moment == BeforeResponse && f.Garbled == "" && protocol == HTTP && !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the client got no reset: %v", err)
				}
				for p.CatchUp() == nil && p.Open() > 0 {
					time.Sleep(time.Millisecond)
					hc.CloseIdleConnections()
				}
				// A client may close the connection after a half-close, before it has sent the whole request.
				perhaps := f.Manner == HalfClose && f.Moment < BeforeForwarding
				if n := got.Load(); n > 1 || !perhaps && (n == 1) != (f.reachesServer() && f.Moment > BeforeRequest) {
					t.Errorf("the server got %d requests", n)
				}
				if requests, faults := p.Seen(); faults != 1 || (requests == 1) != (f.Moment > BeforeRequest) {
					t.Errorf("the proxy saw %d requests and %d faults", requests, faults)
				}
				next := &http.Client{Transport: p.Transport()} // hc may not know yet that its connection has ended
				defer next.CloseIdleConnections()
				if _, err := post(t.Context(), p, next); err != nil {
					t.Errorf("the next request fails: %v", err)
				}
			})
		}
	}
}

// A fault is counted when it takes place, which it does not if the server fails before.
func TestFaultBehindAnotherFailure(t *testing.T) {
	for _, protocol := range []Protocol{H2, H2C} {
		p, err := New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), protocol)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		p.Inject(Fault{Moment: InResponseBody, Manner: Close})
		hc := &http.Client{Transport: p.Transport()}
		defer hc.CloseIdleConnections()
		_, err = post(t.Context(), p, hc)
		if requests, faults := p.Seen(); err == nil || requests != 1 || faults != 0 {
			t.Errorf("%s: the proxy saw %d requests and %d faults: %v", protocol, requests, faults, err)
		}
	}
}
