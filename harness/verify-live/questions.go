package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A question is about one assumption.
type question struct {
	text     string
	expected string // what the observation begins with; empty if nothing is assumed
	ask      ask
}

// An ask sends the requests of a question and returns what was observed. An error is the reason why it could not be asked.
type ask func(context.Context, *verifier) (observed string, err error)

// questions returns all questions, in the order in which they are asked.
func questions() []question {
	return []question{
		{"Is the API key accepted?", "200", send("GET", "/v1/users/current", nil)},
		{"Does a create return the conversation?", "201 with its externalId", firstCreate},
		{"Does PATCH accept application/json?", "200 OK and applied", updateAs("application/json", 4)},
		{"Does PATCH accept application/json-patch+json with a plain object?", "", updateAs("application/json-patch+json", 2)},
		{"Are appended tags added once, and returned as ids?", "2 ids after one of 2 tags was sent twice", tagsTwice},
		{"Is the rule for tags enforced?", "400", send("POST", "/v1/conversations/{id}/tags", []string{"verify,live"})},
		{"What is the status for a value out of range?", "400", update(client.ConversationUpdate{Priority: new(6)})},
		{"What is the status for an undefined custom attribute?", "400 Bad Request that names it", undefinedAttribute},
		{"What is the status for an unknown id?", "404", send("POST", "/v1/conversations/000000000000000000000000/tags", tags)},
		{"What is the status for a wrong key?", "401", send("GET", "/v1/users/current", nil, client.WithAPIKey("verify-live-is-no-key"))},
		{"What is the status for a body above 100 kB?", "413", update(client.ConversationUpdate{Name: client.Value(strings.Repeat("x", 110_000))})},
		{"Does rev refuse an update of a conversation that has changed?", "409", staleRev},
		{"Does a second create with the same externalId make a second conversation?", "", secondCreate},
		{"Are custom attributes merged by name, and cleared by null?", "merged, absent after null", customAttributes},
		{"How many updates does one conversation accept?", "", objectLimit},
		{"Which responses have the budget?", "all of the API", rateHeaders},
		{"Which responses have x-ratelimit-reset?", "only those above the limit", resetHeader},
	}
}

// status makes a call that may fail, and returns the status of its response.
func (v *verifier) status(call func() error) (string, error) {
	before := len(v.recorder.exchanges)
	err := call()
	if len(v.recorder.exchanges) == before {
		return "", err // nothing was sent, or no response came
	}
	return describe(v.recorder.last().status), nil
}

// send returns an ask for the status of a request. {id} in its path stands for the first conversation.
func send(method, path string, body any, opts ...client.Option) ask {
	return func(ctx context.Context, v *verifier) (string, error) {
		c, err := v.client.Clone(opts...)
		if err != nil {
			return "", err
		}
		return v.status(func() error {
			_, err := c.Do(ctx, method, strings.Replace(path, "{id}", v.main, 1), body)
			return err
		})
	}
}

// update returns an ask for the status of an update of the first conversation.
func update(u client.ConversationUpdate) ask {
	return func(ctx context.Context, v *verifier) (string, error) {
		return v.status(func() error {
			_, err := v.client.UpdateConversationAttributes(ctx, v.main, u)
			return err
		})
	}
}

func firstCreate(ctx context.Context, v *verifier) (string, error) {
	conv, err := v.create(ctx)
	if err != nil {
		return "", err
	}
	v.main = conv.ID
	switch err := conv.DecodeError(); {
	case err != nil:
		return "not decoded: " + v.mask(err.Error()), nil
	case conv.Attributes.ExternalID != v.external:
		return fmt.Sprintf("%d with another externalId", conv.StatusCode), nil
	}
	return fmt.Sprintf("%d with its externalId", conv.StatusCode), nil
}

func secondCreate(ctx context.Context, v *verifier) (string, error) {
	observed, err := v.status(func() error {
		_, err := v.create(ctx)
		return err
	})
	return fmt.Sprintf("%s, conversations: %d", observed, len(v.created)), err
}

// updateAs returns an ask that updates the priority with one media type, and reads it. The client then uses the first media
// type that works.
func updateAs(mediaType string, priority int) ask {
	return func(ctx context.Context, v *verifier) (string, error) {
		c, err := v.client.Clone(client.WithUpdateContentType(mediaType))
		if err != nil {
			return "", err
		}
		observed, err := v.status(func() error {
			_, err := c.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: &priority})
			return err
		})
		if err != nil || v.recorder.last().status != http.StatusOK {
			return observed, err
		}
		switch conv, err := read(ctx, c, v.main); {
		case err != nil:
			return observed + ", not read: " + short(err), nil
		case conv.Attributes.Priority != priority:
			return observed + " but not applied", nil
		}
		if !v.updates {
			v.client, v.updates = c, true
		}
		return observed + " and applied", nil
	}
}

func read(ctx context.Context, c *client.Client, id string) (*client.Conversation, error) {
	r, err := c.Do(ctx, "GET", "/v1/conversations/"+id, nil)
	if err != nil {
		return nil, err
	}
	return client.DecodeConversation(r)
}

var tags = []string{"verify-live", "verify-live 2"}

func tagsTwice(ctx context.Context, v *verifier) (string, error) {
	if _, err := v.client.AppendTagsToConversation(ctx, v.main, tags); err != nil {
		return "", err
	}
	conv, err := v.client.AppendTagsToConversation(ctx, v.main, tags[:1])
	if err != nil {
		return "", err
	}
	form := "ids"
	if slices.Contains(conv.Attributes.Tags, tags[0]) {
		form = "names"
	}
	return fmt.Sprintf("%d %s after one of 2 tags was sent twice", len(conv.Attributes.Tags), form), nil
}

func staleRev(ctx context.Context, v *verifier) (string, error) {
	conv, err := read(ctx, v.client, v.main)
	if err != nil {
		return "", err
	}
	return update(client.ConversationUpdate{Priority: new(2), Rev: new(conv.Attributes.Rev - 1)})(ctx, v)
}

// objectLimit updates one conversation until it is refused.
func objectLimit(ctx context.Context, v *verifier) (string, error) {
	if v.objectLimit == 0 {
		return "", errors.New("set -object-limit to find out")
	}
	began := time.Now()
	for i := range int(v.objectLimit) {
		_, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: new(1 + i%5)})
		if errors.Is(err, client.ErrRateLimited) {
			return fmt.Sprintf("number %d was refused after %s", i+1, time.Since(began).Round(time.Second)), nil
		}
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d and more", v.objectLimit), nil
}
