package faultproxy

import (
	"bufio"
	"io"
	"net"
	"sync"
	"time"
)

// A relay passes the frames of one connection on, in both directions. It understands no header: one that is kept back has
// to be passed on later, or the tables with which both sides write them would differ.
type relay struct {
	*link
	up net.Conn

	mu     sync.Mutex // guards all below
	fault  Fault
	stream uint32        // that the fault is about; 0 is none
	over   bool          // nothing more goes wrong with it
	begun  bool          // the first frame of its answer has come
	kept   []frame       // of the request
	late   []byte        // of the answer, for when the client has given up; not nil while it is kept back
	done   chan struct{} // closed when the answer to a late request has come; nil without one
}

func (l *link) serve2() {
	up, err := net.Dial("tcp", l.p.upstream)
	if err != nil {
		return
	}
	defer up.Close()
	r, answers := &relay{link: l, up: up}, bufio.NewReader(up)
	// Both sides begin with their settings; before those the client takes nothing else.
	start := make([]byte, len(preface))
	if _, err := io.ReadFull(r.in, start); err != nil {
		return
	}
	r.pass(start)
	settings, err := readFrame(answers)
	if err != nil {
		return
	}
	r.send(settings)
	var back sync.WaitGroup
	back.Go(func() {
		for {
			f, err := readFrame(answers)
			if err != nil {
				l.tcp.Close() // as if the server had done so
				return
			}
			r.answered(f)
		}
	})
	for {
		f, err := readFrame(r.in)
		if err != nil {
			break
		}
		r.requested(f)
	}
	if done := r.isLate(); done != nil {
		// The end of the connection would be taken for the caller's leaving.
		select {
		case <-done:
		case <-time.After(time.Second):
		}
	}
	up.Close()
	back.Wait()
}

func (r *relay) isLate() chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

// pass sends frames to the server. If that has gone, the connection ends soon.
func (r *relay) pass(frames ...frame) {
	for _, f := range frames {
		_, _ = r.up.Write(f)
	}
}

// send sends frames to the client. One that has gone is noticed by reading.
func (r *relay) send(frames ...[]byte) {
	for _, f := range frames {
		_, _ = r.Write(f)
	}
}
