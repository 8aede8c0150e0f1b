package faultproxy

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A Garbled response is malformed, or is not what the server has sent.
type Garbled string

// Some of the garbled responses.
const (
	NotHTTP    Garbled = "bytes that are not HTTP"
	endless1xx Garbled = "endless 1xx"
)

// earlyHints is an informational response. net/http reads as many as fit into 10 MiB.
var earlyHints = "HTTP/1.1 103 Early Hints\r\nLink: </" + strings.Repeat("x", 2000) + ">\r\n\r\n"

// garbledResponses are the garbled responses of HTTP/1.1. Those that do not look like a success may come before the request is
// forwarded.
var garbledResponses = []struct {
	name    Garbled
	success bool
	text    func(Fault, response) string
}{
	{NotHTTP, false, func(f Fault, _ response) string { return strings.Repeat("SSH-2.0-noise\r\n\x00\xff", 1+f.part(20)) }},
	{endless1xx, false, func(Fault, response) string { return strings.Repeat(earlyHints, 6000) }},
	{"bad status", false, func(f Fault, _ response) string {
		lines := []string{"HTTP/1.1 2OO OK", "HTTP/9 200 OK", "200 OK", "HTTP/1.1", "ICY 200 OK"}
		return lines[f.part(len(lines))] + "\r\nContent-Length: 0\r\n\r\n"
	}},
	{"bad header", false, func(Fault, response) string { return "HTTP/1.1 200 OK\r\nno colon\r\n\r\n" }},
	{"101", false, func(Fault, response) string { return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: noise\r\n\r\nnoise" }},
	{"large 503", false, func(Fault, response) string {
		return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 400000\r\n\r\n" + strings.Repeat("sorry", 80000)
	}},
	{"two Content-Lengths", true, func(_ Fault, r response) string { return r.with(r.length(0), r.length(1)) }},
	{"bad Content-Length", true, func(_ Fault, r response) string { return r.with("Content-Length: many") }},
	{"Content-Length too large", true, func(f Fault, r response) string { return r.with(r.length(1 + f.part(len(r.body)))) }},
	{"Content-Length too small", true, func(f Fault, r response) string { return r.with(r.length(f.part(len(r.body)) - len(r.body))) }},
	{"bad chunk size", true, func(f Fault, r response) string { return r.chunk(1+f.part(len(r.body)-1)) + "many\r\n" }},
	{"no last chunk", true, func(_ Fault, r response) string { return r.chunk(len(r.body)) }},
	{"some 1xx first", true, func(_ Fault, r response) string { return strings.Repeat(earlyHints, 3) + r.with(r.length(0)) }},
	{"bytes after the message", true, func(_ Fault, r response) string { return r.with(r.length(0)) + "noise" }},
}

// garbledFrames are the garbled responses of HTTP/2.
var garbledFrames = map[Garbled]func(stream uint32) []byte{
	NotHTTP:      func(uint32) []byte { return bytes.Repeat([]byte("HTTP/1.0 400 Bad Request\r\n"), 40) }, // as a frame, it has 4 MiB
	endless1xx:   func(stream uint32) []byte { return bytes.Repeat(headers(stream, status("103")), 20000) },
	"bad status": func(stream uint32) []byte { return headers(stream, status("2OO")) },
	"bad header": func(stream uint32) []byte { return headers(stream, bytes.Repeat([]byte{0xff}, 1000)) }, // an index of no table
}

func headers(stream uint32, block []byte) []byte {
	return frame{http2.FrameHeader{Type: http2.FrameHeaders, Flags: http2.FlagHeadersEndHeaders, StreamID: stream}, block}.bytes()
}

func status(code string) []byte {
	var block bytes.Buffer
	_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: code})
	return block.Bytes()
}

// garblings returns the garbled responses that a protocol can have at a moment.
func garblings(p Protocol, m Moment) (all []Garbled) {
	switch {
	case m != BeforeForwarding && m != BeforeResponse:
		return nil
	case p.HTTP2():
		return slices.Sorted(maps.Keys(garbledFrames))
	}
	for _, g := range garbledResponses {
		if m == BeforeResponse || !g.success {
			all = append(all, g.name)
		}
	}
	return all
}

// A response is what the server has sent over HTTP/1.1.
type response struct {
	head string // without Content-Length, and without the empty line at its end
	body string
}

// garbled returns the response as a fault garbles it.
func (r response) garbled(f Fault) (text string) {
	for _, g := range garbledResponses {
		if g.name == f.Garbled {
			text = g.text(f, r)
		}
	}
	return text
}

// with returns the response with these header lines added.
func (r response) with(lines ...string) string {
	return r.head + strings.Join(lines, "\r\n") + "\r\n\r\n" + r.body
}

// length returns a Content-Length header that is wrong by that much.
func (r response) length(wrongBy int) string {
	return fmt.Sprintf("Content-Length: %d", len(r.body)+wrongBy)
}

// chunk returns the head and n bytes of the body as a chunk.
func (r response) chunk(n int) string {
	return fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", r.head, n, r.body[:n])
}
