package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/webhook"
)

// A service copies each changed conversation elsewhere, and notes the time in the custom attribute copiedAt. That is an update,
// so it has an event too.
type service struct {
	client *client.Client
	me     string // the user that the API key belongs to
}

var copied = custom.At("copied")

func newService(ctx context.Context, c *client.Client) (*service, error) {
	r, err := c.Do(ctx, "GET", "/v1/users/current", nil)
	if err != nil {
		return nil, err
	}
	var me struct{ Data struct{ ID string } }
	if err := r.Decode(&me); err != nil {
		return nil, err
	}
	if me.Data.ID == "" {
		return nil, errors.New("the API key has no user, so updates of this service cannot be recognised")
	}
	return &service{client: c, me: me.Data.ID}, nil
}

func (s *service) handle(ctx context.Context, e webhook.Event) error {
	conv := e.Conversation
	if conv == nil || e.ModifiedBy(s.me) {
		return nil // another kind of record, or the update below
	}
	// Copy the conversation here.
	_, err := s.client.UpdateConversationAttributes(ctx, conv.ID, client.ConversationUpdate{
		Custom: custom.New(copied.Set(e.CreatedAt)),
	})
	return err
}

// sign signs as Kustomer does.
func sign(body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

// A service that must not react to its own updates. In a program, the client is that of client.FromEnv, the secret comes from the
// environment, and an http.Server with a ReadTimeout serves the handler.
func Example() {
	ctx := context.Background()
	srv := kustomertest.New(kustomertest.Config{Attributes: kustomertest.Attributes("copiedAt")})
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := newService(ctx, c)
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := webhook.Handler(s.handle, []string{"token-of-the-webhook"})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/kustomer", h)

	// What Kustomer sends after an agent has changed the conversation, and after the service has.
	id := srv.AddConversation(srv.AddCustomer())
	for _, delivery := range []struct{ what, event, user string }{
		{"an agent's update", "event-1", "agent-1"},
		{"the same event again", "event-1", "agent-1"},
		{"the service's update", "event-2", s.me},
	} {
		body := fmt.Sprintf(`{"id":%q,"name":"kustomer.conversation.update","createdAt":"2026-03-02T09:20:11Z","data":
			{"type":"conversation","id":%q,"relationships":{"modifiedBy":{"data":{"type":"user","id":%q}}}}}`,
			delivery.event, id, delivery.user)
		r := httptest.NewRequest("POST", "/kustomer", strings.NewReader(body))
		r.Header.Set(webhook.SignatureHeader, sign(body, "token-of-the-webhook"))
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		conv, _ := srv.Conversation(id)
		fmt.Printf("%s: status %d, the conversation has revision %d\n", delivery.what, w.Code, conv.Attributes.Rev)
	}
	// Output:
	// an agent's update: status 200, the conversation has revision 2
	// the same event again: status 200, the conversation has revision 2
	// the service's update: status 200, the conversation has revision 2
}
