package contract

import (
	"errors"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// The client does not redact words such as kustomertest in the body of a fault, because no part of the fake's API key is a word.
func TestFaultsMayNameTheFake(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	c := newClient(t, srv.HTTPClient().Transport, client.WithAPIKey(kustomertest.APIKey))
	for _, body := range []string{"kustomertest is down", "no API key", "fake-key", "test-key", "the default key of kustomertest"} {
		srv.Fail(kustomertest.Status(400, body))
		_, err := c.CreateConversationForCustomer(t.Context(), id, client.ConversationCreate{})
		if e, ok := errors.AsType[*client.Error](err); !ok || string(e.Body) != body {
			t.Errorf("%q: %v", body, err)
		}
	}
}
