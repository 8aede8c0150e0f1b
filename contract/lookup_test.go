package contract

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// Look-ups find what was created once the lag has passed. All requests and responses are valid according to the documents.
func TestLookupsAsDocumented(t *testing.T) {
	for name, cfg := range map[string]kustomertest.Config{
		"at once": {}, "lag": {LookupLag: time.Minute}, "bare": {BareResponses: true}, "bare with lag": {BareResponses: true, LookupLag: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, rt := checkedFake(t, cfg)
				c := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey))
				const externalID, email, phone = "shop/100%+45 a?", "jane/doe+orders@shop.example", "+14155550123"
				created, err := c.CreateConversationForCustomer(t.Context(), id, client.ConversationCreate{
					ExternalID: new(externalID), Tags: []string{"vip", "damaged parcel"}, Custom: custom.New(custom.Str("order").Set("A-1")),
				})
				if err != nil {
					t.Fatal(err)
				}
				if status := post(t, srv, "/v1/customers", map[string]any{
					"name": "Jane Doe", "externalId": externalID, "emails": []any{map[string]any{"type": "home", "email": email}},
					"phones": []any{map[string]any{"phone": phone}}, "custom": map[string]any{"loyaltyLevelStr": "gold"},
				}); status != 201 {
					t.Fatal(status)
				}
				customers := srv.Customers()
				customer := customers[len(customers)-1].ID

				find := func(by client.CustomerLookup) func() (string, error) {
					return func() (string, error) {
						found, err := c.FindCustomer(t.Context(), by)
						if err != nil {
							return "", err
						}
						return found.ID, found.DecodeError()
					}
				}
				found := func(conv *client.Conversation, err error) (string, error) {
					if err != nil {
						return "", err
					}
					return conv.ID, conv.DecodeError()
				}
				for _, test := range []struct {
					name, want string
					lags       bool
					find       func() (string, error)
				}{
					{"conversation by id", created.ID, false, func() (string, error) { return found(c.GetConversation(t.Context(), created.ID)) }},
					{"conversation by externalId", created.ID, true, func() (string, error) { return found(c.ConversationByExternalID(t.Context(), externalID)) }},
					{"customer by id", customer, false, find(client.ByID(customer))},
					{"customer by email", customer, true, find(client.ByEmail(email))},
					{"customer by phone", customer, true, find(client.ByPhone(phone))},
					{"customer by externalId", customer, true, find(client.ByExternalID(externalID))},
					{"list", created.ID, true, func() (string, error) {
						for conv, err := range c.CustomerConversations(t.Context(), id) {
							return found(conv, err)
						}
						return "", client.ErrNotFound
					}},
				} {
					got, err := test.find()
					if absent := test.lags && cfg.LookupLag > 0; absent {
						if !errors.Is(err, client.ErrNotFound) {
							t.Errorf("%s during the lag: %q, %v", test.name, got, err)
						}
					} else if err != nil || got != test.want {
						t.Errorf("%s: %q, %v", test.name, got, err)
					}
				}
				time.Sleep(cfg.LookupLag)
				if _, err := c.FindCustomer(t.Context(), client.ByEmail(email)); err != nil {
					t.Errorf("after the lag: %v", err)
				}
				if got, err := c.ConversationByExternalID(t.Context(), externalID); err != nil || got.ID != created.ID {
					t.Errorf("after the lag: %v, %v", got, err)
				}
			})
		})
	}
}

// The client removes tags by a DELETE with a body, by name and by id. Request and response are valid according to the document.
func TestRemovedTagsAsDocumented(t *testing.T) {
	srv, rt := checkedFake(t, kustomertest.Config{})
	c := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey))
	conversation := srv.AddConversation(id)
	if _, err := c.AppendTagsToConversation(t.Context(), conversation, []string{"vip", "damaged parcel", "late"}); err != nil {
		t.Fatal(err)
	}
	conv, err := c.RemoveTags(t.Context(), conversation, []string{"vip", srv.AddTag("late"), "unknown"})
	if err != nil || !slices.Equal(conv.Attributes.Tags, []string{srv.AddTag("damaged parcel")}) {
		t.Errorf("%+v, %v", conv, err)
	}
	requests := srv.Requests()
	if last := requests[len(requests)-1]; last.Method != "DELETE" || len(last.Body) == 0 {
		t.Errorf("sent %s with %q", last.Method, last.Body)
	}
}

// The client reads all pages of a list, however long it is. Each request and each page is valid according to the document.
func TestPagesAsDocumented(t *testing.T) {
	for name, test := range map[string]struct {
		cfg                 kustomertest.Config
		records, want, sent int
		cut                 bool
	}{
		"empty":           {records: 0, want: 0, sent: 1},
		"one page":        {records: 100, want: 100, sent: 1},
		"three pages":     {records: 201, want: 201, sent: 3},
		"bare":            {cfg: kustomertest.Config{BareResponses: true}, records: 101, want: 101, sent: 2},
		"all of a limit":  {cfg: kustomertest.Config{ListLimit: 200}, records: 200, want: 200, sent: 2},
		"beyond a limit":  {cfg: kustomertest.Config{ListLimit: 200}, records: 201, want: 200, sent: 3, cut: true},
		"empty beyond it": {cfg: kustomertest.Config{ListLimit: 200, EmptyBeyondListLimit: true}, records: 201, want: 200, sent: 3},
	} {
		t.Run(name, func(t *testing.T) {
			srv, rt := checkedFake(t, test.cfg)
			for range test.records {
				srv.AddConversation(id)
			}
			c := newClient(t, rt, client.WithAPIKey(kustomertest.APIKey))
			seen := map[string]bool{}
			var failure error
			for conv, err := range c.CustomerConversations(t.Context(), id) {
				if err != nil {
					failure = err
					break
				}
				seen[conv.ID] = true
			}
			if len(seen) != test.want || len(srv.Requests()) != test.sent || errors.Is(failure, client.ErrBadRequest) != test.cut || !test.cut && failure != nil {
				t.Errorf("%d of %d conversations by %d requests, %v", len(seen), test.records, len(srv.Requests()), failure)
			}
		})
	}
}
