package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// The same call twice: through this package, and as a careful person would write it with net/http and encoding/json.
// Both answer from memory, so that what is measured is the client.

func memory(b testing.TB) http.RoundTripper {
	a := sample(b, "responses/create-conversation-201.json")
	body := []byte(a.body)
	return transport(func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
		return &http.Response{
			StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Header: a.header,
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
		}, nil
	})
}

// throughClient is the call through this package, as clients have it by default but for the limit of one customer, which
// would hold a benchmark up.
func throughClient(b testing.TB) func() {
	limiter, err := ratelimit.New(ratelimit.Config{Reserve: 0.05})
	if err != nil {
		b.Fatal(err)
	}
	return throughLimiter(b, limiter)
}

func throughLimiter(b testing.TB, limiter ratelimit.Limiter) func() {
	c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithLimiter(limiter),
		client.WithHTTPClient(&http.Client{Transport: memory(b)}))
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		conv, err := c.CreateConversationForCustomer(b.Context(), customerID, client.ConversationCreate{
			ExternalID: new("order-10045"), Name: new("Damaged parcel"), Priority: new(3), Direction: new(client.DirectionIn),
		})
		if err != nil || conv.ID == "" {
			b.Fatal(err)
		}
	}
}

func byHand(b testing.TB) func() {
	hc := &http.Client{Transport: memory(b)}
	return func() {
		conv, _, err := createByHand(b.Context(), hc, customerID, gen.ConversationCreate{
			ExternalID: new("order-10045"), Name: new("Damaged parcel"), Priority: new(3), Direction: new(gen.DirectionIn),
		})
		if err != nil || conv.Data.ID == "" {
			b.Fatal(err)
		}
	}
}

func BenchmarkCallThroughClient(b *testing.B) {
	call := throughClient(b)
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}

func BenchmarkCallWithoutLimiter(b *testing.B) {
	call := throughLimiter(b, ratelimit.Unlimited)
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}

func BenchmarkCallByHand(b *testing.B) {
	call := byHand(b)
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}

// A whole call may cost 20 allocations and 30 % of the bytes, and 15 and 25 % of that without a limiter.
func TestCallCostsLittleMoreThanByHand(t *testing.T) {
	bytesByHand, allocsByHand := cost(byHand(t))
	for _, test := range []struct {
		name            string
		call            func()
		allocs, percent uint64 // more than by hand
	}{
		{"with the limiter", throughClient(t), 20, 30},
		{"without a limiter", throughLimiter(t, ratelimit.Unlimited), 15, 25},
	} {
		bytes, allocs := cost(test.call)
		if allocs > allocsByHand+test.allocs || bytes > bytesByHand*(100+test.percent)/100 {
			t.Errorf("%s: %d bytes in %d allocations, by hand %d in %d", test.name, bytes, allocs, bytesByHand, allocsByHand)
		}
	}
}

// cost returns the bytes and allocations of a call, of which there are many.
func cost(call func()) (bytes, allocs uint64) {
	const calls = 500
	call() // fills caches
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		call()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / calls, (after.Mallocs - before.Mallocs) / calls
}

func createByHand(ctx context.Context, hc *http.Client, customerID string, create gen.ConversationCreate) (*gen.ConversationAnswer, []byte, error) {
	body, err := json.Marshal(create)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://acme.api.kustomerapp.com/v1/customers/"+customerID+"/conversations", bytes.NewReader(body))
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
	if resp.StatusCode != http.StatusCreated {
		return nil, nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	answer := new(gen.ConversationAnswer)
	if err := json.Unmarshal(kept, answer); err != nil {
		return nil, nil, err
	}
	return answer, kept, nil
}
