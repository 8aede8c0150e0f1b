package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/internal/faultproxy"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// behindProxy returns a rig with a proxy between the client and the fake. Its client makes one attempt per call.
func behindProxy(t *testing.T, protocol string, wrapped bool) (*rig, *faultproxy.Proxy) {
	t.Helper()
	r := &rig{srv: kustomertest.New(kustomertest.Config{})}
	ts := httptest.NewUnstartedServer(r.srv)
	ts.Config.Protocols = new(http.Protocols)
	ts.Config.Protocols.SetHTTP1(true)
	ts.Config.Protocols.SetUnencryptedHTTP2(true)
	ts.Start()
	t.Cleanup(ts.Close)
	p, err := faultproxy.New(ts.Listener.Addr().String(), protocol, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: faultproxy.Roots()}
	if protocol == "h2c" {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	hc := &http.Client{Transport: transport}
	if wrapped {
		hc.Transport = wrapper{transport}
	}
	r.Client, err = client.New(client.WithBaseURL(p.URL), client.WithAPIKey(kustomertest.APIKey), once, client.WithHTTPClient(hc))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.CloseIdleConnections)
	r.customer = r.srv.AddCustomer()
	r.conversation = r.srv.AddConversation(r.customer)
	return r, p
}

// wrapper stands for a user's wrapper around a transport. Its first response is HTTP/1 from another host.
type wrapper struct{ *http.Transport }

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/elsewhere") {
		return testResponse{status: 200, body: "{}"}.response(r), nil
	}
	return w.Transport.RoundTrip(r)
}

// replayed are the calls that net/http might repeat on its own.
var replayed = []struct {
	name    string
	hasBody bool
	read    bool
	call    func(context.Context, *rig) error
}{
	{"create", true, false, func(ctx context.Context, r *rig) error { return r.create(ctx, client.ConversationCreate{}) }},
	{"update", true, false, func(ctx context.Context, r *rig) error { return r.update(ctx) }},
	{"update with rev", true, false, func(ctx context.Context, r *rig) error {
		_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value("n"), Rev: new(1)})
		return err
	}},
	{"tags", true, false, func(ctx context.Context, r *rig) error { return r.tag(ctx) }},
	{"read", false, true, func(ctx context.Context, r *rig) error {
		_, err := r.Do(ctx, "GET", "/v1/conversations/"+r.conversation, nil)
		return err
	}},
	{"write without a body", false, false, func(ctx context.Context, r *rig) error {
		_, err := r.Do(ctx, "POST", "/v1/conversations/"+r.conversation+"/archive", nil)
		return err
	}},
}

// One attempt is one request. net/http repeats a request on its own in several cases: over HTTP/2 after a stream was reset
// with PROTOCOL_ERROR (up to Go 1.26) or refused, or the connection was closed with GOAWAY; over HTTP/1 a read whose
// connection was lost.
func TestOneAttemptIsOneRequest(t *testing.T) {
	reset := func(m faultproxy.Moment, code uint32) faultproxy.Fault {
		return faultproxy.Fault{Moment: m, Manner: faultproxy.ResetStream, Code: code}
	}
	for _, protocol := range []string{"", "http/1.1", "h2", "h2c"} {
		faults := map[string]faultproxy.Fault{
			"cut before": {Moment: faultproxy.BeforePassing, Manner: faultproxy.Cut},
			"cut after":  {Moment: faultproxy.AfterPassing, Manner: faultproxy.Cut},
		}
		if protocol == "h2" || protocol == "h2c" {
			faults["PROTOCOL_ERROR before"] = reset(faultproxy.BeforePassing, faultproxy.ProtocolError)
			faults["PROTOCOL_ERROR after"] = reset(faultproxy.AfterPassing, faultproxy.ProtocolError)
			faults["REFUSED_STREAM"] = reset(faultproxy.BeforePassing, faultproxy.RefusedStream)
			faults["GOAWAY"] = faultproxy.Fault{Moment: faultproxy.BeforePassing, Manner: faultproxy.GoAway}
		}
		for name, fault := range faults {
			for _, op := range replayed {
				for _, before := range []string{"nothing", "a read", "a response of HTTP/1 from a wrapper"} {
					t.Run(protocol+"/"+name+"/"+op.name+"/after "+before, func(t *testing.T) {
						wrapped := strings.HasSuffix(before, "wrapper")
						r, p := behindProxy(t, protocol, wrapped)
						switch {
						case wrapped:
							if _, err := r.Do(t.Context(), "GET", "/v1/elsewhere", nil); err != nil {
								t.Fatal(err)
							}
						case before == "a read":
							if _, err := read(t, r.Client); err != nil {
								t.Fatal(err)
							}
						}
						p.Watch(slices.Repeat([]faultproxy.Fault{fault}, 20)...)
						err := op.call(t.Context(), r)
						got, e := kind(err)
						if e == nil || e.Attempts != 1 || p.Seen().Requests != 1 {
							t.Fatalf("the server saw %d requests: %v", p.Seen().Requests, err)
						}
						// Without a body, a GOAWAY looks like a reset.
						notProcessed := name == "REFUSED_STREAM" || name == "GOAWAY" && op.hasBody
						if wrapped && !op.read {
							notProcessed = false // with GetBody net/http gives no reason, and a wrapper may have sent it before
						}
						if want := map[bool]string{true: "error", false: "unknown"}[op.read || notProcessed]; got != want {
							t.Errorf("%s, want %s: %v", got, want, err)
						}
						p.Watch()
						if _, err := read(t, r.Client); err != nil {
							t.Errorf("the next call fails: %v", err)
						}
					})
				}
			}
		}
	}
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
