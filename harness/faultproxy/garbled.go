package faultproxy

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A Garbled response is malformed, or is not what the server has sent.
type Garbled string

// The garbled responses. Those up to LargeError do not look like a success, so they may come before the request is forwarded.
const (
	NotHTTP              Garbled = "bytes that are not HTTP"
	BadStatus            Garbled = "bad status"
	BadHeader            Garbled = "bad header"
	Endless1xx           Garbled = "endless 1xx"
	SwitchingProtocols   Garbled = "101"
	LargeError           Garbled = "503 with a large body"
	HugeHeader           Garbled = "huge header" // more than net/http reads
	TwoContentLengths    Garbled = "two Content-Lengths"
	BadContentLength     Garbled = "bad Content-Length"
	LargeContentLength   Garbled = "Content-Length too large"
	SmallContentLength   Garbled = "Content-Length too small"
	BadChunkSize         Garbled = "bad chunk size"
	NoLastChunk          Garbled = "no last chunk"
	Some1xx              Garbled = "some 1xx first"
	BytesAfterTheMessage Garbled = "bytes after the message"
)

// garblings returns the garbled responses that a protocol can have at a moment.
func garblings(p Protocol, m Moment) []Garbled {
	switch {
	case m != BeforeForwarding && m != BeforeResponse:
		return nil
	case p.HTTP2():
		return []Garbled{NotHTTP, BadStatus, BadHeader, Endless1xx}
	case m == BeforeForwarding:
		return []Garbled{NotHTTP, BadStatus, BadHeader, Endless1xx, SwitchingProtocols, LargeError}
	}
	return append(garblings(p, BeforeForwarding), HugeHeader, TwoContentLengths, BadContentLength, LargeContentLength,
		SmallContentLength, BadChunkSize, NoLastChunk, Some1xx, BytesAfterTheMessage)
}

// earlyHints is an informational response. net/http reads as many as fit into 10 MiB.
var earlyHints = "HTTP/1.1 103 Early Hints\r\nLink: </" + strings.Repeat("x", 2000) + ">\r\n\r\n"

// http1 returns the garbled form of a response.
func (g Garbled) http1(r response, at float64) []byte {
	part := int(at * float64(len(r.body)))
	switch g {
	case NotHTTP:
		return bytes.Repeat([]byte("SSH-2.0-noise\r\n\x00\xff"), 1+part/20)
	case BadStatus:
		lines := []string{"HTTP/1.1 2OO OK", "HTTP/9 200 OK", "200 OK", "HTTP/1.1", "ICY 200 OK"}
		return []byte(lines[int(at*float64(len(lines)))] + "\r\nContent-Length: 0\r\n\r\n")
	case BadHeader:
		return []byte("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")
	case Endless1xx:
		return []byte(strings.Repeat(earlyHints, 6000))
	case SwitchingProtocols:
		return []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: noise\r\n\r\nnoise")
	case LargeError:
		return []byte("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 400000\r\n\r\n" + strings.Repeat("sorry", 80000))
	case HugeHeader:
		return r.with("X-Huge: "+strings.Repeat("x", 11<<20), r.length(0))
	case TwoContentLengths:
		return r.with(r.length(0), r.length(1))
	case BadContentLength:
		return r.with("Content-Length: many")
	case LargeContentLength:
		return r.with(r.length(1 + part))
	case SmallContentLength:
		return r.with(r.length(part - len(r.body)))
	case BadChunkSize:
		return append(r.headWith("Transfer-Encoding: chunked"), fmt.Sprintf("%x\r\n%s\r\nmany\r\n", max(part, 1), r.body[:max(part, 1)])...)
	case NoLastChunk:
		return append(r.headWith("Transfer-Encoding: chunked"), fmt.Sprintf("%x\r\n%s\r\n", len(r.body), r.body)...)
	case Some1xx:
		return append([]byte(strings.Repeat(earlyHints, 3)), r.with(r.length(0))...)
	}
	return append(r.with(r.length(0)), "noise"...) // BytesAfterTheMessage
}

// http2 returns frames of a garbled response.
func (g Garbled) http2(stream uint32) []byte {
	var frames, block bytes.Buffer
	copies := 1
	switch g {
	case NotHTTP:
		return bytes.Repeat([]byte("HTTP/1.0 400 Bad Request\r\n"), 40) // as a frame, it has 4 MiB
	case BadHeader:
		block.WriteString(strings.Repeat("\xff", 1000)) // an index that no table has
	case BadStatus:
		_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "2OO"})
	case Endless1xx:
		_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "103"})
		copies = 20000
	}
	framer := http2.NewFramer(&frames, nil)
	for range copies {
		_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true})
	}
	return frames.Bytes()
}
