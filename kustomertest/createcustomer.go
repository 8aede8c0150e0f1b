package kustomertest

import (
	"maps"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// createCustomerOperation is in no document: roles and fields are assumed. Other fields are not checked.
var createCustomerOperation = schema.Operation{
	ID: "createCustomer", Method: "POST", Path: "/v1/customers", Success: 201,
	Roles: []string{"org.permission.customer.create"}, LegacyRoles: []string{"org.user.customer.write"},
	MediaTypes: []string{"application/json"}, MaxBody: gen.CreateConversationForCustomerOperation.MaxBody,
	Body: &schema.Schema{Kind: schema.Object, Open: true, Properties: []schema.Property{
		{Name: "name", Schema: &schema.Schema{Kind: schema.String, Nullable: true}},
		{Name: "externalId", Schema: &schema.Schema{Kind: schema.String, MinLength: 1}},
		{Name: "emails", Schema: entriesWith("email")},
		{Name: "phones", Schema: entriesWith("phone")},
		{Name: "custom", Schema: &schema.Schema{Kind: schema.Object, Open: true}},
	}},
}

func entriesWith(name string) *schema.Schema {
	return &schema.Schema{Kind: schema.Array, Items: &schema.Schema{
		Kind: schema.Object, Open: true, Required: []string{name},
		Properties: []schema.Property{{Name: name, Schema: &schema.Schema{Kind: schema.String, MinLength: 1}}},
	}}
}

// createCustomer serves POST /v1/customers. An externalId, email address or phone number that another customer has gets a 409
// (the status is assumed).
func (s *Server) createCustomer(c *call, _ string) *response {
	body, failure := s.readBody(c, nil)
	if failure != nil {
		return failure
	}
	now := s.now()
	customer := &customer{attributes: template(emptyCustomer, now), foundFrom: now.Add(c.lag)}
	customer.setData(body.(map[string]any))
	for _, identity := range slices.Sorted(maps.Keys(identities)) {
		for _, value := range customer.values(identity) {
			if s.store.customerBy(identity, value, time.Time{}) != nil {
				return conflict(identity)
			}
		}
	}
	customer.id = s.store.newID()
	s.store.keepCustomer(customer)
	return written(c, s.customerData(customer))
}
