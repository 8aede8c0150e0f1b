package kustomertest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A customer is a stored customer. Its attributes are those of responses, in the types of encoding/json.
type customer struct {
	id         string
	foundFrom  time.Time // when lookups begin to find it
	attributes map[string]any
	creates    window // of conversations
}

// emptyCustomer holds the attributes of a customer of whom nothing is known (observed). Real responses have more.
const emptyCustomer = `{
	"name": "", "displayName": "", "externalIds": [], "sharedExternalIds": [], "emails": [], "sharedEmails": [],
	"phones": [], "sharedPhones": [], "smoochIds": [], "whatsapps": [], "facebookIds": [], "instagramIds": [],
	"socials": [], "sharedSocials": [], "urls": [], "locations": [], "activeUsers": [], "watchers": [],
	"createdAt": "NOW", "updatedAt": "NOW", "modifiedAt": "NOW", "lastActivityAt": "NOW", "deleted": false,
	"tags": [], "sentiment": {}, "progressiveStatus": null, "verified": false, "rev": 1,
	"roleGroupVersions": [], "accessOverride": []
}`

// setData sets the fields of a create. Those that the schema does not have are stored as they are.
func (c *customer) setData(fields map[string]any) {
	for name, v := range fields {
		switch name {
		case "emails", "phones":
			list := []any{}
			for _, item := range v.([]any) {
				entry := map[string]any{"verified": false}
				maps.Copy(entry, item.(map[string]any))
				list = append(list, entry)
			}
			v = list
		case "externalId":
			c.attributes["externalIds"] = []any{map[string]any{"externalId": v, "verified": true}}
		case "custom":
			if v = mergeCustom(nil, v.(map[string]any)); v == nil {
				continue
			}
		}
		c.attributes[name] = v
	}
	if fields["displayName"] == nil {
		name, _ := c.attributes["name"].(string)
		c.attributes["displayName"] = cmp.Or(slices.Concat([]string{name}, c.values("email"), c.values("phone"))...)
	}
}

// identities maps what lookups use to the lists that have it.
var identities = map[string]string{"externalId": "externalIds", "email": "emails", "phone": "phones"}

// values returns the values of an identity.
func (c *customer) values(identity string) []string {
	var all []string
	list, _ := c.attributes[identities[identity]].([]any)
	for _, item := range list {
		entry, _ := item.(map[string]any)
		if v, ok := entry[identity].(string); ok {
			all = append(all, v)
		}
	}
	return all
}

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
