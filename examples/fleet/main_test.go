package main

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9/logging"
)

// TestMain lets this test binary be a worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		main()
		return
	}
	logging.Disable()
	os.Exit(m.Run())
}

// A running is a fleet that runs, and its last table.
type running struct {
	stop   context.CancelFunc
	tables chan string
	last   string
}

func start(t *testing.T, s *store, processes int) *running {
	ctx, stop := context.WithCancel(t.Context())
	r := &running{stop: stop, tables: make(chan string)}
	go func() {
		defer close(r.tables)
		run(ctx, s, processes, func(table string) {
			select {
			case r.tables <- table:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() { r.end(t) })
	return r
}

// end stops the fleet and waits until it has ended.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	for deadline := time.After(time.Minute); ; {
		select {
		case _, more := <-r.tables:
			if !more {
				return
			}
		case <-deadline:
			t.Fatal("the fleet does not end")
		}
	}
}

// waitFor waits until so many lines of the table match an expression.
func (r *running) waitFor(t *testing.T, expression string, lines int) {
	t.Helper()
	for deadline := time.After(time.Minute); len(regexp.MustCompile("(?m)"+expression).FindAllString(r.last, -1)) != lines; {
		select {
		case r.last = <-r.tables:
		case <-deadline:
			t.Fatalf("there are not %d lines like %s in\n%s", lines, expression, r.last)
		}
	}
}

// attached matches the row of a process that has sent requests.
const attached = `^worker-\d +\d+ +[1-9]\d* .*% +\d+ +\d+ +\d+ +attached$`

func TestFleet(t *testing.T) {
	redis := miniredis.RunT(t)
	s, err := connect(t.Context(), redis.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	r := start(t, s, 8)
	r.waitFor(t, attached, 8)
	r.waitFor(t, `^budget +\d+ of 300 requests left, next window in \d+ s$`, 1)
	redis.Close()
	r.waitFor(t, `^worker-\d .* alone: redislimit: `, 8)
	r.waitFor(t, `^store .*, which fails: `, 1)
	if err := redis.Restart(); err != nil {
		t.Fatal(err)
	}
	r.waitFor(t, attached, 8)

	if runtime.GOOS == "windows" {
		return // no signals
	}
	var workers []*os.Process
	for _, row := range regexp.MustCompile(`(?m)^worker-\d +(\d+)`).FindAllStringSubmatch(r.last, -1) {
		id, _ := strconv.Atoi(row[1])
		p, err := os.FindProcess(id)
		if err != nil {
			t.Fatal(err)
		}
		workers = append(workers, p)
	}
	if err := workers[2].Kill(); err != nil {
		t.Fatal(err)
	}
	r.waitFor(t, `^worker-3 .* ended: signal: killed$`, 1)
	r.end(t)
	for _, p := range workers {
		if err := p.Signal(syscall.Signal(0)); err == nil {
			t.Errorf("the process %d is left", p.Pid)
		}
	}
}

func TestWithoutStore(t *testing.T) {
	r := start(t, &store{about: "none"}, 2)
	r.waitFor(t, `^worker-\d +\d+ +[1-9]\d* .*% +\d+ +- +- +shares nothing$`, 2)
}

// Without an address, a server is started, and stopped in the end.
func TestOwnServer(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is missing, so fleet cannot start one")
	}
	s, err := connect(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, s, 2)
	r.waitFor(t, attached, 2)
	r.end(t)
	s.stop()
	if _, err := os.Stat(s.address); err == nil {
		t.Errorf("%s is left", s.address)
	}
}

func TestNoServer(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := connect(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "-store off") {
		t.Errorf("the error does not say what to do: %v", err)
	}
}
