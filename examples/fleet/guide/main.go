// The program of docs/fleet.md.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/otelkustomer"
	"github.com/kustomer-go/kustomer/ratelimit"
	"github.com/kustomer-go/kustomer/redislimit"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM) // so that Close runs
	defer stop()

	rdb := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:    []string{os.Getenv("REDIS_ADDR")}, // several, and MasterName, for Sentinel or a cluster
		Username: os.Getenv("REDIS_USER"), Password: os.Getenv("REDIS_PASSWORD"),
		DialTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: time.Second, // ends the commands of a store that hangs
		DialerRetries: 1, // otherwise go-redis dials 5 times before it reports why
	})
	defer rdb.Close()

	limiter, err := redislimit.New(rdb, "acme", // the organisation, the same as KUSTOMER_ORG
		redislimit.WithConfig(ratelimit.Config{Reserve: 0.05, BackgroundReserve: 0.15}),
		redislimit.WithObserver(func(e redislimit.Event) {
			slog.Warn("kustomer: limiter", "attached", e.Attached, "error", e.Err)
		}))
	if err != nil {
		return err
	}
	defer limiter.Close(context.WithoutCancel(ctx)) // the others get at once what this process has not used

	base, err := client.FromEnv(client.WithLimiter(limiter)) // KUSTOMER_ORG and KUSTOMER_API_KEY
	if err != nil {
		return err
	}
	inst, err := otelkustomer.New(otelkustomer.WithSnapshots(base.RateLimit)) // for the global providers, which your program sets
	if err != nil {
		return err
	}
	defer inst.Shutdown(ctx)
	c, err := base.Clone(client.WithTrace(inst.Trace()))
	if err != nil {
		return err
	}

	// CallBackground lets the interactive calls of all processes go first. Leave it out for them.
	_, err = c.AppendTagsToConversation(ctx, os.Getenv("CONVERSATION"), []string{"vip"}, client.CallBackground())
	return err
}
