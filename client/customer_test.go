package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

const aCustomer = `{"data":{"type":"customer","id":"` + customerID + `","attributes":{"name":"Jane Doe","firstName":"Jane","externalId":"customer-501",
	"externalIds":[{"verified":true,"externalId":"customer-501"}],"signedUpAt":"2026-02-27T17:59:00.000Z",
	"emails":[{"type":"home","verified":false,"email":"jane@shop.example"},{"id":null,"type":"work","verified":true,"externalVerified":true,"email":"jane/doe+orders@shop.example"}],
	"sharedEmails":[],"phones":[{"type":"mobile","phone":"+14155550123"}],"locale":null,"tags":["t1"],"custom":{"loyaltyLevelStr":"gold","ordersNum":3},"rev":35,"deleted":false},
	"relationships":{"org":{"links":{"self":"/v1/orgs/o1"},"data":{"type":"org","id":"o1"}}},"links":{"self":"/v1/customers/` + customerID + `"}}}`

func TestFindCustomer(t *testing.T) {
	c, sent := responding(t, testResponse{status: 200, header: http.Header{"X-Amz-Cf-Id": {"req-1"}}, body: aCustomer})
	cust, err := c.FindCustomer(t.Context(), client.ByID(customerID))
	if err != nil || cust.DecodeError() != nil {
		t.Fatal(err, cust.DecodeError())
	}
	a := cust.Attributes
	if cust.Type != "customer" || cust.ID != customerID || a.Name != "Jane Doe" || a.Emails[1].Email != "jane/doe+orders@shop.example" || !a.Emails[1].ExternalVerified ||
		a.Phones[0].Phone != "+14155550123" || a.ExternalIDs[0].ExternalID != "customer-501" || a.Locale != "" || a.Rev != 35 || a.SignedUpAt.Year() != 2026 ||
		len(a.Custom) != 2 || cust.Relationships.Org.Data.ID != "o1" || cust.Links.Self == "" {
		t.Errorf("got %+v", cust)
	}
	if cust.StatusCode != 200 || cust.Attempts != 1 || cust.RequestID != "req-1" || string(cust.Raw()) != aCustomer {
		t.Errorf("the response is %+v", cust.Response)
	}
	if sent.method != "GET" || sent.body != "" || sent.header.Get("Content-Type") != "" {
		t.Errorf("sent %+v", sent)
	}
}

// The values of look-ups arrive as they are, whatever they hold.
func TestPathsOfLookUps(t *testing.T) {
	const customers = "https://acme.api.kustomerapp.com/v1/customers/"
	for _, test := range []struct {
		by   client.CustomerLookup
		want string
	}{
		{client.ByID(customerID), customerID},
		{client.ByID("a+b;c@d"), "a+b%3Bc@d"},
		{client.ByEmail("jane@shop.example"), "email=jane@shop.example"},
		{client.ByEmail("jane/doe+orders@shop.example"), "email=jane%2Fdoe%2Borders@shop.example"},
		{client.ByEmail(`"a b"?#%2F@x.example`), "email=%22a%20b%22%3F%23%252F@x.example"},
		{client.ByEmail("jöne@shöp.example"), "email=j%C3%B6ne@sh%C3%B6p.example"},
		{client.ByPhone("+14155550123"), "phone=%2B14155550123"},
		{client.ByPhone("+1 415 555-0123"), "phone=%2B1%20415%20555-0123"},
		{client.ByExternalID("shop/7 +,;=&"), "externalId=shop%2F7%20%2B%2C%3B=&"},
		{client.ByExternalID(".."), "externalId=.."},
	} {
		c, sent := responding(t, testResponse{status: 200, body: aCustomer})
		if _, err := c.FindCustomer(t.Context(), test.by); err != nil || sent.url != customers+test.want {
			t.Errorf("%v went to %s: %v", test.by, sent.url, err)
		}
	}
}

func TestLookUpsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		by    client.CustomerLookup
		field string
	}{
		{client.CustomerLookup{}, "by"},
		{client.ByID(""), "customerID"}, {client.ByID("a,b"), "customerID"}, {client.ByID("email=jane@shop.example"), "customerID"}, {client.ByID(".."), "customerID"},
		{client.ByEmail(""), "email"}, {client.ByEmail("a@b\r\nX: y"), "email"}, {client.ByEmail("a/../b@c"), "email"},
		{client.ByPhone(""), "phone"}, {client.ByPhone("+1\x00"), "phone"},
		{client.ByExternalID(""), "externalID"}, {client.ByExternalID("\x7f"), "externalID"}, {client.ByExternalID("\xff"), "externalID"},
	} {
		for _, opts := range [][]client.Option{nil, {client.WithoutRequestChecks()}} {
			c, sent := responding(t, testResponse{status: 200, body: aCustomer}, opts...)
			_, err := c.FindCustomer(t.Context(), test.by, nil)
			v, ok := err.(*client.ValidationError)
			if !ok || len(v.Violations) != 2 || v.Violations[0].Field != "options" || v.Violations[1].Field != test.field || sent.count > 0 {
				t.Errorf("%v gives %v", test.by, err)
			}
		}
	}
	for _, id := range []string{"", "a,b", "externalId=x", "..", "a/b"} {
		c, sent := responding(t, testResponse{status: 200, body: aCustomer})
		_, err := c.GetConversation(t.Context(), id)
		if v, ok := err.(*client.ValidationError); !ok || v.Violations[0].Field != "conversationID" || sent.count > 0 {
			t.Errorf("%q gives %v", id, err)
		}
	}
}

// No error, trace or log shows an address or a phone number that was looked up.
func TestLookUpsDoNotShowAddresses(t *testing.T) {
	for value, by := range map[string]client.CustomerLookup{
		"jane@shop.example": client.ByEmail("jane@shop.example"), "14155550123": client.ByPhone("14155550123"),
		"jane@work.example": client.ByExternalID("jane@work.example"),
	} {
		for _, a := range []testResponse{jsonError(404, `{"code":"notfound"}`), {status: 500}, {status: 200, body: aCustomer}, {status: 200, body: "{}"}} {
			var log bytes.Buffer
			var traced []client.CallInfo
			c, _ := responding(t, a, client.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				client.WithTrace(client.Trace{Call: func(ctx context.Context, info client.CallInfo) (context.Context, func(client.CallResult)) {
					traced = append(traced, info)
					return ctx, nil
				}}))
			_, err := c.FindCustomer(t.Context(), by)
			if text := fmt.Sprintf("%v %+v %s %v", err, err, log.String(), traced); strings.Contains(text, value) || strings.Contains(text, "example") {
				t.Errorf("%d: shows %s: %s", a.status, value, text)
			}
		}
	}
	c, _ := responding(t, jsonError(404, `{"code":"notfound"}`))
	_, err := c.FindCustomer(t.Context(), client.ByExternalID("customer-501"))
	if e, ok := err.(*client.Error); !ok || e.ID != "customer-501" || e.Op != "getCustomerByExternalId" {
		t.Errorf("error is %v", err)
	}
}

// A masked attribute loses nothing else.
func TestCustomerWithMaskedAttributes(t *testing.T) {
	masked := strings.NewReplacer(`"rev":35`, `"rev":"***"`, `[{"type":"mobile","phone":"+14155550123"}]`, `"***"`, `"verified":false`, `"verified":"***"`,
		`"2026-02-27T17:59:00.000Z"`, `"***"`).Replace(aCustomer)
	for name, find := range map[string]func(c *client.Client) (*client.Customer, error){
		"FindCustomer": func(c *client.Client) (*client.Customer, error) {
			return c.FindCustomer(t.Context(), client.ByPhone("+1"))
		},
		"Do": func(c *client.Client) (*client.Customer, error) {
			r, err := c.Do(t.Context(), "POST", "/v1/customers", struct{}{})
			if err != nil {
				return nil, err
			}
			return client.DecodeCustomer(r)
		},
	} {
		c, _ := responding(t, testResponse{status: 200, body: masked})
		cust, err := find(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if cust.Attributes.Name != "Jane Doe" || cust.Attributes.Emails[0].Email != "jane@shop.example" || len(cust.Attributes.Custom) != 2 || cust.Attributes.Phones != nil || cust.Attributes.Rev != 0 {
			t.Errorf("%s: got %+v", name, cust)
		}
		for _, field := range []string{"attributes.rev is a string", "attributes.phones is a string", "attributes.emails.0.verified is a string", "attributes.signedUpAt"} {
			if !strings.Contains(cust.DecodeError().Error(), field) {
				t.Errorf("%s: %v does not name %s", name, cust.DecodeError(), field)
			}
		}
	}
	for _, body := range []string{`{}`, `{"data":[]}`, `{"data":{"attributes":{}}}`} {
		c, _ := responding(t, testResponse{status: 200, body: body})
		if cust, err := c.FindCustomer(t.Context(), client.ByID(customerID)); err == nil || errors.Is(err, client.ErrNotFound) {
			t.Errorf("%s: got %+v, %v", body, cust, err)
		}
		r, err := c.Do(t.Context(), "GET", "/v1/customers/"+customerID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if cust, err := client.DecodeCustomer(r); err == nil || !strings.Contains(err.Error(), "not a customer: ") || !strings.Contains(err.Error(), "no data.id") {
			t.Errorf("%s: got %+v, %v", body, cust, err)
		}
	}
}

// The hint of an error names the role that this operation needs.
func TestRolesOfOtherOperations(t *testing.T) {
	for role, call := range map[string]func(c *client.Client) error{
		"org.permission.customer.read (older: org.user.customer.read)": func(c *client.Client) error {
			_, err := c.FindCustomer(t.Context(), client.ByEmail("a@b.example"))
			return err
		},
		"org.permission.conversation.read (older: org.user.conversation.read)": func(c *client.Client) error {
			_, err := c.GetConversation(t.Context(), conversationID)
			return err
		},
		"org.permission.conversation.delete (older: org.user.conversation.write)": func(c *client.Client) error {
			_, err := c.RemoveTags(t.Context(), conversationID, []string{"vip"})
			return err
		},
	} {
		c, _ := responding(t, jsonError(403, `{"title":"Forbidden"}`))
		if err := call(c); !errors.Is(err, client.ErrForbidden) || !strings.Contains(err.Error(), role) {
			t.Errorf("%s: %v", role, err)
		}
	}
}
