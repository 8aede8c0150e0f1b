package main

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// TestMain lets this test binary run sync, so that tests can kill it.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_SYNC") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A process runs sync.
type process struct {
	*exec.Cmd
	ended chan struct{}

	mu      sync.Mutex
	changed *sync.Cond
	output  string
	over    bool
}

// start starts sync for the orders in a file and a fake Kustomer.
func start(t *testing.T, srv *server, path string) *process {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process on Windows cannot send these signals to another one")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(exe, "-search-for", searchFor.String(), path), ended: make(chan struct{})}
	p.changed = sync.NewCond(&p.mu)
	p.Env = append(os.Environ(), "RUN_SYNC=1", "KUSTOMER_BASE_URL="+srv.url, "KUSTOMER_API_KEY="+kustomertest.APIKey,
		"KUSTOMER_ORG=", "KUSTOMER_API_KEY_FILE=")
	p.Stderr = p
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Cmd.Wait() // ProcessState has the result
		p.mu.Lock()
		defer p.mu.Unlock()
		p.over = true
		p.changed.Broadcast()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("sync %v wrote:\n%s", p.Process.Pid, p.output)
		}
	})
	return p
}

// Write receives the output of the process.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.output += string(b)
	p.changed.Broadcast()
	return len(b), nil
}

// waitFor waits until the process writes a text.
func (p *process) waitFor(t *testing.T, text string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !strings.Contains(p.output, text) {
		if p.over {
			t.Fatalf("sync ended with %v and did not write %q", p.ProcessState, text)
		}
		p.changed.Wait()
	}
}

// waitStop waits until the server stops the process at a request.
func (p *process) waitStop(t *testing.T, stop <-chan struct{}) {
	t.Helper()
	select {
	case <-stop:
	case <-p.ended:
		t.Fatalf("sync ended with %v before the request", p.ProcessState)
	}
}

// waitEnd waits until the process ends by itself.
func (p *process) waitEnd(t *testing.T, code int) {
	t.Helper()
	<-p.ended
	if got := p.ProcessState.ExitCode(); got != code {
		t.Fatalf("sync ended with %v, want the exit status %d", p.ProcessState, code)
	}
}
