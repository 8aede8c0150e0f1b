package kustomertest

import (
	"encoding/json"
	"strings"
	"time"
)

// A conversation is a stored conversation. Its attributes are those of responses, in the types of encoding/json.
type conversation struct {
	id         string
	customer   string
	rev        int
	attributes map[string]any
	relations  map[string]any // the ones that an update can set
	hidden     map[string]any // set, but not in any observed response
	updates    window

	foundFrom, listedFrom time.Time // when lookups by externalId find it, and lists have it

	createdBy, modifiedBy string          // ids of users
	announced             json.RawMessage // the resource of the last event; nil before the first, and without webhooks
}

// template returns the attributes of a new record.
func template(text string, now time.Time) map[string]any {
	attributes, _ := decode([]byte(strings.ReplaceAll(text, "NOW", formatTime(now)))) // always valid
	return attributes.(map[string]any)
}

// emptyConversation holds the attributes of a new conversation. Empty sub-documents are {} or have empty lists (observed).
const emptyConversation = `{
	"channels": [], "status": "open", "open": {"statusAt": "NOW"},
	"messageCount": 0, "noteCount": 0, "outboundMessageCount": 0, "inboundMessageCount": 0,
	"satisfaction": 0, "satisfactionLevel": {"sentByTeams": [], "answers": []},
	"createdAt": "NOW", "updatedAt": "NOW", "modifiedAt": "NOW", "lastActivityAt": "NOW",
	"spam": false, "ended": false,
	"tags": [], "suggestedTags": [], "suggestedShortcuts": [], "predictions": [],
	"firstMessageIn": {}, "firstMessageOut": {"createdByTeams": []}, "lastMessageIn": {}, "lastMessageOut": {},
	"lastMessageUnrespondedTo": {}, "lastMessageUnrespondedToSinceLastDone": {},
	"assignedUsers": [], "assignedTeams": [],
	"firstResponse": {"createdByTeams": [], "assignedTeams": [], "assignedUsers": []},
	"firstResponseSinceLastDone": {"createdByTeams": [], "assignedTeams": [], "assignedUsers": []},
	"lastResponse": {"createdByTeams": [], "assignedTeams": [], "assignedUsers": []},
	"firstDone": {"createdByTeams": [], "assignedTeams": [], "assignedUsers": []},
	"lastDone": {"createdByTeams": [], "assignedTeams": [], "assignedUsers": []},
	"direction": "in", "rev": 1, "priority": 3, "defaultLang": "en_us", "locale": "US",
	"roleGroupVersions": [], "accessOverride": [], "matchedTimeBasedRules": [],
	"modificationHistory": {
		"nameAt": "NOW", "priorityAt": "NOW", "channelAt": "NOW", "assignedTeamsAt": "NOW", "assignedUsersAt": "NOW",
		"statusAt": "NOW", "tagsAt": "NOW", "brandAt": null, "defaultLangAt": null, "customAt": null
	},
	"billingStatus": "no_messages", "phase": "initial",
	"assistant": {"fac": {"reasons": [], "exclusions": [], "source": {}}, "assistantId": []},
	"aiAgent": {"automationId": []}
}`

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

// set sets an attribute, and the time of its last change if there is one. nil removes the attribute.
func (c *conversation) set(name string, v any, now time.Time) {
	if v == nil {
		delete(c.attributes, name)
	} else {
		c.attributes[name] = v
	}
	history, _ := c.attributes["modificationHistory"].(map[string]any) // nil if an edit has changed its type
	if _, ok := history[name+"At"]; ok {
		history[name+"At"] = formatTime(now)
	}
}

// bumpRev updates the revision, and when and by whom the conversation was changed.
func (c *conversation) bumpRev(user string, now time.Time) {
	c.rev++
	c.modifiedBy = user
	c.attributes["rev"] = c.rev
	c.attributes["updatedAt"] = formatTime(now)
	c.attributes["modifiedAt"] = formatTime(now)
}

// tags returns the tags, or nil if an edit has changed their type.
func (c *conversation) tags() []any {
	tags, _ := c.attributes["tags"].([]any)
	return tags
}
