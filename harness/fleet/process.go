package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
)

// A process is a worker process, and what it has reported.
type process struct {
	cmd    *exec.Cmd
	ready  chan struct{} // closed when it waits for its queue
	ended  chan struct{} // closed when it has ended; then the fields below may be read
	killed atomic.Bool

	calls     []call
	events    []event
	exchanges int64
	err       error
}

// startProcess starts this program again, as a worker that is killed when ctx is done.
func startProcess(ctx context.Context, j job, q *queue) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	input, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, self), ready: make(chan struct{}), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), workerVariable+"=yes")
	p.cmd.Stdin, p.cmd.Stderr, p.cmd.ExtraFiles = bytes.NewReader(input), os.Stderr, []*os.File{q.out}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.ended)
		err := p.read(json.NewDecoder(out))
		if err != nil {
			_ = p.cmd.Process.Kill()
		}
		if wait := p.cmd.Wait(); !p.killed.Load() {
			if err = errors.Join(err, wait); err != nil {
				p.err = fmt.Errorf("a worker process has failed: %w", err)
			}
		}
	}()
	return p, nil
}

// read reads the reports of the process.
func (p *process) read(d *json.Decoder) error {
	for {
		var r report
		if err := d.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		p.exchanges = r.Exchanges
		switch {
		case r.Ready:
			close(p.ready)
		case r.Call != nil:
			p.calls = append(p.calls, *r.Call)
		case r.Event != nil:
			p.events = append(p.events, *r.Event)
		}
	}
}

// waitReady waits until the process waits for its queue.
func (p *process) waitReady() error {
	select {
	case <-p.ready:
		return nil
	case <-p.ended:
		return errors.Join(errors.New("a worker process has ended at its start"), p.err)
	}
}

// kill ends the process by SIGKILL.
func (p *process) kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.ended
}
