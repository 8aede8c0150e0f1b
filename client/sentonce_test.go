package client_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/internal/faultproxy"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// overHTTP2 returns a rig with a proxy between the client and the fake.
func overHTTP2(t *testing.T, opts ...client.Option) (*rig, *faultproxy.Proxy) {
	t.Helper()
	r := &rig{srv: kustomertest.New()}
	ts := httptest.NewUnstartedServer(r.srv)
	ts.Config.Protocols = new(http.Protocols)
	ts.Config.Protocols.SetUnencryptedHTTP2(true)
	ts.Start()
	t.Cleanup(ts.Close)
	p, err := faultproxy.New(ts.Listener.Addr().String(), "h2", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: faultproxy.Roots()}
	r.Client, err = client.New(append([]client.Option{client.WithBaseURL(p.URL), client.WithAPIKey(kustomertest.APIKey), once,
		client.WithHTTPClient(&http.Client{Transport: transport})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.CloseIdleConnections)
	r.customer = r.srv.AddCustomer()
	r.conversation = r.srv.AddConversation(r.customer)
	return r, p
}

// net/http sends a request again that was reset with PROTOCOL_ERROR, up to Go 1.26. The server may have applied it.
func TestResetStreamIsNotSentAgain(t *testing.T) {
	for name, call := range map[string]func(context.Context, *rig) error{
		"create": func(ctx context.Context, r *rig) error { return r.create(ctx, client.ConversationCreate{}) },
		"update with rev": func(ctx context.Context, r *rig) error {
			_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value("n"), Rev: new(1)})
			return err
		},
		"write without a body": func(ctx context.Context, r *rig) error {
			_, err := r.Do(ctx, "POST", "/v1/conversations/"+r.conversation+"/archive", nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, p := overHTTP2(t)
			p.Watch(faultproxy.Fault{Moment: faultproxy.AfterPassing, Manner: faultproxy.ResetStream, Code: faultproxy.ProtocolError})
			err := call(t.Context(), r)
			if got, e := kind(err); got != "unknown" || e.Attempts != 1 || r.sent() != 1 {
				t.Errorf("after %d requests: %v", r.sent(), err)
			}
			if _, err := read(t, r.Client); err != nil {
				t.Errorf("the next call fails: %v", err)
			}
		})
	}
}

// A stream that the server has refused it has not looked at.
func TestRefusedStreamIsSentAgain(t *testing.T) {
	r, p := overHTTP2(t)
	p.Watch(faultproxy.Fault{Moment: faultproxy.BeforePassing, Manner: faultproxy.ResetStream, Code: faultproxy.RefusedStream})
	if err := r.create(t.Context(), client.ConversationCreate{}); err != nil || p.Seen().Requests != 2 || r.sent() != 1 {
		t.Errorf("after %d requests: %v", p.Seen().Requests, err)
	}
}

// A GOAWAY says so too. Where that cannot be told from a reset, nothing is sent again.
func TestGoAwayNeverAppliesTwice(t *testing.T) {
	r, p := overHTTP2(t)
	if _, err := read(t, r.Client); err != nil {
		t.Fatal(err)
	}
	p.Watch(faultproxy.Fault{Moment: faultproxy.BeforePassing, Manner: faultproxy.GoAway})
	err := r.create(t.Context(), client.ConversationCreate{})
	n := len(r.srv.Conversations()) - 1
	if got, _ := kind(err); !(got == "success" && n == 1 || got == "unknown" && n == 0) {
		t.Errorf("%d conversations: %v", n, err)
	}
}
