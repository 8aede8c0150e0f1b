package redislimit

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// eachStore runs a test with miniredis and with a real server. The latter is skipped if none is installed.
func eachStore(t *testing.T, test func(*testing.T, redis.UniversalClient)) {
	t.Run("miniredis", func(t *testing.T) { test(t, connect(t, miniredis.RunT(t).Addr())) })
	t.Run("redis-server", func(t *testing.T) { test(t, connect(t, startServer(t).addr)) })
}

func connect(t testing.TB, addr string) *redis.Client {
	rdb := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// A server is a real server, which ends with the test.
type server struct {
	addr    string
	args    []string
	process *os.Process
}

// startServer starts a real server with a socket in a directory of its own, or skips the test if none is installed.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis") // that of the test may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &server{addr: filepath.Join(dir, "socket")}
	s.args = append([]string{"--port", "0", "--unixsocket", s.addr, "--save", "", "--dir", dir}, args...)
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

func (s *server) start(t testing.TB) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not installed")
	}
	cmd := exec.Command(path, s.args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.process = cmd.Process
	rdb := connect(t, s.addr)
	eventually(t, "the server responds", func() bool { return rdb.Ping(t.Context()).Err() == nil })
}

func (s *server) kill() {
	_ = s.process.Kill()
	_, _ = s.process.Wait()
}

// eventually waits until a condition is true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it is not true within 30 s that %s", what)
		}
	}
}
