package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// A Replicated is a primary and a replica, which sentinels watch. If the primary does not respond for a second, they
// promote the replica.
type Replicated struct {
	Primary, Replica *Server // as they were at the start
	Sentinels        []*Server
}

// PrimaryName is the name of the primary that clients ask the sentinels for.
const PrimaryName = "primary"

const sentinels = 3

// Replicated starts a primary, a replica and three sentinels, and returns when all know each other.
func (g *Group) Replicated(ctx context.Context) (r *Replicated, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r = &Replicated{}
	if r.Primary, err = g.Server(ctx, "--repl-diskless-sync-delay", "0"); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(r.Primary.Addr)
	if err != nil {
		return nil, err
	}
	if r.Replica, err = g.Server(ctx, "--replicaof", host, port); err != nil {
		return nil, err
	}
	online := func() bool {
		return strings.Contains(r.Primary.Do(ctx, "INFO", "replication").String(), "state=online")
	}
	if err := r.Primary.until(ctx, "get a replica", online); err != nil {
		return nil, err
	}
	// A sentinel asks a primary for its replicas at once, and then every 10 s only.
	for range sentinels {
		s, err := g.start(ctx, g.program.sentinel(), r.sentinelConfig)
		if err != nil {
			return nil, err
		}
		r.Sentinels = append(r.Sentinels, s)
	}
	for _, s := range r.Sentinels {
		if err := s.until(ctx, "find the others", func() bool { return r.known(ctx, s) }); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Replicated) sentinelConfig(dir, port string) ([]string, error) {
	_, primary, err := net.SplitHostPort(r.Primary.Addr)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`port %s
bind 127.0.0.1
dir %s
sentinel monitor %[3]s 127.0.0.1 %[4]s 2
sentinel down-after-milliseconds %[3]s 1000
sentinel failover-timeout %[3]s 5000
`, port, dir, PrimaryName, primary)
	file := filepath.Join(dir, "sentinel.conf") // sentinels write what they learn into it
	return []string{file}, os.WriteFile(file, []byte(config), 0o600)
}

// known reports whether a sentinel knows the replica and the other sentinels.
func (r *Replicated) known(ctx context.Context, s *Server) bool {
	state, err := s.Do(ctx, "SENTINEL", "MASTER", PrimaryName).StringSlice()
	if err != nil {
		return false
	}
	fields := map[string]string{}
	for i := 0; i+1 < len(state); i += 2 {
		fields[state[i]] = state[i+1]
	}
	return fields["flags"] == "master" && fields["num-slaves"] == "1" && fields["num-other-sentinels"] == fmt.Sprint(sentinels-1)
}

// Addrs are the addresses of the sentinels.
func (r *Replicated) Addrs() (all []string) {
	for _, s := range r.Sentinels {
		all = append(all, s.Addr)
	}
	return all
}

// Promoted waits until the replica is a primary, and all sentinels name it to clients.
func (r *Replicated) Promoted(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := r.Replica.until(ctx, "become a primary", func() bool {
		role, err := r.Replica.Do(ctx, "ROLE").Slice()
		return err == nil && len(role) > 0 && role[0] == "master"
	})
	for _, s := range r.Sentinels {
		err = errors.Join(err, s.until(ctx, "name the new primary", func() bool {
			named, err := s.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", PrimaryName).StringSlice()
			return err == nil && len(named) == 2 && net.JoinHostPort(named[0], named[1]) == r.Replica.Addr
		}))
	}
	return err
}
