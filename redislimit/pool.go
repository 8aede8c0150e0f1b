package redislimit

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The parts of the script.
var (
	//go:embed state.lua
	stateLua string
	//go:embed records.lua
	recordsLua string
	//go:embed exchange.lua
	exchangeLua string

	exchangeScript = redis.NewScript(stateLua + recordsLua + exchangeLua)
)

// A pool is a [ratelimit.Pool] for one limiter.
type pool struct {
	rdb      redis.UniversalClient
	keys     []string
	name     string
	patience time.Duration
	observe  func(Event)

	alone    atomic.Bool
	seq      atomic.Int64  // of the last report
	inFlight chan struct{} // has an element while a command is in flight
}

func newPool(rdb redis.UniversalClient, s settings) *pool {
	return &pool{
		rdb: rdb, keys: s.keys, name: s.name, patience: s.patience, observe: s.observe,
		inFlight: make(chan struct{}, 1),
	}
}

// formatVersion changes when what the keys hold changes.
const formatVersion = 1

// keys returns the keys of an organisation, in the order of the script.
func keys(prefix, org string) []string {
	all := []string{"members", "live", "idle", "records", "recent"}
	for i, key := range all {
		all[i] = fmt.Sprintf("%s:%d:{%s}:%s", prefix, formatVersion, org, key)
	}
	return all
}

// hashed returns an id that does not show its parts.
func hashed(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// Exchange implements [ratelimit.Pool].
func (p *pool) Exchange(ctx context.Context, r ratelimit.Report) (ratelimit.Grant, error) {
	g, err := p.exchange(ctx, &r)
	if err != nil {
		err = fmt.Errorf("redislimit: %w", err)
	}
	if alone := err != nil; p.alone.Swap(alone) != alone {
		p.observe(Event{Attached: !alone, Err: err})
	}
	return g, err
}

func (p *pool) exchange(ctx context.Context, r *ratelimit.Report) (ratelimit.Grant, error) {
	args, err := p.encode(r)
	if err != nil {
		return ratelimit.Grant{}, err
	}
	late := fmt.Errorf("the store has not responded within %v: %w", p.patience, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, p.patience, late)
	defer cancel()
	select {
	case p.inFlight <- struct{}{}:
	case <-ctx.Done():
		return ratelimit.Grant{}, context.Cause(ctx)
	}
	reply, err := run(ctx, p.rdb, exchangeScript, p.keys, args, func() { <-p.inFlight })
	if err != nil {
		return ratelimit.Grant{}, err
	}
	return decode(reply, len(r.Records))
}

// run runs a script. It returns as soon as ctx is done, because go-redis may wait for longer. It calls ended once the command
// has ended.
func run(ctx context.Context, rdb redis.UniversalClient, script *redis.Script, keys []string, args []any, ended func()) ([]any, error) {
	var reply []any
	done := make(chan error, 1)
	go func() {
		var err error
		reply, err = script.Run(ctx, rdb, keys, args...).Slice()
		ended()
		done <- err
	}()
	select {
	case err := <-done:
		return reply, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
