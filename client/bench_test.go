package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// Each call is made twice: with this package, and as a careful programmer would write it with net/http and encoding/json.
// Both get their responses from memory, so only the client is measured.

// A benchCall is one call, made in both ways.
type benchCall struct {
	name          string
	throughClient func(ctx context.Context, c *client.Client) (*client.Conversation, error)
	method, path  string
	body          func() any
}

var benchCalls = []benchCall{
	{
		"create",
		func(ctx context.Context, c *client.Client) (*client.Conversation, error) {
			return c.CreateConversationForCustomer(ctx, customerID, benchCreate())
		},
		http.MethodPost, "/v1/customers/" + customerID + "/conversations", func() any { return benchCreate() },
	},
	{
		"update",
		func(ctx context.Context, c *client.Client) (*client.Conversation, error) {
			return c.UpdateConversationAttributes(ctx, conversationID, benchUpdate())
		},
		http.MethodPatch, "/v1/conversations/" + conversationID, func() any { return benchUpdate() },
	},
	{
		"tags",
		func(ctx context.Context, c *client.Client) (*client.Conversation, error) {
			return c.AppendTagsToConversation(ctx, conversationID, []string{"vip", "returns"})
		},
		http.MethodPost, "/v1/conversations/" + conversationID + "/tags", func() any { return []string{"vip", "returns"} },
	},
}

func benchCreate() client.ConversationCreate {
	return client.ConversationCreate{ExternalID: new("order-10045"), Name: new("Damaged parcel"), Priority: new(3), Direction: new(client.DirectionIn)}
}

func benchUpdate() client.ConversationUpdate {
	return client.ConversationUpdate{Status: new(client.StatusDone), Priority: new(3)}
}

// memory responds with the sample, changed by edit if that is not nil.
func memory(b *testing.B, edit *strings.Replacer) *http.Client {
	a := sample(b, "responses/create-conversation-201.json")
	if edit != nil {
		a.body = edit.Replace(a.body)
	}
	body := []byte(a.body)
	return &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
		status := http.StatusOK
		if strings.HasSuffix(r.URL.Path, "/conversations") {
			status = http.StatusCreated
		}
		return &http.Response{
			StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: a.header,
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
		}, nil
	})}
}

// throughClient returns a call with this package and its defaults, except for the limit of one customer, which would slow a
// benchmark down.
func throughClient(b *testing.B, call benchCall, edit *strings.Replacer, opts ...client.Option) func() {
	limiter, err := ratelimit.New(ratelimit.Config{MaxInFlight: -1, CustomerLimit: -1})
	if err != nil {
		b.Fatal(err)
	}
	opts = append([]client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(memory(b, edit))}, opts...)
	if len(opts) == 3 {
		opts = append(opts, client.WithLimiter(limiter))
	}
	c, err := client.New(opts...)
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		if conv, err := call.throughClient(b.Context(), c); err != nil || conv.ID == "" || (conv.DecodeError() != nil) != (edit != nil) {
			b.Fatal(err)
		}
	}
}

func byHand(b *testing.B, call benchCall) func() {
	hc := memory(b, nil)
	return func() {
		if conv, _, err := callByHand(b.Context(), hc, call.method, call.path, call.body()); err != nil || conv.Data.ID == "" {
			b.Fatal(err)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	for _, call := range benchCalls {
		b.Run(call.name+"/by hand", func(b *testing.B) { repeat(b, byHand(b, call)) })
		b.Run(call.name+"/client", func(b *testing.B) { repeat(b, throughClient(b, call, nil)) })
		b.Run(call.name+"/client without a limiter", func(b *testing.B) {
			repeat(b, throughClient(b, call, nil, client.WithLimiter(ratelimit.Unlimited)))
		})
		b.Run(call.name+"/client with a masked attribute", func(b *testing.B) { repeat(b, throughClient(b, call, masked)) })
	}
}

func repeat(b *testing.B, call func()) {
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}

// masked makes a response in which an attribute is masked.
var masked = strings.NewReplacer(`"rev":1`, `"rev":"***"`)

func callByHand(ctx context.Context, hc *http.Client, method, path string, value any) (*gen.ConversationResponse, []byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "https://acme.api.kustomerapp.com"+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := hc.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	kept, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return nil, nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	testResponse := new(gen.ConversationResponse)
	if err := json.Unmarshal(kept, testResponse); err != nil {
		return nil, nil, err
	}
	return testResponse, kept, nil
}
