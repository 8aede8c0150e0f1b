package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// sendAll makes calls for customer A, responds to those that are sent within the time, and returns how many these are.
func (b *bench) sendAll(n int, within time.Duration) int {
	calls, done := b.calls(n, customerA), map[*call]bool{}
	for end := time.Now().Add(within); time.Now().Before(end); pass(10 * time.Millisecond) {
		for _, c := range calls {
			if c.sent() && !done[c] {
				done[c] = true
				c.respond(http.StatusOK, http.Header{})
			}
		}
	}
	for _, c := range calls {
		c.cancel()
	}
	return len(done)
}

// A lossyPool loses the responses of the exchanges that are about records, as long as it is told so.
type lossyPool struct {
	*testPool
	lose bool
}

func (p *lossyPool) Exchange(ctx context.Context, r ratelimit.Report) (ratelimit.Grant, error) {
	g, err := p.testPool.Exchange(ctx, r)
	if p.lose && len(r.Records) > 0 {
		return ratelimit.Grant{}, errors.New("the response was lost")
	}
	return g, err
}

// What a member sends for a customer counts once, whether or not the pool was there, and the response came.
func TestMemberCountsOnceForACustomer(t *testing.T) {
	for name, test := range map[string]struct {
		fail func(p *lossyPool)
		sent int // by the first member
	}{
		"the pool works":          {func(*lossyPool) {}, 5},
		"the pool fails":          {func(p *lossyPool) { p.set(errors.New("connection refused"), nil, 0) }, 5},
		"its responses are lost":  {func(p *lossyPool) { p.lose = true }, 5},
		"all responses were lost": {func(p *lossyPool) { p.lose = true }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inPool(t, ratelimit.Config{CustomerLimit: 32}, 0, func(t *testing.T, p *testPool, _ []*bench) {
				lossy := &lossyPool{testPool: p}
				a, b := join(t, lossy, ratelimit.Config{CustomerLimit: 32}), join(t, lossy, ratelimit.Config{CustomerLimit: 32})
				a.learn(1000, 900)
				want(t, "sent at first", a.sendAll(test.sent, 3*time.Second), test.sent)
				test.fail(lossy)
				want(t, "sent then", a.sendAll(7, 6*time.Second), 7)
				lossy.lose = false
				p.set(nil, nil, 0)
				a.learn(1000, 800) // it is in the pool again
				pass(2 * time.Second)
				want(t, "left to the other one", b.sendAll(32, 4*time.Second), 32-test.sent-7)
			})
		})
	}
}

// A call that waits for the pool does not say that it waits for requests in flight, because there are none.
func TestWaitForARecordOfThePool(t *testing.T) {
	inPool(t, ratelimit.Config{}, 1, func(t *testing.T, p *testPool, m []*bench) {
		b := m[0]
		b.learn(1000, 900)
		b.call(recordA).respond(http.StatusTooManyRequests, left(1000, 899))
		pass(3 * time.Second)
		held := b.call(recordA)
		pass(time.Second)
		held.respond(http.StatusOK, left(1000, 898))
		pass(3 * time.Second) // it is given back
		hang := make(chan struct{})
		p.set(nil, hang, 0)
		c := b.call(ratelimit.Request{Object: "a", MaxWait: 50 * time.Millisecond})
		pass(51 * time.Millisecond)
		if e := c.waitError(); e.Scope != ratelimit.ScopeObject || strings.Contains(e.Error(), "in flight") {
			t.Errorf("scope %v, error %v", e.Scope, e)
		}
		close(hang)
	})
}
