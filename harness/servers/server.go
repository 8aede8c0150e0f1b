package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// A Server is one server process. Its methods must not be called concurrently.
type Server struct {
	Addr string // stays the same after a restart

	program, dir, port string
	args               []string
	process            *exec.Cmd     // nil if it is not running
	ended              chan struct{} // closed when the process has ended
	admin              *redis.Client
}

// Connections to servers that are down are expected, and go-redis logs each.
func init() { logging.Disable() }

// patience is how long a server may take to start, or servers to agree on something.
const patience = 30 * time.Second

// startTries is how often another port is tried, because another program may take a free port first.
const startTries = 5

// start starts a program on a free port. config returns its arguments for a port.
func start(ctx context.Context, dir, program string, config func(dir, port string) ([]string, error)) (s *Server, err error) {
	for range startTries {
		if s, err = tryStart(ctx, dir, program, config); err == nil || ctx.Err() != nil {
			return s, err
		}
	}
	return nil, err
}

func tryStart(ctx context.Context, dir, program string, config func(dir, port string) ([]string, error)) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, port)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	args, err := config(dir, port)
	if err != nil {
		return nil, err
	}
	s := &Server{Addr: address(port), program: program, dir: dir, port: port, args: args}
	s.admin = redis.NewClient(&redis.Options{Addr: s.Addr, Protocol: 2, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true})
	if err := s.Start(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// Start starts the server again after [Server.Kill], and returns once it responds. It has lost its data.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(s.program, s.args...)
	process.Dir, process.Stdout, process.Stderr, process.SysProcAttr = s.dir, log, log, withParent()
	if err := process.Start(); err != nil {
		return err
	}
	s.process, s.ended = process, make(chan struct{})
	go func(ended chan struct{}) {
		_ = process.Wait()
		close(ended)
	}(s.ended)
	return s.until(ctx, "respond", func() bool { return s.admin.Ping(ctx).Err() == nil })
}

// until polls a condition that the server has to reach.
func (s *Server) until(ctx context.Context, what string, reached func() bool) error {
	for !reached() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s does not %s: %w", s.program, s.Addr, what, ctx.Err())
		case <-s.ended:
			return fmt.Errorf("%s %s has ended: %s", s.program, s.Addr, s.lastLog())
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// lastLog returns the end of the server's log.
func (s *Server) lastLog() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text[max(len(text)-1000, 0):])
}

// Do sends one command. It is not sent again if it fails.
func (s *Server) Do(ctx context.Context, args ...any) *redis.Cmd { return s.admin.Do(ctx, args...) }

// Pause stops the process by SIGSTOP. The system still accepts connections for it.
func (s *Server) Pause() error { return s.process.Process.Signal(syscall.SIGSTOP) }

// Continue ends a pause.
func (s *Server) Continue() error { return s.process.Process.Signal(syscall.SIGCONT) }

// Kill ends the process by SIGKILL, even in a pause. It does nothing if the process has ended.
func (s *Server) Kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		<-s.ended
		s.process = nil
	}
}

func (s *Server) close() {
	s.Kill()
	_ = s.admin.Close()
}
