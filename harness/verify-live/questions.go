package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

// questions are what the reference leaves open, and what this module builds on though it was never tried.
func questions() []question {
	return []question{
		{"is the credential good?", "200", credential},
		{"does a create answer with the conversation?", "201 with an id", create},
		{"does PATCH take application/json?", "200 and applied", updateJSON},
		{"does PATCH take application/json-patch+json, as a plain object?", "", updatePatchJSON},
		{"are appended tags a union?", "2 tags after sending them twice, as ids", tagsTwice},
		{"is the rule for tags enforced?", "400", badTag},
		{"what answers a value out of range?", "400", outOfRange},
		{"what answers an undefined custom attribute?", "400 that names it", undefinedAttribute},
		{"what answers an id that nobody has?", "404", unknownID},
		{"what answers a key that is none?", "401", wrongKey},
		{"what answers a body above 100 kB?", "413", tooLarge},
		{"does rev guard against a change in between?", "409", staleRev},
		{"does a second create with the same externalId make a second conversation?", "", sameExternalID},
		{"are custom attributes merged by key?", "merged", customMerges},
		{"does null clear a custom attribute?", "absent", nullClears},
		{"how many updates does one conversation take?", "", objectLimit},
		{"do answers say the budget, errors too?", "all of the API", rateHeaders},
		{"when does x-ratelimit-reset come, and in which unit?", "only once the limit is exceeded", resetHeader},
	}
}

// refused asks with a call that is meant to fail: its error is the answer, if one came.
func (v *verifier) refused(want int, call func() error) (string, bool, error) {
	since := len(v.recorder.exchanges(0))
	err := call()
	e := v.recorder.last(since)
	switch {
	case e.status == 0 && err != nil:
		return "", false, err
	case e.status == 0:
		return "", false, errSkipped("no answer came")
	}
	return v.shortAnswer(e.status, err), e.status == want, nil
}

// unchecked is the client without its own check, which would keep what is meant to be refused from being sent.
func (v *verifier) unchecked() (*client.Client, error) {
	return v.client.Clone(client.WithoutRequestChecks())
}

func credential(ctx context.Context, v *verifier) (string, bool, error) {
	return v.refused(http.StatusOK, func() error {
		_, err := v.client.Do(ctx, "GET", "/v1/users/current", nil)
		return err
	})
}

func create(ctx context.Context, v *verifier) (string, bool, error) {
	conv, err := v.createOne(ctx)
	if err != nil {
		return "", false, err
	}
	v.main = conv.ID
	text := fmt.Sprintf("%d with an id", conv.StatusCode)
	if err := conv.DecodeError(); err != nil {
		return text + ", and " + v.mask(err.Error()), false, nil
	}
	return text, conv.StatusCode == http.StatusCreated && conv.Attributes.ExternalID == v.external, nil
}

func updateJSON(ctx context.Context, v *verifier) (string, bool, error) {
	return updateAs(ctx, v, "application/json", 4)
}

func updatePatchJSON(ctx context.Context, v *verifier) (string, bool, error) {
	const mediaType = "application/json-patch+json"
	text, ok, err := updateAs(ctx, v, mediaType, 2)
	if ok && v.findings[len(v.findings)-1].differs {
		// The plain one is not taken, so all else is asked in this one.
		v.client, err = v.client.Clone(client.WithUpdateContentType(mediaType))
	}
	return text, ok, err
}

// updateAs sends a change in one media type and looks whether it was made.
func updateAs(ctx context.Context, v *verifier, mediaType string, priority int) (string, bool, error) {
	c, err := v.client.Clone(client.WithUpdateContentType(mediaType))
	if err != nil {
		return "", false, err
	}
	text, ok, err := v.refused(http.StatusOK, func() error {
		_, err := c.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: &priority})
		return err
	})
	if err != nil || !ok {
		return text, false, err
	}
	conv, err := v.read(ctx)
	if err != nil {
		return text + ", not read back: " + v.short(err), false, nil
	}
	if conv.Attributes.Priority != priority {
		return text + ", but not applied", false, nil
	}
	return text + " and applied", true, nil
}

func (v *verifier) read(ctx context.Context) (*client.Conversation, error) {
	r, err := v.client.Do(ctx, "GET", "/v1/conversations/"+v.main, nil)
	if err != nil {
		return nil, err
	}
	return client.DecodeConversation(r)
}

func tagsTwice(ctx context.Context, v *verifier) (string, bool, error) {
	names := []string{"verify-live", "verify-live 2"}
	if _, err := v.client.AppendTagsToConversation(ctx, v.main, names); err != nil {
		return "", false, err
	}
	conv, err := v.client.AppendTagsToConversation(ctx, v.main, names[:1])
	if err != nil {
		return "", false, err
	}
	tags := conv.Attributes.Tags
	form := "ids"
	for _, t := range tags {
		if strings.HasPrefix(t, "verify-live") {
			form = "names"
		}
	}
	return fmt.Sprintf("%d tags after sending them twice, as %s", len(tags), form), len(tags) == 2 && form == "ids", nil
}

func badTag(ctx context.Context, v *verifier) (string, bool, error) {
	c, err := v.unchecked()
	if err != nil {
		return "", false, err
	}
	return v.refused(http.StatusBadRequest, func() error {
		_, err := c.AppendTagsToConversation(ctx, v.main, []string{"verify,live"})
		return err
	})
}

func outOfRange(ctx context.Context, v *verifier) (string, bool, error) {
	c, err := v.unchecked()
	if err != nil {
		return "", false, err
	}
	return v.refused(http.StatusBadRequest, func() error {
		_, err := c.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: new(6)})
		return err
	})
}

func undefinedAttribute(ctx context.Context, v *verifier) (string, bool, error) {
	const name = "verifyLiveIsNotDefinedStr"
	var named bool
	text, ok, err := v.refused(http.StatusBadRequest, func() error {
		_, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Custom: custom.New(custom.Str(name).Set("x"))})
		if e, is := errors.AsType[*client.Error](err); is {
			named = e.CustomAttribute == name
		}
		return err
	})
	if err == nil && named {
		text += " that names it"
	}
	return text, ok && named, err
}

func unknownID(ctx context.Context, v *verifier) (string, bool, error) {
	return v.refused(http.StatusNotFound, func() error {
		_, err := v.client.UpdateConversationAttributes(ctx, "000000000000000000000000", client.ConversationUpdate{Priority: new(3)})
		return err
	})
}

func wrongKey(ctx context.Context, v *verifier) (string, bool, error) {
	c, err := v.client.Clone(client.WithAPIKey("verify-live-is-no-key"))
	if err != nil {
		return "", false, err
	}
	return v.refused(http.StatusUnauthorized, func() error {
		_, err := c.Do(ctx, "GET", "/v1/users/current", nil)
		return err
	})
}

func tooLarge(ctx context.Context, v *verifier) (string, bool, error) {
	c, err := v.unchecked()
	if err != nil {
		return "", false, err
	}
	return v.refused(http.StatusRequestEntityTooLarge, func() error {
		_, err := c.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Name: client.Value(strings.Repeat("x", 110_000))})
		return err
	})
}

func staleRev(ctx context.Context, v *verifier) (string, bool, error) {
	conv, err := v.read(ctx)
	if err != nil {
		return "", false, err
	}
	rev := conv.Attributes.Rev
	if rev == 0 {
		return "", false, errSkipped("the conversation has no rev")
	}
	if _, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: new(3)}); err != nil {
		return "", false, err
	}
	return v.refused(http.StatusConflict, func() error {
		_, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: new(2), Rev: &rev})
		return err
	})
}

func sameExternalID(ctx context.Context, v *verifier) (string, bool, error) {
	what := ""
	text, ok, err := v.refused(0, func() error {
		conv, err := v.createOne(ctx)
		switch {
		case err == nil && conv.ID == v.main:
			what = ", with the first conversation"
		case err == nil:
			what = ", with a second conversation"
		}
		return err
	})
	return text + what, ok, err
}

// objectLimit sends updates of one conversation until one is refused. The client would hold the calls back, so it is asked
// not to.
func objectLimit(ctx context.Context, v *verifier) (string, bool, error) {
	if v.objectLimit == 0 {
		return "", false, errSkipped("not asked for: -object-limit")
	}
	began := time.Now()
	for i := range v.objectLimit {
		_, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Priority: new(1 + i%5)})
		if errors.Is(err, client.ErrRateLimited) {
			e := v.recorder.last(0)
			if e.status != http.StatusTooManyRequests {
				return "", false, errSkipped(fmt.Sprintf("after %d updates, half of the budget was spent", i))
			}
			return fmt.Sprintf("update %d was refused, %s after the first: %s", i+1, time.Since(began).Round(time.Second), v.shortAnswer(e.status, err)), true, nil
		}
		if err != nil {
			return "", false, err
		}
	}
	return fmt.Sprintf("%d updates in %s were all taken", v.objectLimit, time.Since(began).Round(time.Second)), true, nil
}
