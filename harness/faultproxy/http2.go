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

// A relay forwards the frames of one connection in both directions. It does not decode headers, and forwards each header
// block, if necessary late: without it, the other side could not decode those that follow.
type relay struct {
	*conn
	upstream net.Conn
	client   *http2.Framer // reads and writes frames of the client
	server   *http2.Framer // the same for the server

	mu     sync.Mutex // guards all fields below
	newest uint32     // stream of the newest request
	stream uint32     // of the newest request with a fault; 0 is none
	fault  Fault
	failed bool   // the fault has taken place
	hold   bool   // frames of the response go to held
	held   []byte // sent when the client has given up the stream
}

// A frame is an HTTP/2 frame with the payload as it was sent.
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

func (f frame) bytes() []byte {
	var b bytes.Buffer
	_ = http2.NewFramer(&b, nil).WriteRawFrame(f.Type, f.Flags, f.StreamID, f.payload)
	return b.Bytes()
}

func (f frame) endsStream() bool {
	return (f.Type == http2.FrameHeaders || f.Type == http2.FrameData) && f.Flags.Has(http2.FlagDataEndStream)
}

func (c *conn) serveHTTP2() {
	upstream, err := net.Dial("tcp", c.proxy.server.Listener.Addr().String())
	if err != nil {
		return
	}
	defer upstream.Close()
	fromServer := bufio.NewReader(upstream)
	r := &relay{conn: c, upstream: upstream, client: http2.NewFramer(c, c.in), server: http2.NewFramer(upstream, fromServer)}
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.in, preface); err != nil {
		return
	}
	_, _ = upstream.Write(preface)
	// The first frame of a server has to be SETTINGS, so no fault may come before it.
	settings, err := readFrame(r.server, fromServer)
	if err != nil {
		return
	}
	_, _ = c.Write(settings.bytes())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			f, err := readFrame(r.server, fromServer)
			if err != nil {
				c.tcp.Close()
				return
			}
			r.fromServer(f)
		}
	})
	for {
		f, err := readFrame(r.client, c.in)
		if err != nil {
			break
		}
		r.fromClient(f)
	}
	upstream.Close()
	wg.Wait()
}

// fromClient forwards a frame of the client. If the server must not get the whole request, the stream stays open.
func (r *relay) fromClient(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Type == http2.FrameHeaders && f.StreamID > r.newest {
		r.newest = f.StreamID
		r.release() // a client may begin a request before it resets the stream of one that it has given up
		if fault := r.proxy.nextRequest(); fault.Moment != 0 {
			r.stream, r.fault, r.failed = f.StreamID, fault, false
		}
	}
	if f.StreamID == 0 || f.StreamID != r.stream {
		_, _ = r.upstream.Write(f.bytes())
		return
	}
	if f.Type == http2.FrameRSTStream {
		r.release()
	}
	ends := f.endsStream()
	if ends && !r.fault.reachesServer() {
		f.Flags &^= http2.FlagDataEndStream
	}
	if r.fault.Moment == InRequestBody && r.fault.Manner == Trickle {
		_ = trickle(r.upstream, bytes.NewReader(f.bytes()), len(f.payload))
		return
	}
	_, _ = r.upstream.Write(f.bytes())
	switch r.fault.Moment {
	case InRequestHead:
		ends = true
	case InRequestBody:
		ends = ends || f.Type == http2.FrameData
	}
	if ends && r.fault.Moment <= BeforeForwarding && !r.failed {
		r.fail(nil)
	}
}

// fromServer forwards a frame of the server, or a part of it if the fault happens there.
func (r *relay) fromServer(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	data := f.bytes()
	if f.StreamID == 0 || f.StreamID != r.stream {
		_, _ = r.Write(data)
		return
	}
	if r.hold {
		r.held = append(r.held, data...)
		return
	}
	var rest []byte
	switch {
	case r.failed:
		_, _ = r.Write(data)
		return
	case r.fault.Moment == BeforeResponse && f.Type == http2.FrameHeaders:
		data, rest = nil, data
	case r.fault.Moment == InResponseHead && f.Type == http2.FrameHeaders:
		n := 1 + int(r.fault.At*float64(len(data)-1))
		data, rest = data[:n], data[n:]
	case r.fault.Moment == InResponseBody && r.fault.Manner == Trickle:
		_ = trickle(r, bytes.NewReader(data), len(data))
		return
	case r.fault.Moment == InResponseBody && f.Type == http2.FrameData:
		n := int(r.fault.At * float64(len(f.payload)))
		first, second := f, f
		first.payload, second.payload = f.payload[:n], f.payload[n:]
		first.Flags &^= http2.FlagDataEndStream
		data, rest = first.bytes(), second.bytes()
	case r.fault.Moment == AfterResponse && f.endsStream():
	default:
		_, _ = r.Write(data)
		return
	}
	_, _ = r.Write(data)
	r.fail(rest)
}

// fail lets the fault take place. rest is what follows of the current frame of the response.
func (r *relay) fail(rest []byte) {
	r.failed = true
	if r.fault.Garbled != "" {
		_, _ = r.Write(r.fault.Garbled.http2(r.stream))
	}
	processed := r.fault.Moment > BeforeForwarding
	switch r.fault.Manner {
	case Stall:
		r.hold, r.held = true, rest
	case ResetStream:
		if !processed {
			_ = r.server.WriteRSTStream(r.stream, http2.ErrCodeCancel)
		}
		_ = r.client.WriteRSTStream(r.stream, r.fault.Code)
		r.hold, r.held = true, rest
	case GoAway:
		last := r.stream
		if !processed {
			_ = r.server.WriteRSTStream(r.stream, http2.ErrCodeCancel)
			last = max(last, 2) - 2
		}
		_ = r.client.WriteGoAway(last, r.fault.Code, nil)
		if processed && r.fault.At >= 0.5 {
			r.end(Close)
			return
		}
		_, _ = r.Write(rest)
		// net/http does not close a connection whose last request was given up just before the GOAWAY.
		time.AfterFunc(time.Second, func() { r.tcp.Close() })
	default:
		r.end(r.fault.Manner)
	}
}

// release sends what was held.
func (r *relay) release() {
	_, _ = r.Write(r.held)
	r.hold, r.held = false, nil
}
