package ratelimit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A member leaves to others a share of what it believes to be left. If the pool knows of less, nothing may be over, but the
// member does not wait until the window ends.
func TestReserveOfOlderCount(t *testing.T) {
	inPool(t, ratelimit.Config{Reserve: -1}, 2, func(t *testing.T, _ *testPool, m []*bench) {
		m[0].learn(1000, 999)
		calls := m[0].calls(30, plain)
		pass(time.Second)
		want(t, "calls sent", sent(calls), len(calls))
		for i, c := range calls {
			c.respond(http.StatusOK, left(1000, 999-(i+1)*499/len(calls))) // others use most
		}
		pass(time.Second)
		c := m[1].call(plain)
		pass(time.Second)
		c.respond(http.StatusOK, left(1000, 450))
		pass(time.Second)

		c = m[0].call(plain)
		pass(2 * time.Second)
		if !c.sent() {
			t.Error("a call waits, although 450 requests are left")
		} else {
			c.respond(http.StatusOK, left(1000, 449))
		}
	})
}
