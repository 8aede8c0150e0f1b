package kustomertest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Customer is what tests need of a customer.
type Customer struct {
	ID         string // default of AddCustomerWith: a new id
	Name       string
	ExternalID string
	Emails     []string
	Phones     []string // in E.164 format, to be found as clients send them
	Custom     map[string]any
}

// AddCustomer adds a customer and returns its id. Calls for an unknown customer get a 404.
func (s *Server) AddCustomer() string { return s.AddCustomerWith(Customer{}) }

// AddCustomerWith adds a customer that has data, and returns its id. If there is a customer with that ID, its data is replaced.
// Lookups find the customer at once. AddCustomerWith checks nothing, but it panics if Custom cannot be encoded as JSON.
func (s *Server) AddCustomerWith(data Customer) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := map[string]any{"name": data.Name, "emails": entries("home", "email", data.Emails), "phones": entries("mobile", "phone", data.Phones)}
	if data.ExternalID != "" {
		fields["externalId"] = data.ExternalID
	}
	if data.Custom != nil {
		sent, err := plain(data.Custom)
		if err != nil {
			panic(fmt.Sprintf("kustomertest: custom attributes of a customer: %v", err))
		}
		fields["custom"] = sent
	}
	if data.ID == "" {
		data.ID = s.store.newID()
	}
	c := s.store.addCustomer(data.ID, s.now())
	c.attributes = newCustomer(c.id, s.now()).attributes
	c.setData(fields)
	return c.id
}

func entries(kind, name string, values []string) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, map[string]any{"type": kind, name: v})
	}
	return list
}

// Customers returns all customers, oldest first.
func (s *Server) Customers() []Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Customer
	for _, c := range s.store.customerOrder {
		data := Customer{ID: c.id, Emails: c.values("email"), Phones: c.values("phone")}
		data.Name, _ = c.attributes["name"].(string)
		data.ExternalID, _ = c.attributes["externalId"].(string)
		attributes, _ := c.attributes["custom"].(map[string]any)
		data.Custom = maps.Clone(attributes)
		list = append(list, data)
	}
	return list
}

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

func newCustomer(id string, now time.Time) *customer {
	attributes, _ := decode([]byte(strings.ReplaceAll(emptyCustomer, "NOW", formatTime(now)))) // always valid
	return &customer{id: id, attributes: attributes.(map[string]any)}
}

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
			if v = mergeCustom(nil, v.(map[string]any)); len(v.(map[string]any)) == 0 {
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
