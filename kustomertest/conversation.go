package kustomertest

import "time"

// A conversation is what the fake keeps of one. Its attributes are those of answers, in encoding/json's types.
type conversation struct {
	id         string
	customer   string
	rev        int
	attributes map[string]any
	relations  map[string]relation // those that an update can set
	hidden     map[string]any      // set, but in no answer that was seen
}

// newConversation returns an empty conversation as answers show one: sub-documents without content are {} or hold
// empty lists (observed).
func newConversation(id, customer string, now time.Time) *conversation {
	at := stamp(now)
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
			"satisfaction": 0, "satisfactionLevel": survey(nil),
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

// survey returns a satisfactionLevel: what was sent, beside the lists that are always there (observed).
func survey(sent map[string]any) map[string]any {
	level := map[string]any{"sentByTeams": []any{}, "answers": []any{}}
	for name, v := range sent {
		switch name {
		case "createdAt", "updatedAt", "scheduledFor", "sentAt":
			v = restamp(v)
		}
		level[name] = v
	}
	return level
}

// histories are the attributes whose last change modificationHistory shows, and its names for them.
var histories = map[string]string{
	"name": "nameAt", "priority": "priorityAt", "assignedTeams": "assignedTeamsAt", "assignedUsers": "assignedUsersAt",
	"defaultLang": "defaultLangAt", "status": "statusAt", "tags": "tagsAt", "custom": "customAt",
}

// set gives an attribute its value; nil makes it absent.
func (c *conversation) set(name string, v any, now time.Time) {
	if v == nil {
		delete(c.attributes, name)
	} else {
		c.attributes[name] = v
	}
	// An edit may have replaced it.
	if h, ok := c.attributes["modificationHistory"].(map[string]any); ok && histories[name] != "" {
		h[histories[name]] = stamp(now)
	}
}

// touch is what every change does beside its own.
func (c *conversation) touch(now time.Time) {
	c.rev++
	c.attributes["rev"] = c.rev
	c.attributes["updatedAt"] = stamp(now)
	c.attributes["modifiedAt"] = stamp(now)
}

// tags returns the list of tags, empty where an edit has made it something else.
func (c *conversation) tags() []any {
	tags, _ := c.attributes["tags"].([]any)
	return tags
}

func (c *conversation) custom() map[string]any {
	custom, _ := c.attributes["custom"].(map[string]any)
	return custom
}
