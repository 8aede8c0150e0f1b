package redislimit

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// documentedRule returns the arguments of ACL SETUSER in the package comment.
func documentedRule(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("redislimit.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`ACL SETUSER kustomer ((?s).*?)\n//\n`).FindSubmatch(source)
	if found == nil {
		t.Fatal("the package comment has no rule")
	}
	return strings.Fields(strings.ReplaceAll(string(found[1]), "//", " "))
}

// The documented rule is enough for all that the module does, and each of its commands is needed.
func TestLeastRule(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	admin := connect(t, s.addr)
	setUser := func(rule []string) {
		args := []any{"ACL", "SETUSER", "kustomer", "reset"}
		for _, word := range rule {
			args = append(args, word)
		}
		if err := admin.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	use := func() error {
		if err := admin.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if err := admin.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		rdb := redis.NewClient(&redis.Options{Addr: s.addr, Username: "kustomer", Password: "password"})
		defer rdb.Close()
		p := testPool(t, rdb, "acme")
		errs := []error{}
		one := func() {
			_, err := p.Exchange(t.Context(), full("a"))
			errs = append(errs, err)
		}
		one()
		if pool, err := admin.HGet(t.Context(), p.keys[0], "pool").Result(); err == nil {
			one()
			// Long ago for the pool: members are idle, members and records are forgotten.
			words := strings.Fields(pool)
			words[2] = "200000000"
			for range 2 {
				admin.HSet(t.Context(), p.keys[0], "pool", strings.Join(words, " "))
				p.seq.Add(1)
				one()
			}
		}
		_, err := Fleet(t.Context(), rdb, "acme")
		errs = append(errs, err)
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
	rule := documentedRule(t)
	setUser(rule)
	if err := use(); err != nil {
		t.Fatalf("the documented rule is not enough: %v", err)
	}
	for i, word := range rule {
		if strings.HasPrefix(word, "+") {
			setUser(slices.Delete(slices.Clone(rule), i, i+1))
			if err := use(); err == nil {
				t.Errorf("%s is not needed", word)
			}
		}
	}
	setUser(rule)
	rdb := redis.NewClient(&redis.Options{Addr: s.addr, Username: "kustomer", Password: "password"})
	t.Cleanup(func() { _ = rdb.Close() })
	if _, err := testPool(t, rdb, "acme", WithKeyPrefix("other")).Exchange(t.Context(), full("a")); err == nil {
		t.Error("other keys are allowed")
	}
}

// In a cluster, the documented rule and what the client needs itself are enough.
func TestCluster(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := startServer(t, "--cluster-enabled", "yes", "--port", strconv.Itoa(port), "--bind", "127.0.0.1")
	admin := connect(t, s.addr)
	if err := admin.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	args := []any{"ACL", "SETUSER", "kustomer", "on"}
	for _, word := range append(documentedRule(t), "+cluster|slots", "+command") {
		args = append(args, word)
	}
	if err := admin.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{fmt.Sprintf("127.0.0.1:%d", port)}, Username: "kustomer", Password: "password"})
	t.Cleanup(func() { _ = rdb.Close() })
	p := testPool(t, rdb, "acme")
	eventually(t, "the cluster is up", func() bool {
		_, err := p.Exchange(t.Context(), full("a"))
		return err == nil
	})
	if f, err := Fleet(t.Context(), rdb, "acme"); err != nil || len(f.Members) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}

// freePort returns a port whose number leaves room for that of the cluster's bus, which is larger by 10,000.
func freePort(t *testing.T) int {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if port := l.Addr().(*net.TCPAddr).Port; port+10_000 < 1<<16 {
			return port
		}
	}
}
