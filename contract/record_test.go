package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// recordOf adds records to a fake, and returns the value of the path parameter that leads to them.
func recordOf(t *testing.T, srv *kustomertest.Server, op operations.Operation) string {
	t.Helper()
	value := op.Values()[0]
	if op.Parameter().Name == "id" && !op.OfCustomer() {
		return srv.AddConversation(id)
	}
	if op.Parameter().Name == "id" {
		value = id
		for range 3 { // for a list
			srv.AddConversation(id)
		}
	}
	addRecord(t, srv, op, value)
	return value
}

// addRecord adds the record to a fake that the operation can be called for with this value of the path parameter. A
// conversation with an id that no conversation can have is not added.
func addRecord(t *testing.T, srv *kustomertest.Server, op operations.Operation, value string) {
	t.Helper()
	customer := kustomertest.Customer{
		ID: id, Name: "Jane Doe", ExternalID: "customer-501", Emails: []string{"jane@shop.example", "j@shop.example"}, Phones: []string{"+14155550123"},
		Custom: map[string]any{"loyaltyLevelStr": "gold"},
	}
	name := op.Parameter().Name
	switch {
	case op.OfCustomer() && name == "id":
		customer.ID = value
	case op.OfCustomer() && name == "externalId":
		customer.ExternalID = value
	case name == "email":
		customer.Emails = []string{value}
	case name == "phone":
		customer.Phones = []string{value}
	case name == "externalId":
		edit := func(attributes map[string]any) { attributes["externalId"] = value }
		if err := srv.EditConversation(srv.AddConversation(id), edit); err != nil {
			t.Fatal(err)
		}
	case name == "id":
		post(t, srv, "/v1/customers/"+id+"/conversations", map[string]any{"id": value})
	case name == "resource": // there at all times
	default:
		t.Fatalf("contract/record_test.go: add a record for the parameter %s of %s", name, op.OperationID)
	}
	if op.OfCustomer() {
		srv.AddCustomerWith(customer)
	}
}

// post sends a body to a fake, and returns the status.
func post(t *testing.T, srv *kustomertest.Server, path string, body any) int {
	t.Helper()
	r, err := http.NewRequest("POST", srv.URL+path, strings.NewReader(string(marshal(t, body))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
	status, _ := send(t, srv, r)
	return status
}

// send sends a request to a fake, and returns status and body of the response.
func send(t *testing.T, srv *kustomertest.Server, r *http.Request) (status int, body []byte) {
	t.Helper()
	resp, err := srv.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
