package client_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// A rejected call fails again, whatever happens elsewhere. Nothing else may read like that, or a job sets aside what it should
// send again.
func TestErrRejected(t *testing.T) {
	const envelope = `{"errors":[{"title":"no"}]}`
	rejected := map[int]bool{400: true, 404: true, 409: true, 413: true, 422: true}
	for status := 300; status <= 599; status++ {
		r := newHarness(t, nil, once, unlimited)
		r.srv.Fail(always(kustomertest.Status(status, envelope)))
		for name, err := range map[string]error{
			"tags":   r.tag(t.Context()),
			"create": r.create(t.Context(), client.ConversationCreate{}),
		} {
			if got := errors.Is(err, client.ErrRejected); got != rejected[status] {
				t.Errorf("%s, status %d: rejected is %t: %v", name, status, got, err)
			}
		}
	}

	r := newHarness(t, nil, once, unlimited)
	r.srv.Fail(kustomertest.Status(404, "<html>"))
	if err := r.tag(t.Context()); errors.Is(err, client.ErrRejected) {
		t.Errorf("a proxy's 404 matches ErrRejected: %v", err)
	}
	r.srv.Fail(kustomertest.CutAfter(), kustomertest.Status(400, envelope))
	retried, err := r.Clone(client.WithRetryPolicy(client.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = retried.CreateConversationForCustomer(t.Context(), r.customer, client.ConversationCreate{ExternalID: new("order-1")}, client.CallRetryCreate())
	if _, unknown := errors.AsType[*client.OutcomeUnknownError](err); !unknown || errors.Is(err, client.ErrRejected) {
		t.Errorf("a create that may have been applied matches ErrRejected: %v", err)
	}
	if _, err := r.AppendTagsToConversation(t.Context(), "a/b", nil); !errors.Is(err, client.ErrRejected) {
		t.Errorf("invalid arguments do not read as rejected: %v", err)
	}
	if err := fmt.Errorf("row 3: %w", &client.OtherCustomerError{}); !errors.Is(err, client.ErrRejected) {
		t.Errorf("another customer's conversation does not read as rejected: %v", err)
	}
}
