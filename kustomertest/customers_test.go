package kustomertest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestCustomerHasTheShapeOfTheSample(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	srv.AddCustomerWith(kustomertest.Customer{
		ID: sampleCustomer, ExternalID: "customer-501", Emails: []string{"jane@shop.example"}, Phones: []string{"+14155550123"},
		Custom: map[string]any{"loyaltyLevelStr": "gold", "ordersNum": 3},
	})
	s, r := replay(t, "responses/get-customer-by-email-200.json", srv)
	// The fake does not know activities, decoration and custom objects.
	for _, name := range []string{"displayColor", "displayIcon", "recentLocation", "recentItems", "lastCustomerActivityAt", "lastMessageIn", "lastMessageOut",
		"lastMessageUnrespondedTo", "lastConversation", "conversationCounts", "preview", "satisfactionLevel", "signedUpAt", "username"} {
		delete(object(object(s.Body["data"])["attributes"]), name)
	}
	delete(object(object(s.Body["data"])["relationships"]), "orders")
	sameShape(t, r.body, s.Body, false)
	equal(t, "displayName", r.attributes()["displayName"], "jane@shop.example")
	equal(t, "custom", r.custom(), map[string]any{"loyaltyLevelStr": "gold", "ordersNum": 3})

	s, r = replay(t, "errors/404-unknown-email.json", srv)
	sameShape(t, r.body, s.Body, true)
}

func TestCustomerLookups(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	srv.AddCustomer()
	jane := srv.AddCustomerWith(kustomertest.Customer{Name: "Jane", ExternalID: "a/b c", Emails: []string{"jane@shop.example", "jane/doe+orders@shop.example"}, Phones: []string{"+14155550123"}})
	john := srv.AddCustomerWith(kustomertest.Customer{ID: "65f0a1b2c3d4e5f6000000aa", ExternalID: "john", Emails: []string{"john@shop.example"}})
	for lookup, id := range map[string]string{
		jane:                      jane,
		"externalId=a%2Fb%20c":    jane,
		"email=jane@shop.example": jane,
		"email=jane%2Fdoe%2Borders%40shop.example": jane,
		"email=jane%2Fdoe+orders@shop.example":     jane,
		"phone=%2B14155550123":                     jane,
		"externalId=john":                          john,
		"email=john%40shop.example":                john,
		"65f0a1b2c3d4e5f6000000aa":                 john,
		"email=John@shop.example":                  "",
		"email=john":                               "",
		"phone=john":                               "",
		"externalId=john@shop.example":             "",
		"externalId=":                              "",
	} {
		r := send(t, srv, "GET", "/v1/customers/"+lookup, "")
		if r.id() != id || (r.status == 200) != (id != "") {
			t.Errorf("%s: status %d, id %q, want %q", lookup, r.status, r.id(), id)
		}
	}
	equal(t, "customers", srv.Customers()[1:], []kustomertest.Customer{
		{ID: jane, Name: "Jane", ExternalID: "a/b c", Emails: []string{"jane@shop.example", "jane/doe+orders@shop.example"}, Phones: []string{"+14155550123"}},
		{ID: john, ExternalID: "john", Emails: []string{"john@shop.example"}},
	})
	srv.AddCustomerWith(kustomertest.Customer{ID: john, Name: "John"})
	equal(t, "customers after a replacement", srv.Customers()[2:], []kustomertest.Customer{{ID: john, Name: "John"}})
	want(t, srv, 404, "GET", "/v1/customers/externalId=john", "")
	want(t, srv, 400, "GET", "/v1/customers/"+jane+","+john, "")
	want(t, srv, 400, "GET", "/v1/conversations/a,b", "")
}

func TestCustomersOfTheConfiguration(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{sampleCustomer}, BareResponses: true})
	equal(t, "customer", want(t, srv, 200, "GET", "/v1/customers/"+sampleCustomer, "").body,
		map[string]any{"data": map[string]any{"type": "customer", "id": sampleCustomer}})
}

func TestCustomerThatCannotBeEncoded(t *testing.T) {
	defer func() {
		if r := fmt.Sprint(recover()); !strings.Contains(r, "custom attributes") {
			t.Errorf("panic %q", r)
		}
	}()
	kustomertest.New(kustomertest.Config{}).AddCustomerWith(kustomertest.Customer{Custom: map[string]any{"aStr": func() {}}})
}

func TestCreateCustomer(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Attributes: kustomertest.Attributes("onlyOfConversationsStr")})
	const body = `{"name":"Jane Doe","externalId":"customer-501","emails":[{"type":"home","email":"jane@shop.example"}],
		"phones":[{"phone":"+14155550123"}],"custom":{"loyaltyLevelStr":"gold","goneStr":null,"bornAt":"2000-01-02T03:04:05+01:00"},"locale":"US"}`
	r := want(t, srv, 201, "POST", "/v1/customers", body)
	for name, value := range map[string]any{
		"name": "Jane Doe", "displayName": "Jane Doe", "externalId": "customer-501", "locale": "US", "rev": 1,
		"externalIds": []any{map[string]any{"externalId": "customer-501", "verified": true}},
		"emails":      []any{map[string]any{"type": "home", "email": "jane@shop.example", "verified": false}},
		"phones":      []any{map[string]any{"phone": "+14155550123", "verified": false}},
		"custom":      map[string]any{"loyaltyLevelStr": "gold", "bornAt": "2000-01-02T02:04:05.000Z"},
	} {
		equal(t, name, r.attributes()[name], value)
	}
	equal(t, "read", want(t, srv, 200, "GET", "/v1/customers/email="+url.PathEscape("jane@shop.example"), "").data(), r.data())
	want(t, srv, 201, "POST", "/v1/customers/"+r.id()+"/conversations", `{}`)

	for body, parameter := range map[string]string{
		body:                            "email",
		`{"externalId":"customer-501"}`: "externalId",
		`{"phones":[{"phone":"1"},{"phone":"+14155550123"}]}`: "phone",
	} {
		r := want(t, srv, 409, "POST", "/v1/customers", body)
		equal(t, "parameter of the conflict", object(r.firstError()["source"])["parameter"], parameter)
	}
	for _, body := range []string{`{"name":1}`, `{"externalId":""}`, `{"emails":["jane@shop.example"]}`, `{"emails":[{"type":"home"}]}`, `{"phones":[{"phone":null}]}`,
		`{"custom":{"aNum":"x"}}`, `{"name":"a","name":"b"}`, `[]`, `?`} {
		want(t, srv, 400, "POST", "/v1/customers", body)
	}
	want(t, srv, 413, "POST", "/v1/customers", `{"name":"`+strings.Repeat("a", 102_400)+`"}`)
	empty := want(t, srv, 201, "POST", "/v1/customers", `{"name":null,"custom":{"goneStr":null}}`)
	equal(t, "displayName", empty.attributes()["displayName"], "")
	if empty.custom() != nil {
		t.Errorf("custom is %v", empty.custom())
	}
	equal(t, "customers", len(srv.Customers()), 2)
	applied := 0
	for _, r := range srv.Requests() {
		if r.Applied && r.Path == "/v1/customers" {
			applied++
		}
	}
	equal(t, "applied creates", applied, 2)
	equal(t, "metadata", want(t, srv, 200, "GET", "/v1/metadata/conversation", "").attributes()["properties"],
		map[string]any{"onlyOfConversationsStr": map[string]any{"type": "string", "displayName": "Only Of Conversations"}})

	srv = kustomertest.New(kustomertest.Config{Roles: []string{"org.permission.customer.read"}})
	want(t, srv, http.StatusForbidden, "POST", "/v1/customers", `{}`)
}
