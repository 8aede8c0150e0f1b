package faults

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// A callKind is one of the ways to call.
type callKind uint8

const (
	create callKind = iota
	update
	updateRev
	tags
	get
	post
	postNothing // without a body, to a path that is not served: it is never applied
	callKinds
)

func (k callKind) String() string {
	return [...]string{"create", "update", "update with rev", "tags", "GET", "POST", "POST without a body"}[k]
}

// isRead reports whether there is nothing to apply.
func (k callKind) isRead() bool { return k == get }

// mayRepeat reports whether the client may send the call again after a doubtful end.
func (p *plan) mayRepeat() bool {
	return p.kind == update || p.kind == tags || p.kind == get || p.kind == create && p.repeat
}

var note = custom.Txt("note")

// call makes the call with a mark that is in its body, and returns the id in the response and how often it was sent.
func (b *bench) call(ctx context.Context, c *client.Client, p *plan, mark string) (id string, attempts int, err error) {
	var opts []client.CallOption
	if p.repeat {
		opts = append(opts, client.CallRetryCreate())
	}
	if p.noWait {
		opts = append(opts, client.CallMaxWait(1))
	}
	padding := custom.New(note.Set(strings.Repeat("x", p.size)))
	switch p.kind {
	case create:
		return idOf(c.CreateConversationForCustomer(ctx, b.customer, client.ConversationCreate{ExternalID: &mark, Custom: padding}, opts...))
	case update:
		return idOf(c.UpdateConversationAttributes(ctx, b.conversation, client.ConversationUpdate{Name: client.Value(mark), Custom: padding}, opts...))
	case updateRev:
		before, _ := b.fake.Conversation(b.conversation)
		return idOf(c.UpdateConversationAttributes(ctx, b.conversation, client.ConversationUpdate{Name: client.Value(mark), Custom: padding, Rev: new(before.Rev)}, opts...))
	case tags:
		return idOf(c.AppendTagsToConversation(ctx, b.conversation, []string{mark}, opts...))
	case get:
		r, err := c.Do(ctx, http.MethodGet, "/v1/conversations/"+b.conversation, nil, opts...)
		if err != nil {
			return "", 0, err
		}
		return idOfAnswer(r)
	case post:
		r, err := c.Do(ctx, http.MethodPost, "/v1/customers/"+b.customer+"/conversations", map[string]any{"externalId": mark}, opts...)
		if err != nil {
			return "", 0, err
		}
		return idOfAnswer(r)
	}
	_, err = c.Do(ctx, http.MethodPost, "/v1/customers/"+b.customer+"/"+mark, nil, opts...)
	if e, ok := errors.AsType[*client.Error](err); ok && e.StatusCode == http.StatusNotFound { // its body may be cut off
		return "", e.Attempts, nil // as good as it gets
	}
	return "", 0, err
}

func idOf(conv *client.Conversation, err error) (string, int, error) {
	if err != nil {
		return "", 0, err
	}
	return conv.ID, conv.Attempts, nil
}

// idOfAnswer is the id in an answer to Do, which is not judged where the answer is less than JSON: Do does not read it.
func idOfAnswer(r *client.Response) (string, int, error) {
	conv, err := client.DecodeConversation(r)
	if err != nil || !json.Valid(r.Raw()) {
		return "", r.Attempts, nil
	}
	return conv.ID, r.Attempts, nil
}
