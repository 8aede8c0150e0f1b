package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// createdName is the name of the conversations, for the people who see them.
const createdName = "verify-live: may be deleted"

// create creates a conversation and remembers it for the clean-up. A server may return the same one twice.
func (v *verifier) create(ctx context.Context) (*client.Conversation, error) {
	conv, err := v.client.CreateConversationForCustomer(ctx, v.customer, client.ConversationCreate{
		ExternalID: &v.external, Name: new(createdName),
	})
	if e, ok := errors.AsType[*client.Error](err); ok && e.Outcome != client.OutcomeNotApplied && !errors.Is(err, errBusy) {
		v.unclear = true
	}
	if err == nil && !slices.Contains(v.created, conv.ID) {
		v.created = append(v.created, conv.ID)
	}
	return conv, err
}

const cleanUpQuestion = "Are the conversations of this run cleaned up?"

// cleanUp marks the conversations of this run as deleted and done, even if ctx has ended. It retries after a 429.
func (v *verifier) cleanUp(ctx context.Context) {
	v.recorder.cleaning = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Minute)
	defer cancel()
	c, err := v.client.Clone(client.WithRetryPolicy(client.RetryPolicy{}))
	if err != nil {
		panic(err) // the default policy is valid
	}
	var left []string
	if v.unclear { // a lookup finds one conversation, so it does not help if there are two with the externalId
		conv, err := read(ctx, c, "externalId="+v.external)
		if err == nil && !slices.Contains(v.created, conv.ID) {
			v.created = append(v.created, conv.ID)
		} else if !errors.Is(err, client.ErrNotFound) {
			left = append(left, fmt.Sprintf("one may be left, named %q: it is not known whether its create was applied", createdName))
		}
	}
	for i, id := range v.created {
		_, err := c.UpdateConversationAttributes(ctx, id, client.ConversationUpdate{Deleted: client.Value(true), Status: new(client.StatusDone)})
		if err != nil {
			left = append(left, fmt.Sprintf("number %d is left: %s", i+1, short(err)))
		}
	}
	switch {
	case len(left) > 0:
		v.findings = append(v.findings, finding{cleanUpQuestion, "deleted and done", strings.Join(left, "; "), different})
	case len(v.created) > 0:
		v.findings = append(v.findings, finding{cleanUpQuestion, "deleted and done", "deleted and done", same})
	}
}
