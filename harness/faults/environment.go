package faults

import (
	"context"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// An environment is a client, a fake Kustomer, and a proxy between them.
type environment struct {
	protocol faultproxy.Protocol
	wrapped  bool // the client does not see that its transport is that of net/http
	fake     *kustomertest.Server
	proxy    *faultproxy.Proxy
	client   *client.Client

	customer, conversation string
}

// patient is longer than any call that ends.
const patient = 20 * time.Second

func newEnvironment(protocol faultproxy.Protocol, wrapped bool) (*environment, error) {
	e := &environment{protocol: protocol, wrapped: wrapped, fake: kustomertest.New(kustomertest.Config{OrgLimit: 1_000_000, CreateLimit: -1})}
	e.customer = e.fake.AddCustomer()
	e.conversation = e.fake.AddConversation(e.customer)
	var err error
	if e.proxy, err = faultproxy.New(e.fake, protocol); err != nil {
		return nil, err
	}
	opts := []client.Option{client.WithBaseURL(e.proxy.URL), client.WithAPIKey(kustomertest.APIKey), client.WithTimeout(patient)}
	var transport http.RoundTripper = e.proxy.Transport()
	if wrapped {
		transport = wrapper{e.proxy.Transport()}
	}
	if protocol != faultproxy.HTTP || wrapped {
		opts = append(opts, client.WithHTTPClient(&http.Client{Transport: transport}))
	}
	e.client, err = client.New(opts...)
	return e, err
}

// A wrapper stands for a user's wrapper around a transport.
type wrapper struct{ *http.Transport }

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) { return w.Transport.RoundTrip(r) }

// settle closes idle connections until no connection and no request is left. It returns the number of those that do not end.
func (e *environment) settle() int {
	if e.proxy.CatchUp() != nil {
		return 1
	}
	for end := time.Now().Add(10 * time.Second); e.proxy.Open() > 0 && time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		e.client.CloseIdleConnections()
	}
	return e.proxy.Open()
}

// tag makes a call that has to succeed, if need be with a retry on another connection.
func (e *environment) tag(ctx context.Context, tag string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*patient)
	defer cancel()
	_, err := e.client.AppendTagsToConversation(ctx, e.conversation, []string{tag})
	return err
}

func (e *environment) close() {
	e.client.CloseIdleConnections()
	e.proxy.Close()
}
