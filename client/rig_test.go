package client_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A rig is a fake organisation with a customer and a conversation, and a client of it.
type rig struct {
	*client.Client
	srv                    *kustomertest.Server
	customer, conversation string
}

type fakeOptions = kustomertest.Config

func newRig(t testing.TB, fake *fakeOptions, opts ...client.Option) *rig {
	t.Helper()
	if fake == nil {
		fake = new(fakeOptions)
	}
	srv := kustomertest.New(*fake)
	c, err := client.New(append([]client.Option{client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Client: c, srv: srv, customer: srv.AddCustomer()}
	r.conversation = srv.AddConversation(r.customer)
	return r
}

// unlimited leaves all waiting to the retry.
var unlimited = client.WithLimiter(ratelimit.Unlimited)

// onlyWriter lets updates and tags be repeated whenever that is.
var onlyWriter = client.WithRetryPolicy(client.RetryPolicy{RetryWindow: 24 * time.Hour})

func attempts(n int) client.Option {
	return client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: n})
}

func (r *rig) tag(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.AppendTagsToConversation(ctx, r.conversation, []string{"vip"}, opts...)
	return err
}

func (r *rig) update(ctx context.Context, opts ...client.CallOption) error {
	_, err := r.UpdateConversationAttributes(ctx, r.conversation, client.ConversationUpdate{Name: client.Value("n")}, opts...)
	return err
}

func (r *rig) create(ctx context.Context, create client.ConversationCreate, opts ...client.CallOption) error {
	_, err := r.CreateConversationForCustomer(ctx, r.customer, create, opts...)
	return err
}

// sent is how many requests reached the fake.
func (r *rig) sent() int { return len(r.srv.Requests()) }

// waits are the times between the requests.
func (r *rig) waits() []time.Duration {
	var all []time.Duration
	requests := r.srv.Requests()
	for i := 1; i < len(requests); i++ {
		all = append(all, requests[i].Time.Sub(requests[i-1].Time))
	}
	return all
}

// bubble runs f in virtual time.
func bubble(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// took is how long f took.
func took(f func() error) (time.Duration, error) {
	start := time.Now()
	err := f()
	return time.Since(start), err
}

// kind names an error's type, and returns the [client.Error] in it.
func kind(err error) (string, *client.Error) {
	e, _ := errors.AsType[*client.Error](err)
	switch err.(type) {
	case nil:
		return "success", nil
	case *client.Error:
		return "error", e
	case *client.RateLimitError:
		return "rate limit", e
	case *client.OutcomeUnknownError:
		return "unknown", e
	}
	return "other", e
}

// with sets headers on the answer of a fault.
func with(f kustomertest.Fault, pairs ...string) kustomertest.Fault {
	f.Header = http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		f.Header.Set(pairs[i], pairs[i+1])
	}
	return f
}

func always(f kustomertest.Fault) kustomertest.Fault {
	f.Times = -1
	return f
}
