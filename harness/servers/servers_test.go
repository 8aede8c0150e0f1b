package servers

import (
	"os"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// A server that was killed and started has lost its data. One that was paused has kept them. Close ends it in a pause too.
func TestServer(t *testing.T) {
	t.Parallel()
	ForEach(t, func(t *testing.T, g *Group) {
		ctx := t.Context()
		s, err := g.Server(ctx)
		if err != nil {
			t.Fatal(err)
		}
		has := func(want int64) {
			t.Helper()
			if n, err := s.Do(ctx, "EXISTS", "key").Int64(); n != want || err != nil {
				t.Errorf("there are %d keys, %v, want %d", n, err, want)
			}
		}
		if err := s.Do(ctx, "SET", "key", "value").Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Pause(); err != nil {
			t.Fatal(err)
		}
		if err := s.Continue(); err != nil {
			t.Fatal(err)
		}
		has(1)
		s.Kill()
		if err := s.Do(ctx, "PING").Err(); err == nil {
			t.Error("a killed server responds")
		}
		if err := s.Start(ctx); err != nil {
			t.Fatal(err)
		}
		has(0)
		if err := s.Pause(); err != nil {
			t.Fatal(err)
		}
		pid := s.process.Process.Pid
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, 0); err == nil {
			t.Error("the process is left")
		}
		if _, err := os.Stat(g.dir); err == nil {
			t.Error("its files are left")
		}
	})
}

// A server that ends at its start says why.
func TestServerFails(t *testing.T) {
	t.Parallel()
	ForEach(t, func(t *testing.T, g *Group) {
		if _, err := g.Server(t.Context(), "--no-such-option", "yes"); err == nil {
			t.Error("it starts with an unknown option")
		} else {
			t.Log(err)
		}
	})
}

func TestReplicated(t *testing.T) {
	t.Parallel()
	ForEach(t, func(t *testing.T, g *Group) {
		ctx := t.Context()
		r, err := g.Replicated(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r.Primary.Kill()
		if err := r.Promoted(ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.Replica.Do(ctx, "SET", "key", "value").Err(); err != nil {
			t.Error("the promoted replica is read-only:", err)
		}
	})
}

func TestCluster(t *testing.T) {
	t.Parallel()
	ForEach(t, func(t *testing.T, g *Group) {
		ctx := t.Context()
		c, err := g.Cluster(ctx)
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs()})
		defer client.Close()
		for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
			if err := client.Set(ctx, key, "value", 0).Err(); err != nil {
				t.Error(err)
			}
			owner, err := c.Owner(ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := owner.Do(ctx, "EXISTS", key).Int64(); n != 1 || err != nil {
				t.Errorf("the owner of %s does not have it: %d, %v", key, n, err)
			}
		}
		owner, err := c.Owner(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		owner.Kill()
		if err := owner.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if err := c.Serving(ctx); err != nil {
			t.Error(err)
		}
	})
}
