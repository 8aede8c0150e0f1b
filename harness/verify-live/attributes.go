package main

import (
	"context"
	"strings"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/internal/definitions"
)

// A pair is two text attributes that take any value.
type pair struct{ a, b custom.Key[string] }

// texts finds two text attributes that take any value. It asks once.
func (v *verifier) texts(ctx context.Context) (pair, error) {
	if v.pair != nil {
		return *v.pair, nil
	}
	r, err := v.client.Do(ctx, "GET", "/v1/metadata/conversation", nil)
	if err != nil {
		return pair{}, errSkipped("the definitions cannot be read: " + v.short(err))
	}
	d, err := definitions.Parse(r.Raw(), "conversation")
	if err != nil {
		return pair{}, errSkipped(err.Error())
	}
	var found []string
	for _, attr := range d.Attributes {
		v.defined = append(v.defined, attr.Name)
		if strings.HasSuffix(attr.Name, "Str") && attr.Enumeration == nil && !attr.List && !attr.Deleted {
			found = append(found, attr.Name)
		}
	}
	if len(found) < 2 {
		return pair{}, errSkipped("it takes two text attributes without a list of values, and the organisation has not defined them")
	}
	v.pair = &pair{custom.Str(found[0]), custom.Str(found[1])}
	return *v.pair, nil
}

// customMerges sets one attribute, then another, and looks whether the first is still there.
func customMerges(ctx context.Context, v *verifier) (string, bool, error) {
	keys, err := v.texts(ctx)
	if err != nil {
		return "", false, err
	}
	if _, err := v.setCustom(ctx, keys.a.Set("verify-live a")); err != nil {
		return "", false, err
	}
	conv, err := v.setCustom(ctx, keys.b.Set("verify-live b"))
	if err != nil {
		return "", false, err
	}
	if got, _, _ := keys.a.Get(conv.Attributes.Custom); got != "verify-live a" {
		return "replaced: the attribute set before is gone", false, nil
	}
	return "merged", true, nil
}

func nullClears(ctx context.Context, v *verifier) (string, bool, error) {
	keys, err := v.texts(ctx)
	if err != nil {
		return "", false, err
	}
	if _, err := v.setCustom(ctx, keys.a.Set("verify-live a"), keys.b.Set("verify-live b")); err != nil {
		return "", false, err
	}
	conv, err := v.setCustom(ctx, keys.a.Null(), keys.b.Null())
	if err != nil {
		return "", false, err
	}
	_, state, _ := keys.a.Get(conv.Attributes.Custom)
	return state.String(), state == custom.StateAbsent, nil
}

func (v *verifier) setCustom(ctx context.Context, entries ...custom.Entry) (*client.Conversation, error) {
	return v.client.UpdateConversationAttributes(ctx, v.main, client.ConversationUpdate{Custom: custom.New(entries...)})
}
