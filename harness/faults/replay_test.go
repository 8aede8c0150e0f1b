package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// An organisation is a fake with one customer and one conversation, and a client of it.
type organisation struct {
	*client.Client
	customer, conversation string
}

func (o *organisation) read(ctx context.Context) error {
	_, err := o.Do(ctx, "GET", "/v1/conversations/"+o.conversation, nil)
	return err
}

// behindProxy returns an organisation with a proxy between its client and the fake. The client makes one attempt per call.
func behindProxy(t *testing.T, protocol string, wrapped bool) (*organisation, *faultproxy.Proxy) {
	t.Helper()
	srv := kustomertest.New(kustomertest.Config{})
	ts := httptest.NewUnstartedServer(srv)
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
	c, err := client.New(client.WithBaseURL(p.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(hc),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	customer := srv.AddCustomer()
	return &organisation{c, customer, srv.AddConversation(customer)}, p
}

// wrapper stands for a user's wrapper around a transport. Its first response is HTTP/1 from another host.
type wrapper struct{ *http.Transport }

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/elsewhere") {
		return &http.Response{
			StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader("{}")), Request: r,
		}, nil
	}
	return w.Transport.RoundTrip(r)
}

// replayed are the calls that net/http might repeat on its own.
var replayed = []struct {
	name    string
	hasBody bool
	read    bool
	call    func(context.Context, *organisation) error
}{
	{"create", true, false, func(ctx context.Context, o *organisation) error {
		_, err := o.CreateConversationForCustomer(ctx, o.customer, client.ConversationCreate{})
		return err
	}},
	{"update", true, false, func(ctx context.Context, o *organisation) error {
		_, err := o.UpdateConversationAttributes(ctx, o.conversation, client.ConversationUpdate{Name: client.Value("n")})
		return err
	}},
	{"update with rev", true, false, func(ctx context.Context, o *organisation) error {
		_, err := o.UpdateConversationAttributes(ctx, o.conversation, client.ConversationUpdate{Name: client.Value("n"), Rev: new(1)})
		return err
	}},
	{"tags", true, false, func(ctx context.Context, o *organisation) error {
		_, err := o.AppendTagsToConversation(ctx, o.conversation, []string{"vip"})
		return err
	}},
	{"read", false, true, func(ctx context.Context, o *organisation) error { return o.read(ctx) }},
	{"write without a body", false, false, func(ctx context.Context, o *organisation) error {
		_, err := o.Do(ctx, "POST", "/v1/conversations/"+o.conversation+"/archive", nil)
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
						o, p := behindProxy(t, protocol, wrapped)
						switch {
						case wrapped:
							if _, err := o.Do(t.Context(), "GET", "/v1/elsewhere", nil); err != nil {
								t.Fatal(err)
							}
						case before == "a read":
							if err := o.read(t.Context()); err != nil {
								t.Fatal(err)
							}
						}
						p.Watch(slices.Repeat([]faultproxy.Fault{fault}, 20)...)
						err := op.call(t.Context(), o)
						e, ok := errors.AsType[*client.Error](err)
						if !ok || e.Attempts != 1 || p.Seen().Requests != 1 {
							t.Fatalf("the server saw %d requests: %v", p.Seen().Requests, err)
						}
						// Without a body, a GOAWAY looks like a reset.
						notProcessed := name == "REFUSED_STREAM" || name == "GOAWAY" && op.hasBody
						if wrapped && !op.read {
							notProcessed = false // with GetBody net/http gives no reason, and a wrapper may have sent it before
						}
						_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
						if unknown == (op.read || notProcessed) {
							t.Errorf("outcome unknown: %t, want %t: %v", unknown, !unknown, err)
						}
						p.Watch()
						if err := o.read(t.Context()); err != nil {
							t.Errorf("the next call fails: %v", err)
						}
					})
				}
			}
		}
	}
}
