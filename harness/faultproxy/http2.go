package faultproxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

// A relay forwards the frames of one connection in both directions, as they are, and does not decode headers.
type relay struct {
	*conn
	upstream *net.TCPConn
	client   *http2.Framer // reads and writes frames of the client
	server   *http2.Framer // the same for the server

	mu     sync.Mutex // guards all fields below
	stream uint32     // of the newest request with a fault; 0 is none
	fault  Fault
	failed bool // the fault has taken place, and the client gets nothing more of the stream
}

// A frame is an HTTP/2 frame with its payload as it was sent.
type frame struct {
	http2.FrameHeader
	payload []byte
}

func readFrame(framer *http2.Framer, r io.Reader) (frame, error) {
	h, err := framer.ReadFrameHeader()
	if err != nil {
		return frame{}, err
	}
	f := frame{h, make([]byte, h.Length)}
	_, err = io.ReadFull(r, f.payload)
	return f, err
}

// readFrames handles frames until the connection ends.
func readFrames(framer *http2.Framer, r io.Reader, handle func(frame)) {
	for f, err := readFrame(framer, r); err == nil; f, err = readFrame(framer, r) {
		handle(f)
	}
}

func (f frame) bytes() []byte {
	var b bytes.Buffer
	_ = http2.NewFramer(&b, nil).WriteRawFrame(f.Type, f.Flags, f.StreamID, f.payload)
	return b.Bytes()
}

func (f frame) endsStream() bool {
	return (f.Type == http2.FrameHeaders || f.Type == http2.FrameData) && f.Flags.Has(http2.FlagDataEndStream)
}

func (c *conn) serveHTTP2() {
	upstream, err := net.DialTCP("tcp", nil, c.proxy.server.Listener.Addr().(*net.TCPAddr))
	if err != nil {
		return
	}
	defer upstream.Close()
	fromServer := bufio.NewReader(upstream)
	r := &relay{conn: c, upstream: upstream, client: http2.NewFramer(c, c.in), server: http2.NewFramer(upstream, fromServer)}
	if _, err := io.CopyN(upstream, c.in, int64(len(http2.ClientPreface))); err != nil {
		return
	}
	// The first frame of a server has to be SETTINGS, so no fault may come before it.
	settings, err := readFrame(r.server, fromServer)
	if err != nil {
		return
	}
	_, _ = c.Write(settings.bytes())
	var wg sync.WaitGroup
	wg.Go(func() {
		readFrames(r.server, fromServer, r.fromServer)
		c.tcp.Close()
	})
	readFrames(r.client, c.in, r.fromClient)
	_ = upstream.CloseWrite() // the server closes the connection when it has read everything
	wg.Wait()
}

// fromClient forwards a frame of the client. If the server must not get the whole request, the stream stays open.
func (r *relay) fromClient(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch f.Type {
	case http2.FrameSettings:
		if !f.Flags.Has(http2.FlagSettingsAck) {
			// Without a dynamic table, the header blocks of the server do not depend on each other, so they can be dropped.
			f.payload = append(f.payload, 0, byte(http2.SettingHeaderTableSize), 0, 0, 0, 0)
		}
	case http2.FrameHeaders: // a new request, because the client sends no trailers
		if fault := r.proxy.nextRequest(); fault.Moment != 0 {
			r.stream, r.fault, r.failed = f.StreamID, fault, false
		}
	}
	if r.stream == 0 || f.StreamID != r.stream {
		_, _ = r.upstream.Write(f.bytes())
		return
	}
	ends := f.endsStream()
	if ends && !r.fault.reachesServer() {
		f.Flags &^= http2.FlagDataEndStream
	}
	_, _ = r.upstream.Write(f.bytes())
	m := r.fault.Moment
	if !r.failed && (m == InRequestHead || m == InRequestBody && f.Type == http2.FrameData || m <= BeforeForwarding && ends) {
		r.fail(nil)
	}
}

// fromServer forwards a frame of the server, or a part of it if the fault happens there.
func (r *relay) fromServer(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stream == 0 || f.StreamID != r.stream:
		_, _ = r.Write(f.bytes())
	case r.failed:
	case r.fault.Moment == BeforeResponse && f.Type == http2.FrameHeaders:
		r.fail(f.bytes())
	case r.fault.Moment == InResponseBody && f.Type == http2.FrameData:
		n := r.fault.part(len(f.payload))
		_ = r.client.WriteData(f.StreamID, false, f.payload[:n])
		f.payload = f.payload[n:]
		r.fail(f.bytes())
	case r.fault.Moment == AfterResponse && f.endsStream():
		_, _ = r.Write(f.bytes())
		r.fail(nil)
	default:
		_, _ = r.Write(f.bytes())
	}
}

// fail applies the fault. rest is the part of the current frame that was not forwarded.
func (r *relay) fail(rest []byte) {
	r.failed = true
	r.proxy.takesPlace()
	if r.fault.Garbled != "" {
		_, _ = r.Write(garbledFrames[r.fault.Garbled](r.stream))
	}
	processed, last := r.fault.Moment > BeforeForwarding, r.stream
	if !processed && (r.fault.Manner == ResetStream || r.fault.Manner == GoAway) {
		_ = r.server.WriteRSTStream(r.stream, http2.ErrCodeCancel)
		last = max(last, 2) - 2
	}
	switch r.fault.Manner {
	case ResetStream:
		_ = r.client.WriteRSTStream(r.stream, r.fault.Code)
	case GoAway:
		_ = r.client.WriteGoAway(last, r.fault.Code, nil)
		if processed && r.fault.At >= 0.5 {
			r.end(Close)
			return
		}
		_, _ = r.Write(rest)
		r.stream = 0 // more of the response may follow
		// net/http does not close a connection whose last request was given up just before the GOAWAY.
		time.AfterFunc(200*time.Millisecond, func() { r.tcp.Close() })
	default:
		r.end(r.fault.Manner)
	}
}
