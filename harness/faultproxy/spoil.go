package faultproxy

import (
	"bytes"
	"fmt"
	"strings"
)

// A Spoil is an answer that is no HTTP, or bad HTTP.
type Spoil uint8

// The spoils. Those up to Claiming claim no success, so that a server may send them without having done anything.
const (
	NoSpoil     Spoil = iota
	Noise             // bytes that are no HTTP
	StatusLine        // one that is none
	Flood             // of answers 1xx, and then none
	Switching         // 101, which nobody asked for
	BigError          // 503, with more of a body than anybody reads
	Claiming          // no spoil, but where the others begin
	HugeHeader        // above what net/http reads
	LengthTwice       // two lengths that differ
	LengthWords       // a length that is no number
	LengthOver        // more than comes
	LengthUnder       // less than comes
	ChunkSize         // of a chunk, which is no number
	ChunkEnd          // the last chunk is missing
	FloodBefore       // some answers 1xx, and then the right one
	Twice             // the answer, and noise behind it
	Spoils
)

var spoilNames = [Spoils]string{
	"", "noise", "bad status line", "flood of 1xx", "101", "503 with a big body", "", "huge header", "two lengths", "length in words", "length too long",
	"length too short", "bad chunk size", "no last chunk", "some 1xx first", "noise behind it",
}

func (s Spoil) String() string { return spoilNames[s] }

// earlyHints is an answer that announces another one. net/http reads as many as fit into 10 MiB of a final answer's head.
var earlyHints = "HTTP/1.1 103 Early Hints\r\nLink: </" + strings.Repeat("x", 2000) + ">\r\n\r\n"

// spoilt returns the bytes to send in place of a.
func (s Spoil) spoilt(a answer, at float64) []byte {
	part := int(at * float64(len(a.body)))
	switch s {
	case Noise:
		return bytes.Repeat([]byte("SSH-2.0-noise\r\n\x00\xff"), 1+part/20)
	case StatusLine:
		return []byte([]string{"HTTP/1.1 2OO OK", "HTTP/9 200 OK", "200 OK", "HTTP/1.1", "ICY 200 OK"}[part%5] + "\r\nContent-Length: 0\r\n\r\n")
	case Flood:
		return []byte(strings.Repeat(earlyHints, 6000))
	case Switching:
		return []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: noise\r\n\r\nnoise")
	case BigError:
		return []byte("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 400000\r\n\r\n" + strings.Repeat("sorry", 80000))
	case HugeHeader:
		return a.with("X-Huge: "+strings.Repeat("x", 11<<20), a.length(0))
	case LengthTwice:
		return a.with(a.length(0), a.length(1))
	case LengthWords:
		return a.with("Content-Length: many")
	case LengthOver:
		return a.with(a.length(1 + part))
	case LengthUnder:
		return a.with(a.length(part - len(a.body)))
	case ChunkSize:
		return append(a.head("Transfer-Encoding: chunked"), fmt.Sprintf("%x\r\n%s\r\nmany\r\n", max(part, 1), a.body[:max(part, 1)])...)
	case ChunkEnd:
		return append(a.head("Transfer-Encoding: chunked"), fmt.Sprintf("%x\r\n%s\r\n", len(a.body), a.body)...)
	case FloodBefore:
		return append([]byte(strings.Repeat(earlyHints, 3)), a.with(a.length(0))...)
	case Twice:
		return append(a.with(a.length(0)), "noise"...)
	}
	return a.with(a.length(0))
}
