package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// All searches share one limit, whatever they search. It does not block anything else, and a refused search does not either.
func TestSearchesShareALimit(t *testing.T) {
	customers, conversations := ratelimit.Request{Op: "customers", Search: true}, ratelimit.Request{Op: "conversations", Search: true}
	for name, config := range map[string]ratelimit.Config{"known": {SearchLimit: 10}, "unknown": {}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config, func(b *bench) {
				b.learn(1000, 900)
				b.call(customers).respond(http.StatusTooManyRequests, left(1000, 899, "Retry-After", "10"))
				refused := append(b.calls(2, conversations), b.call(customers))
				want(t, "searches sent after a refusal", sent(refused), 0)
				for _, r := range []ratelimit.Request{plain, recordA, customerA, {Op: "customers"}} {
					if !b.call(r).sent() {
						t.Errorf("%+v waits too", r)
					}
				}
				if all := b.Snapshot().Blocked; len(all) != 1 || all[0].Kind != "search" || all[0].ID != "" || all[0].Waiting != 3 {
					t.Errorf("blocked are %+v", all)
				}
				pass(10 * time.Second)
				want(t, "searches sent after the wait", sent(refused), 1)
				refused[0].respond(http.StatusOK, left(1000, 880))
				want(t, "searches sent after a success", sent(refused), 3)
			})
		})
	}
	inBubble(t, ratelimit.Config{SearchLimit: 10}, func(b *bench) {
		b.learn(1000, 900)
		want(t, "searches of both kinds sent", sent(append(b.calls(8, customers), b.calls(8, conversations)...)), 10)
	})
}
