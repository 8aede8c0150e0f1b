package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/harness/servers"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
	"github.com/kustomer-go/kustomer/redislimit"
)

// What a process had leased or in flight when it was killed returns to the others, in the same window.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	servers.ForEach(t, func(t *testing.T, g *servers.Group) {
		const limit, slowCalls, calls = 100, 50, 90
		var slow sync.Map // paths of conversations whose updates take a minute
		fake := kustomertest.NewServer(t, kustomertest.Config{OrgLimit: limit, Faults: func(r kustomertest.Request) *kustomertest.Fault {
			if _, ok := slow.Load(strings.TrimSuffix(r.Path, "/tags")); ok {
				return &kustomertest.Fault{Delay: window}
			}
			return nil
		}})
		conversations := func(n int) (ids []string) {
			for range n {
				ids = append(ids, fake.AddConversation(fake.AddCustomer()))
			}
			return ids
		}
		targets := conversations(1 + slowCalls) // the first one shows the limit
		for _, id := range targets[1:] {
			slow.Store("/v1/conversations/"+id, nil)
		}
		s, err := g.Server(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		address, config := storeAddress{Addrs: []string{s.Addr}}, ratelimit.Config{Reserve: -1}

		q, err := newQueue()
		if err != nil {
			t.Fatal(err)
		}
		p, err := startProcess(t.Context(), job{
			Store: address, Org: "acme", URL: fake.URL, Config: config, Members: 1, Workers: slowCalls, Targets: targets,
		}, q)
		if err != nil {
			t.Fatal(err)
		}
		defer p.kill()
		q.release()
		defer q.end()
		if err := q.fill(1); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { all := fake.Requests(); return len(all) > 0 && all[0].Status > 0 }, "the limit is known")
		if err := q.fill(slowCalls); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return len(fake.Requests()) == 1+slowCalls }, "the process sends %d requests", 1+slowCalls)

		var detached atomic.Int64 // which may happen on a busy machine
		rdb := address.connect()
		defer rdb.Close()
		m, err := newMember(rdb, "acme", fake.URL, &http.Client{Transport: &http.Transport{}}, redislimit.WithConfig(config),
			redislimit.WithPatience(300*time.Millisecond), redislimit.WithObserver(func(redislimit.Event) { detached.Add(1) }))
		if err != nil {
			t.Fatal(err)
		}
		defer m.limiter.Close(context.Background())
		var done, failed atomic.Int64
		var callers sync.WaitGroup
		defer callers.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*deadline)
		defer cancel()
		for _, id := range conversations(calls) {
			callers.Go(func() {
				if _, err := m.AppendTagsToConversation(ctx, id, []string{"vip"}); err != nil {
					failed.Add(1)
				}
				done.Add(1)
			})
		}
		const left = limit - 1 - slowCalls
		eventually(t, func() bool { return done.Load() >= left }, "the other one makes %d calls", left)
		if n := done.Load(); n > left && detached.Load() == 0 {
			t.Errorf("the other one has made %d calls, %d were left", n, left)
		}
		p.kill()
		eventually(t, func() bool { return done.Load() == calls }, "the other one makes all of its calls")
		if n := failed.Load(); n > 0 {
			t.Errorf("%d calls have failed", n)
		}
		for _, r := range fake.Requests() {
			if r.Status == http.StatusTooManyRequests {
				t.Error("a request was refused")
			}
		}
	})
}
