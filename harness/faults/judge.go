package faults

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// nobody listens there.
const nowhere = "://127.0.0.1:1"

// judge makes the call of a plan, with what goes wrong, and looks at what came of it.
func (b *bench) judge(ctx context.Context, p *plan, mark string) *deed {
	d := &deed{plan: p, protocol: b.protocol, wrapped: b.wrapped, theID: b.conversation}
	c, err := b.clientOf(p)
	if err != nil {
		d.said, d.err = nonsense, err
		return d
	}
	if p.kept {
		if d.after = b.good(ctx, "before-"+mark); d.after != nil {
			return d
		}
	}
	b.fake.ResetRequests()
	b.proxy.Watch(p.faults...)

	d.id, d.attempts, d.err = b.impatiently(ctx, c, p, mark)

	if s, ok := b.client.RateLimit(); ok {
		d.held = s.InFlight + s.Waiting
	}
	e := &client.Error{}
	if d.said, e = said(d.err); e != nil {
		d.attempts = e.Attempts
	}
	if d.said == notApplied || b.proxy.Seen().Connections == 0 {
		b.leak(d) // what is under way has to arrive, before others follow
	}
	d.seen = b.proxy.Seen()
	b.proxy.Watch()
	d.after = b.good(ctx, "after-"+mark)
	b.leak(d)
	b.take(d, mark)
	return d
}

func (b *bench) leak(d *deed) {
	if !b.settle() {
		d.leaked = b.proxy.Open() + int(b.busy.Load())
	}
}

// clientOf returns a client as the plan wants it, which shares connections and limiter with that of the bench.
func (b *bench) clientOf(p *plan) (*client.Client, error) {
	opts := []client.Option{client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: p.attempts})}
	if p.patience > 0 && p.leave == byTimeout {
		opts = append(opts, client.WithTimeout(p.patience))
	}
	if p.refused {
		scheme, _, _ := strings.Cut(b.proxy.URL, ":")
		opts = append(opts, client.WithBaseURL(scheme+nowhere), client.WithAPIKey(kustomertest.APIKey), client.WithLimiter(b.limiter))
	}
	return b.client.Clone(opts...)
}

// impatiently makes the call, and leaves when the plan says so.
func (b *bench) impatiently(ctx context.Context, c *client.Client, p *plan, mark string) (string, int, error) {
	if p.patience > 0 && p.leave != byTimeout {
		var cancel context.CancelFunc
		if p.leave == byDeadline {
			ctx, cancel = context.WithTimeout(ctx, p.patience)
		} else {
			ctx, cancel = context.WithCancel(ctx)
			defer time.AfterFunc(p.patience, cancel).Stop()
		}
		defer cancel()
	}
	return b.call(ctx, c, p, mark)
}

// good makes a call that has to succeed. The connection that a fault has left may be lost under it, which is no more than
// one attempt.
func (b *bench) good(ctx context.Context, mark string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*patient)
	defer cancel()
	_, err := b.client.AppendTagsToConversation(ctx, b.conversation, []string{mark})
	return err
}

// take reads what the server has done.
func (b *bench) take(d *deed, mark string) {
	for _, r := range b.fake.Requests() {
		if strings.HasSuffix(r.Path, "/"+mark) || bytes.Contains(r.Body, []byte(`"`+mark+`"`)) {
			d.arrived++
			if r.Applied {
				d.applied++
			}
		}
	}
	if d.plan.kind == create || d.plan.kind == post {
		for _, conv := range b.fake.Conversations() {
			if conv.Attributes.ExternalID == mark {
				d.theID = conv.ID
				if conv.ID == d.id {
					break
				}
			}
		}
	}
}
