package kustomertest

import (
	"cmp"
	"maps"
	"slices"
	"time"
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
