package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
	"github.com/kustomer-go/kustomer/redislimit"
)

// A storeAddress says where the store is: one server, the nodes of a cluster, or the sentinels of a primary.
type storeAddress struct {
	Addrs   []string
	Primary string // its name, with sentinels
}

func (s storeAddress) connect() redis.UniversalClient {
	return redis.NewUniversalClient(&redis.UniversalOptions{Addrs: s.Addrs, MasterName: s.Primary})
}

// A member is a client whose limiter shares the budget.
type member struct {
	*client.Client
	limiter *ratelimit.Adaptive
}

// newMember returns a member that calls the fake at a URL.
func newMember(
	rdb redis.UniversalClient, org, url string, httpClient *http.Client, opts ...redislimit.Option,
) (m member, err error) {
	if m.limiter, err = redislimit.New(rdb, org, opts...); err != nil {
		return m, err
	}
	m.Client, err = client.New(
		client.WithBaseURL(url), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(httpClient), client.WithLimiter(m.limiter),
	)
	return m, err
}

// An exchangeHook counts the round trips of a process, and knows how long the one that is running has taken. It is for a
// process with one member.
type exchangeHook struct {
	count atomic.Int64
	began atomic.Pointer[time.Time]
}

func (h *exchangeHook) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *exchangeHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name == "evalsha" || name == "eval" {
			now := time.Now()
			h.began.Store(&now)
			defer h.began.Store(nil)
			h.count.Add(1)
		}
		return next(ctx, cmd)
	}
}

func (h *exchangeHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// took returns how long the exchange has taken that is running; 0 if none is.
func (h *exchangeHook) took() time.Duration {
	if began := h.began.Load(); began != nil {
		return time.Since(*began)
	}
	return 0
}
