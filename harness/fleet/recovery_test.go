package main

import (
	"context"
	"testing"

	"github.com/kustomer-go/kustomer/harness/servers"
)

// A failure is how a store fails, and how it is mended.
type failure struct {
	name       string
	fail, mend func(context.Context, *servers.Server) error
	short      bool // it may be mended before mend is called
}

// command returns a step that is one command.
func command(args ...any) func(context.Context, *servers.Server) error {
	return func(ctx context.Context, s *servers.Server) error { return s.Do(ctx, args...).Err() }
}

func stop(_ context.Context, s *servers.Server) error         { return s.Pause() }
func resume(_ context.Context, s *servers.Server) error       { return s.Continue() }
func startAgain(ctx context.Context, s *servers.Server) error { return s.Start(ctx) }

func kill(_ context.Context, s *servers.Server) error {
	s.Kill()
	return nil
}

// While the store fails, calls go on, and all members are detached once. When it is back, they are attached by themselves.
func TestRecovery(t *testing.T) {
	eachFailure(t, []failure{
		{name: "stopped", fail: stop, mend: resume},
		{name: "restarted empty", fail: kill, mend: startAgain},
		{name: "paused", fail: command("CLIENT", "PAUSE", 1000*60, "WRITE"), mend: command("CLIENT", "UNPAUSE")},
		{name: "out of memory", fail: command("CONFIG", "SET", "maxmemory", 1), mend: command("CONFIG", "SET", "maxmemory", 0)},
		{name: "read-only", fail: command("REPLICAOF", "127.0.0.1", 1), mend: command("REPLICAOF", "NO", "ONE")},
		{
			name: "no permission",
			fail: command("ACL", "SETUSER", "default", "-evalsha", "-eval"), mend: command("ACL", "SETUSER", "default", "+evalsha", "+eval"),
		},
	}, func(t *testing.T, f failure, g *servers.Group) {
		s, err := g.Server(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		recovers(t, f, storeAddress{Addrs: []string{s.Addr}}, s)
	})
}

func TestClusterRecovery(t *testing.T) {
	eachFailure(t, []failure{
		{name: "owner stopped", fail: stop, mend: resume},
		{name: "owner restarted empty", fail: kill, mend: startAgain},
	}, func(t *testing.T, f failure, g *servers.Group) {
		c, err := g.Cluster(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		owner, err := c.Owner(t.Context(), "{acme}")
		if err != nil {
			t.Fatal(err)
		}
		recovers(t, f, storeAddress{Addrs: c.Addrs()}, owner)
	})
}

// A failover is a failure too. The replica may have lost what the primary knew last. A primary that was only stopped
// comes back and still believes that it is one.
func TestFailoverRecovery(t *testing.T) {
	eachFailure(t, []failure{
		{name: "primary killed", fail: kill},
		{name: "primary stopped", fail: stop, mend: resume},
	}, func(t *testing.T, f failure, g *servers.Group) {
		r, err := g.Replicated(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		failover := failure{short: true, fail: f.fail, mend: func(ctx context.Context, s *servers.Server) error {
			if err := r.Promoted(ctx); err != nil || f.mend == nil {
				return err
			}
			return f.mend(ctx, s)
		}}
		recovers(t, failover, storeAddress{Addrs: r.Addrs(), Primary: servers.PrimaryName}, r.Primary)
	})
}

// eachFailure runs a test of each failure with each installed program.
func eachFailure(t *testing.T, failures []failure, test func(*testing.T, failure, *servers.Group)) {
	t.Parallel()
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			servers.ForEach(t, func(t *testing.T, g *servers.Group) { test(t, f, g) })
		})
	}
}

// recovers tests one failure of a server.
func recovers(t *testing.T, f failure, address storeAddress, s *servers.Server) {
	t.Helper()
	c := newCrew(t, address)
	c.eventuallyCalls(t)
	if err := f.fail(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	c.eventuallyDetached(t)
	c.eventuallyCalls(t)
	if !f.short {
		// Now, no exchange that began before the failure is left.
		c.eventuallyDetached(t)
		var events [crewMembers]int
		for i, m := range c.members {
			events[i] = len(m.seen())
		}
		c.eventuallyCalls(t)
		for i, m := range c.members {
			if n := len(m.seen()); n > events[i] {
				t.Errorf("member %d has more events while the store fails: %v", i, m.seen())
			}
		}
	}
	if err := f.mend(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	c.eventuallyAttached(t)
	c.eventuallyCalls(t)
}

// A store that has lost its memory or its scripts still responds, so nobody is detached.
func TestUnnoticed(t *testing.T) {
	eachFailure(t, []failure{
		{name: "flushed", fail: command("FLUSHALL")},
		{name: "scripts flushed", fail: command("SCRIPT", "FLUSH")},
	}, func(t *testing.T, f failure, g *servers.Group) {
		s, err := g.Server(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c := newCrew(t, storeAddress{Addrs: []string{s.Addr}})
		for range 3 {
			c.eventuallyCalls(t)
			if err := f.fail(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		c.eventuallyCalls(t)
		c.eventuallyAttached(t)
		for i, m := range c.members {
			for _, e := range m.seen() {
				// On a busy machine, an exchange may be late.
				if replied(e.Err) {
					t.Errorf("member %d is detached: %v", i, e.Err)
				}
			}
		}
	})
}
