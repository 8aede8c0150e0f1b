package main

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/definitions"
)

func undefinedAttribute(ctx context.Context, v *verifier) (string, error) {
	const name = "verifyLiveIsNotDefinedStr"
	observed, err := update(client.ConversationUpdate{Custom: custom.New(custom.Str(name).Set("x"))})(ctx, v)
	if err == nil && bytes.Contains(v.recorder.last().body, []byte(name)) {
		observed += " that names it"
	}
	return observed, err
}

// customAttributes sets one attribute, then another, and then clears the first one.
func customAttributes(ctx context.Context, v *verifier) (string, error) {
	texts, err := v.findTexts(ctx)
	if err != nil {
		return "", err
	}
	first, second := texts[0], texts[1]
	var states []string
	for _, entry := range []custom.Entry{first.Set("verify-live a"), second.Set("verify-live b"), first.Null()} {
		conv, err := v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Custom: custom.New(entry)})
		if err != nil {
			return "", err
		}
		_, state, _ := first.Get(conv.Attributes.Custom)
		states = append(states, state.String())
	}
	merged := "merged"
	if states[1] != custom.StateSet.String() {
		merged = "replaced"
	}
	return merged + ", " + states[2] + " after null", nil
}

// findTexts returns at least two custom attributes that accept any text.
func (v *verifier) findTexts(ctx context.Context) (texts []custom.Key[string], err error) {
	r, err := v.client.Do(ctx, "GET", "/v1/metadata/conversation", nil)
	if err != nil {
		return nil, err
	}
	d, err := definitions.Parse(r.Raw(), "conversation")
	if err != nil {
		return nil, err
	}
	for _, a := range d.Attributes {
		v.secrets = append(v.secrets, secret{a.Name, "<attribute>"})
		if strings.HasSuffix(a.Name, "Str") && a.Enumeration == nil && !a.List && !a.Deleted {
			texts = append(texts, custom.Str(a.Name))
		}
	}
	if len(texts) < 2 {
		return nil, errors.New("the organisation has no two attributes with the suffix Str that accept any text")
	}
	return texts, nil
}
