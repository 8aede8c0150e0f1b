package kustomertest

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"
)

// updateConversation serves PATCH /v1/conversations/{id}.
func (s *Server) updateConversation(c *call, id string) *response {
	conv, body, failure := s.readChange(c, id)
	if failure != nil {
		return failure
	}
	fields := body.(map[string]any)
	if rev, ok := fields["rev"].(json.Number); ok && !sameNumber(string(rev), strconv.Itoa(conv.rev)) {
		return conflict("rev")
	}
	if customer, ok := fields["customer"].(string); ok && s.store.customers[customer] == nil {
		return notFound("customer")
	}
	if failure := s.clash(conv, fields); failure != nil {
		return failure
	}
	now := s.now()
	if !s.spend(&conv.updates, s.cfg.ObjectLimit, now) {
		return tooManyRequests()
	}
	old, _ := conv.attributes["externalId"].(string)
	s.apply(conv, fields, now)
	if externalID, _ := conv.attributes["externalId"].(string); externalID != old {
		conv.foundFrom = now.Add(c.lag)
	}
	conv.attributes["locale"] = nil // observed after one update; assumed after each
	conv.bumpRev(s.store.user, now)
	s.announce(conv)
	return written(c, s.conversationData(conv))
}

// readChange reads the body of a write and finds its conversation.
func (s *Server) readChange(c *call, id string) (*conversation, any, *response) {
	body, failure := s.readBody(c, s.cfg.Attributes)
	if failure != nil {
		return nil, nil, failure
	}
	conv := s.store.conversations[id]
	if conv == nil {
		return nil, nil, notFound("id")
	}
	return conv, body, nil
}

// apply sets the fields of a checked request. Those in the first case are the same in responses, and null removes them.
func (s *Server) apply(c *conversation, fields map[string]any, now time.Time) {
	for name, v := range fields {
		switch name {
		case "externalId", "name", "priority", "direction", "replyChannel", "defaultLang", "sentiment", "ended",
			"assignedUsers", "assignedTeams", "suggestedTags", "suggestedShortcuts":
			c.set(name, v, now)
		case "tags":
			c.set(name, s.store.union(nil, v.([]any)), now)
		case "custom":
			if sent := v.(map[string]any); len(sent) > 0 {
				s.setCustom(c, sent, now)
			}
		case "satisfaction":
			c.set(name, cmp.Or(v, any(0)), now) // 0 is the value of a conversation without one (observed)
		case "satisfactionLevel":
			c.set(name, satisfactionLevel(v.(map[string]any)), now)
		case "queue":
			c.setQueue(v.(map[string]any), now)
		case "subStatus":
			c.relations[name] = relate("sub_status", "sub-statuses", v.(string))
		case "customer":
			c.customer = v.(string)
		case "campaign", "deleted", "endedByType", "endedReason", "locked":
			c.hidden[name] = v
		}
	}
	c.setStatus(fields, now)
	c.setEnd(fields, now)
}

// setStatus sets status, and snooze, which depends on it.
func (c *conversation) setStatus(fields map[string]any, now time.Time) {
	if status, ok := fields["status"].(string); ok {
		if status == "open" && c.attributes["status"] != "open" {
			c.set("open", map[string]any{"statusAt": formatTime(now)}, now)
		}
		c.set("status", status, now)
		// A conversation that was snoozed has null, one that never was has no snooze (both observed; when it changes is
		// assumed).
		if _, was := c.attributes["snooze"]; was && status != "snoozed" {
			c.attributes["snooze"] = nil
		}
	}
	if sent, ok := fields["snooze"].(map[string]any); ok {
		snooze := map[string]any{"status": sent["status"], "statusAt": formatTime(now)}
		if sent["time"] != nil {
			snooze["time"] = normalizeTime(sent["time"])
		}
		c.set("snooze", snooze, now)
	}
}

// setEnd sets when and by whom the conversation was ended. Without a time, it ended now (assumed).
func (c *conversation) setEnd(fields map[string]any, now time.Time) {
	if fields["ended"] == true && c.attributes["endedAt"] == nil {
		c.set("endedAt", formatTime(now), now)
	}
	if at := fields["endedAt"]; at != nil {
		c.set("endedAt", normalizeTime(at), now)
	}
	if by, ok := fields["endedBy"].(string); ok {
		c.relations["endedBy"] = relate("user", "users", by)
		if c.hidden["endedByType"] == "customer" {
			c.relations["endedBy"] = relate("customer", "customers", by)
		}
	}
}

// setQueue sets the queue, which responses have as a relationship, and the external queue, which they have as an
// attribute (both observed). Each may be null.
func (c *conversation) setQueue(sent map[string]any, now time.Time) {
	if id, ok := sent["id"]; ok {
		delete(c.relations, "queue")
		if id != nil {
			c.relations["queue"] = relate("queue", "routing/queues", id.(string))
		}
	}
	if external, ok := sent["external"]; ok {
		c.set("externalQueue", external, now)
	}
}
