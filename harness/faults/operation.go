package faults

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// An operation is a way to use the client.
type operation struct {
	name       string
	read       bool
	repeatable bool // the client may repeat it after an uncertain attempt
	raw        bool // the client does not check that the response has an id
	noBody     bool // the request has none
	noRoute    bool // the server does not have the path, so the operation is never applied
	do         func(context.Context, call) (id string, attempts int, err error)
}

// A call is what an operation needs.
type call struct {
	*environment
	client *client.Client
	mark   string // is in the body or the path of the request
	custom custom.Attributes
	opts   []client.CallOption
}

var (
	create = operation{name: "create", do: func(ctx context.Context, c call) (string, int, error) {
		return idOf(c.client.CreateConversationForCustomer(ctx, c.customer, client.ConversationCreate{ExternalID: &c.mark, Custom: c.custom}, c.opts...))
	}}
	update = operation{name: "update", repeatable: true, do: func(ctx context.Context, c call) (string, int, error) {
		return idOf(c.client.UpdateConversationAttributes(ctx, c.conversation, client.ConversationUpdate{Name: client.Value(c.mark), Custom: c.custom}, c.opts...))
	}}
	updateRev = operation{name: "update with rev", do: func(ctx context.Context, c call) (string, int, error) {
		before, _ := c.fake.Conversation(c.conversation)
		return idOf(c.client.UpdateConversationAttributes(ctx, c.conversation, client.ConversationUpdate{Name: client.Value(c.mark), Custom: c.custom, Rev: new(before.Rev)}, c.opts...))
	}}
	tags = operation{name: "tags", repeatable: true, do: func(ctx context.Context, c call) (string, int, error) {
		return idOf(c.client.AppendTagsToConversation(ctx, c.conversation, []string{c.mark}, c.opts...))
	}}
	get = operation{name: "GET", read: true, repeatable: true, raw: true, noBody: true, do: func(ctx context.Context, c call) (string, int, error) {
		return idOfRaw(c.client.Do(ctx, http.MethodGet, "/v1/conversations/"+c.conversation, nil, c.opts...))
	}}
	post = operation{name: "POST", raw: true, do: func(ctx context.Context, c call) (string, int, error) {
		return idOfRaw(c.client.Do(ctx, http.MethodPost, "/v1/customers/"+c.customer+"/conversations", map[string]any{"externalId": c.mark}, c.opts...))
	}}
	postNoBody = operation{name: "POST without a body", raw: true, noBody: true, noRoute: true, do: func(ctx context.Context, c call) (string, int, error) {
		_, err := c.client.Do(ctx, http.MethodPost, "/v1/customers/"+c.customer+"/"+c.mark, nil, c.opts...)
		if e, ok := errors.AsType[*client.Error](err); ok && e.StatusCode == http.StatusNotFound { // its body may be cut off
			return "", e.Attempts, nil
		}
		return "", 0, err
	}}
	operations = []*operation{&create, &update, &updateRev, &tags, &get, &post, &postNoBody}
)

func idOf(conv *client.Conversation, err error) (string, int, error) {
	if err != nil {
		return "", 0, err
	}
	return conv.ID, conv.Attempts, nil
}

// idOfRaw returns the id in a response of Do, or "" if the response is not JSON, which Do does not check.
func idOfRaw(r *client.Response, err error) (string, int, error) {
	if err != nil {
		return "", 0, err
	}
	if conv, err := client.DecodeConversation(r); err == nil && json.Valid(r.Raw()) {
		return conv.ID, r.Attempts, nil
	}
	return "", r.Attempts, nil
}
