package kustomertest

import "time"

// A conversation is a stored conversation. Its attributes are those of responses, in the types of encoding/json.
type conversation struct {
	id         string
	customer   string
	rev        int
	attributes map[string]any
	relations  map[string]relation // the ones that an update can set
	hidden     map[string]any      // set, but not in any observed response
}

// newConversation returns an empty conversation with the attributes that responses have. Sub-documents without content
// are {} or have empty lists (observed).
func newConversation(id, customer string, now time.Time) *conversation {
	at := formatTime(now)
	list := func() []any { return []any{} }
	response := func() map[string]any {
		return map[string]any{"createdByTeams": list(), "assignedTeams": list(), "assignedUsers": list()}
	}
	empty := func() map[string]any { return map[string]any{} }
	return &conversation{
		id: id, customer: customer, rev: 1,
		relations: make(map[string]relation),
		hidden:    make(map[string]any),
		attributes: map[string]any{
			"channels": list(), "status": "open", "open": map[string]any{"statusAt": at},
			"messageCount": 0, "noteCount": 0, "outboundMessageCount": 0, "inboundMessageCount": 0,
			"satisfaction": 0, "satisfactionLevel": satisfactionLevel(nil),
			"createdAt": at, "updatedAt": at, "modifiedAt": at, "lastActivityAt": at,
			"spam": false, "ended": false,
			"tags": list(), "suggestedTags": list(), "suggestedShortcuts": list(), "predictions": list(),
			"firstMessageIn": empty(), "firstMessageOut": map[string]any{"createdByTeams": list()},
			"lastMessageIn": empty(), "lastMessageOut": empty(),
			"lastMessageUnrespondedTo": empty(), "lastMessageUnrespondedToSinceLastDone": empty(),
			"assignedUsers": list(), "assignedTeams": list(),
			"firstResponse": response(), "firstResponseSinceLastDone": response(), "lastResponse": response(),
			"firstDone": response(), "lastDone": response(),
			"direction": "in", "rev": 1, "priority": 3, "defaultLang": "en_us", "locale": "US",
			"roleGroupVersions": list(), "accessOverride": list(), "matchedTimeBasedRules": list(),
			"modificationHistory": map[string]any{
				"nameAt": at, "priorityAt": at, "channelAt": at, "assignedTeamsAt": at, "assignedUsersAt": at,
				"statusAt": at, "tagsAt": at, "brandAt": nil, "defaultLangAt": nil, "customAt": nil,
			},
			"billingStatus": "no_messages", "phase": "initial",
			"assistant": map[string]any{
				"fac":         map[string]any{"reasons": list(), "exclusions": list(), "source": empty()},
				"assistantId": list(),
			},
			"aiAgent": map[string]any{"automationId": list()},
		},
	}
}

// satisfactionLevel returns the fields that were sent and the lists that are always present (observed).
func satisfactionLevel(sent map[string]any) map[string]any {
	level := map[string]any{"sentByTeams": []any{}, "answers": []any{}}
	for name, v := range sent {
		switch name {
		case "createdAt", "updatedAt", "scheduledFor", "sentAt":
			v = normalizeTime(v)
		}
		level[name] = v
	}
	return level
}

// histories maps attributes to the names of their last change in modificationHistory.
var histories = map[string]string{
	"name": "nameAt", "priority": "priorityAt", "assignedTeams": "assignedTeamsAt", "assignedUsers": "assignedUsersAt",
	"defaultLang": "defaultLangAt", "status": "statusAt", "tags": "tagsAt", "custom": "customAt",
}

// set sets an attribute; nil removes it.
func (c *conversation) set(name string, v any, now time.Time) {
	if v == nil {
		delete(c.attributes, name)
	} else {
		c.attributes[name] = v
	}
	// An edit may have changed its type.
	if h, ok := c.attributes["modificationHistory"].(map[string]any); ok && histories[name] != "" {
		h[histories[name]] = formatTime(now)
	}
}

// bumpRev updates the revision and the times of change.
func (c *conversation) bumpRev(now time.Time) {
	c.rev++
	c.attributes["rev"] = c.rev
	c.attributes["updatedAt"] = formatTime(now)
	c.attributes["modifiedAt"] = formatTime(now)
}

// tags returns the tags. It returns nil if an edit has changed their type.
func (c *conversation) tags() []any {
	tags, _ := c.attributes["tags"].([]any)
	return tags
}

func (c *conversation) custom() map[string]any {
	custom, _ := c.attributes["custom"].(map[string]any)
	return custom
}
