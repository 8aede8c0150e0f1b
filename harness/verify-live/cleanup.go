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

// createdName is how people who look for what is left find it.
const createdName = "verify-live: may be deleted"

// createOne creates a conversation of this run. One that an earlier call has made is kept once.
func (v *verifier) createOne(ctx context.Context) (*client.Conversation, error) {
	conv, err := v.client.CreateConversationForCustomer(ctx, v.customer, client.ConversationCreate{
		ExternalID: &v.external, Name: new(createdName),
	})
	if err != nil {
		if e, ok := errors.AsType[*client.Error](err); ok && e.Outcome != client.OutcomeNotApplied && !errors.Is(err, errBusy) {
			v.lost++
		}
		return nil, err
	}
	if !slices.Contains(v.created, conv.ID) {
		v.created = append(v.created, conv.ID)
	}
	return conv, nil
}

// cleanUp marks the conversations that were created as deleted. It is done also when the organisation is busy, and after the
// caller gave up: a few calls, which wait for a limit that was met.
func (v *verifier) cleanUp(ctx context.Context) {
	if len(v.created)+v.lost == 0 {
		return
	}
	v.recorder.clean()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Minute)
	defer cancel()
	f := finding{question: "are the conversations of this run cleaned up?", expected: "deleted and done", observed: "deleted and done"}
	var left []string
	limiter, err := leaving(0)
	var c *client.Client
	if err == nil {
		c, err = v.client.Clone(client.WithLimiter(limiter), client.WithRetryPolicy(client.RetryPolicy{}))
	}
	if err != nil {
		left = append(left, "all are left behind: "+err.Error())
	} else {
		left = v.clean(ctx, c)
	}
	if len(v.created) == 0 && len(left) == 0 {
		return // there was none
	}
	if len(left) > 0 {
		f.observed, f.differs = strings.Join(left, "; "), true
	}
	v.findings = append(v.findings, f)
}

// clean cleans up and says what is left behind.
func (v *verifier) clean(ctx context.Context, c *client.Client) (left []string) {
	if v.lost > 0 && !v.find(ctx, c) {
		left = append(left, fmt.Sprintf("%d may be left behind, named %q: its create did not say whether it was applied", v.lost, createdName))
	}
	failed, why := 0, error(nil)
	for _, id := range v.created {
		if err := markDeleted(ctx, c, id); err != nil {
			failed, why = failed+1, err
		}
	}
	if failed > 0 {
		left = append(left, fmt.Sprintf("%d of %d are left behind: %s", failed, len(v.created), v.short(why)))
	}
	return left
}

// find looks for the conversation of a create that did not say whether it was applied, and reports whether that is settled.
// Where two have one externalId, only the first is found.
func (v *verifier) find(ctx context.Context, c *client.Client) bool {
	r, err := c.Do(ctx, "GET", "/v1/conversations/externalId="+v.external, nil)
	if errors.Is(err, client.ErrNotFound) {
		return true
	}
	if err != nil {
		return false
	}
	conv, err := client.DecodeConversation(r)
	if err != nil || slices.Contains(v.created, conv.ID) {
		return false
	}
	v.created = append(v.created, conv.ID)
	v.lost--
	return v.lost == 0
}

func markDeleted(ctx context.Context, c *client.Client, id string) error {
	_, err := c.UpdateConversationAttributes(ctx, id, client.ConversationUpdate{Deleted: client.Value(true), Status: new(client.StatusDone)})
	return err
}
