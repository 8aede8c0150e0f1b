package faultproxy

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes that nobody asked for
	os.Exit(m.Run())
}

// start returns a proxy to a server that counts whole requests, and a client.
func start(t *testing.T, protocol string) (*Proxy, *http.Client, *atomic.Int32) {
	t.Helper()
	var got atomic.Int32
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			got.Add(1)
			io.WriteString(w, strings.Repeat("answer", 50))
		}
	}))
	ts.Config.Protocols = new(http.Protocols)
	ts.Config.Protocols.SetHTTP1(true)
	ts.Config.Protocols.SetUnencryptedHTTP2(true)
	ts.Start()
	t.Cleanup(ts.Close)
	p, err := New(ts.Listener.Addr().String(), protocol, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: Roots()}, ForceAttemptHTTP2: true}, Timeout: 10 * time.Second}
	t.Cleanup(hc.CloseIdleConnections)
	return p, hc, &got
}

func post(p *Proxy, hc *http.Client) (string, error) {
	resp, err := hc.Post(p.URL, "text/plain", bytes.NewReader(make([]byte, 10_000)))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// Every fault lets the server see what its moment says, and spoils the answer but for those that say otherwise. The next
// request, on another connection, is served.
func TestFaults(t *testing.T) {
	for _, protocol := range []string{"", "http/1.1", "h2"} {
		for moment := InHandshake; moment < moments; moment++ {
			for manner := range manners {
				f := Fault{Moment: moment, Manner: manner, At: 0.7, Code: InternalError}
				if !makesSense(f, protocol) {
					continue
				}
				t.Run(protocol+" "+f.String(), func(t *testing.T) {
					t.Parallel()
					p, hc, got := start(t, protocol)
					p.Watch(f)
					impatient := *hc
					if manner == Stall || manner == Late {
						impatient.Timeout = time.Second // long enough for the request to get there on a busy machine
					}
					body, err := post(p, &impatient)
					fine := err == nil && body == strings.Repeat("answer", 50)
					// The rest of a stalled answer comes when the client leaves, and may still find it.
					if fine != (moment == AfterAnswer || manner == Trickle) && !(fine && manner == Stall && moment == InAnswerBody) {
						t.Errorf("answered %q, %v", body, err)
					}
					if manner == Reset && moment == AfterPassing && protocol == "" && !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("not a reset: %v", err)
					}
					hc.CloseIdleConnections()
					for p.CatchUp() == nil && p.Open() > 0 {
						time.Sleep(time.Millisecond)
						hc.CloseIdleConnections()
					}
					// A half-close is one of the answer's side alone.
					whole := moment >= AfterPassing || manner == Late || manner == Trickle || manner == HalfClose && moment > BeforeRequest
					if n := got.Load(); n > 1 || n == 1 && !whole || n == 0 && (moment >= AfterPassing || manner == Trickle) {
						t.Errorf("the server got %d requests", n)
					}
					if s := p.Seen(); s.Faults != 1 || (s.Connections == 0) != (moment == InHandshake) || s.Requests > 1 || s.Requests == 0 && moment > BeforeRequest {
						t.Errorf("saw %+v", s)
					}
					if _, err := post(p, hc); err != nil {
						t.Errorf("the next request fails: %v", err)
					}
				})
			}
		}
	}
}

// makesSense leaves out what no server does, and requests that are sent anew in silence.
func makesSense(f Fault, protocol string) bool {
	switch f.Manner {
	case Trickle:
		return f.Moment == AfterAnswer || f.Moment == InRequestBody
	case Late:
		return f.Moment == BeforePassing
	case GoAway, ResetStream:
		return protocol == "h2" && slices.Contains([]Moment{AfterPassing, InAnswerBody}, f.Moment)
	case Stall:
		return f.Moment > BeforeRequest && f.Moment < AfterAnswer
	}
	return f.Moment > InHandshake || protocol != ""
}

// Nonsense is no answer, and most of what is nearly right is none either.
func TestSpoils(t *testing.T) {
	for s := Noise; s < Spoils; s++ {
		if s == Claiming {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			p, hc, got := start(t, "")
			hc.Timeout = 10 * time.Second
			p.Watch(Fault{Moment: AfterPassing, Spoil: s, At: 0.5})
			body, err := post(p, hc)
			if fine := err == nil && body == strings.Repeat("answer", 50); fine != (s == FloodBefore || s == Twice) {
				t.Errorf("answered %.60q, %v", body, err)
			}
			if got.Load() != 1 {
				t.Errorf("the server got %d requests", got.Load())
			}
		})
	}
}
