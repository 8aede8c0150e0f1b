package faultproxy

import (
	"bytes"
	"time"
)

// answered takes in a frame from the server.
func (r *relay) answered(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.late != nil && f.stream() == r.stream {
		r.late = append(r.late, f...)
		return
	}
	if f.stream() != r.stream || r.stream == 0 || r.over {
		r.send(f)
		if f.stream() == r.stream && f.endsStream() && r.done != nil {
			close(r.done)
			r.done = nil
		}
		return
	}
	head := f.kind() == frameHeaders && !r.begun
	r.begun = r.begun || head
	switch {
	case r.fault.trickles(AfterAnswer):
		_ = trickle(r, f)
	case head && r.fault.Moment == AfterPassing:
		r.spoil(nil, f)
	case head && r.fault.Moment == InAnswerHead:
		n := 1 + int(r.fault.At*float64(len(f)-1))
		r.spoil(f[:n], f[n:])
	case f.kind() == frameData && r.fault.Moment == InAnswerBody:
		n := int(r.fault.At * float64(len(f)-9))
		r.spoil(newFrame(frameData, 0, r.stream, f[9:9+n]), newFrame(frameData, f[4], r.stream, f[9+n:]))
	case f.endsStream() && r.fault.Moment == AfterAnswer:
		r.spoil(f, nil)
	default:
		r.send(f)
	}
}

// spoil sends a part of the answer and then goes wrong. The rest is what would follow.
func (r *relay) spoil(part, rest frame) {
	r.over = true
	r.send(part)
	switch r.fault.Manner {
	case Stall:
		r.over = false
		r.send(r.spoilt())
		r.late = append(make([]byte, 0, 1), rest...)
	case ResetStream:
		r.send(resetFrame(r.stream, r.fault.Code))
		r.late = append(make([]byte, 0, 1), rest...)
	case GoAway:
		r.goAway(r.stream)
		if r.fault.At < 0.5 {
			r.send(rest)
			return
		}
		r.end(Close)
	default:
		r.send(r.spoilt())
		r.end(r.fault.Manner)
	}
}

// goAway says which request is the last one that is taken. As a server does, it leaves for good when the client had time to:
// net/http itself lets the connection be where it has given up the request a moment before.
func (r *relay) goAway(last uint32) {
	r.send(goAwayFrame(last, r.fault.Code))
	time.AfterFunc(time.Second, func() { r.tcp.Close() })
}

// spoilt is an answer that the fault wants instead of the right one, if it does. Headers are written without a table.
func (r *relay) spoilt() []byte {
	status := func(text string) []byte {
		return newFrame(frameHeaders, flagEndHeaders, r.stream, append([]byte{0x08, byte(len(text))}, text...))
	}
	switch r.fault.Spoil {
	case Noise:
		return bytes.Repeat([]byte("HTTP/1.0 400 Bad Request\r\n"), 40) // the head of a frame of 4 MiB
	case StatusLine:
		return status("2OO")
	case Flood:
		return bytes.Repeat(status("103"), 20000)
	case HugeHeader:
		return newFrame(frameHeaders, flagEndHeaders, r.stream, bytes.Repeat([]byte{0xff}, 1000))
	}
	return nil
}
