package faultproxy

import "golang.org/x/net/http2"

// A Fault makes one request fail. The zero Fault is none.
type Fault struct {
	Moment  Moment
	Manner  Manner
	Garbled Garbled       // sent in place of the response, before the Manner applies
	Code    http2.ErrCode // of GoAway and ResetStream
	At      float64       // how much of the head or body is transferred first, from 0 to below 1
}

// A Moment is the point of an exchange at which a fault happens.
type Moment uint8

// The moments, in the order of an exchange.
const (
	InHandshake      Moment = iota + 1 // of TLS, on a new connection
	BeforeRequest                      // on an idle connection, or else on a new one
	InRequestHead                      // over HTTP/2, after the HEADERS frame
	InRequestBody                      // over HTTP/2, after the first DATA frame
	BeforeForwarding                   // the proxy has the whole request, the server does not
	BeforeResponse                     // the server has responded, and the client gets nothing of it
	InResponseHead                     // not over HTTP/2, where a part of a HEADERS frame means nothing
	InResponseBody
	AfterResponse
)

func (m Moment) String() string {
	return [...]string{
		"never", "in the TLS handshake", "before the request", "in the request head", "in the request body", "before forwarding",
		"before the response", "in the response head", "in the response body", "after the response",
	}[m]
}

// A Manner is what happens at the moment of a fault.
type Manner string

// The manners.
const (
	Close       Manner = "close"      // with a close_notify alert of TLS
	Cut         Manner = "cut"        // close without a close_notify alert
	Reset       Manner = "RST"        // of TCP
	HalfClose   Manner = "half-close" // FIN; requests are still read and forwarded
	Stall       Manner = "stall"      // the client gets nothing more until it gives up
	GoAway      Manner = "GOAWAY"     // of HTTP/2, with the last stream that the server has processed
	ResetStream Manner = "RST_STREAM" // of HTTP/2
)

func (f Fault) String() string {
	what := string(f.Manner)
	if f.Manner == GoAway || f.Manner == ResetStream {
		what += " " + f.Code.String()
	}
	if f.Garbled != "" {
		what = string(f.Garbled) + ", then " + what
	}
	return what + " " + f.Moment.String()
}

// part returns the part At of n.
func (f Fault) part(n int) int { return int(f.At * float64(n)) }

// reachesServer reports whether the server gets the whole request.
func (f Fault) reachesServer() bool {
	return f.Moment == 0 || f.Moment > BeforeForwarding || f.Manner == HalfClose
}

// All returns every fault that a protocol can have, with At 0.
func All(p Protocol) (all []Fault) {
	for m := InHandshake; m <= AfterResponse; m++ {
		if m == InHandshake && !p.TLS() || m == InResponseHead && p.HTTP2() {
			continue
		}
		manners := []Manner{Close, Reset, HalfClose}
		if p.TLS() {
			manners = append(manners, Cut) // without TLS, it is Close
		}
		if m != BeforeRequest && m != AfterResponse {
			manners = append(manners, Stall) // before the request, it is that InRequestHead; after the response, nothing is left
		}
		for _, how := range manners {
			all = append(all, Fault{Moment: m, Manner: how})
		}
		for _, g := range garblings(p, m) {
			all = append(all, Fault{Moment: m, Manner: Close, Garbled: g})
			if g != endless1xx { // the client leaves first
				all = append(all, Fault{Moment: m, Manner: Reset, Garbled: g}, Fault{Moment: m, Manner: Stall, Garbled: g})
			}
		}
		if !p.HTTP2() || m < BeforeForwarding {
			continue
		}
		for _, code := range []http2.ErrCode{http2.ErrCodeNo, http2.ErrCodeInternal, http2.ErrCodeEnhanceYourCalm} {
			all = append(all, Fault{Moment: m, Manner: GoAway, Code: code})
		}
		for _, code := range []http2.ErrCode{http2.ErrCodeNo, http2.ErrCodeProtocol, http2.ErrCodeInternal, http2.ErrCodeCancel, http2.ErrCodeRefusedStream} {
			if m == BeforeForwarding || m < AfterResponse && code != http2.ErrCodeRefusedStream {
				all = append(all, Fault{Moment: m, Manner: ResetStream, Code: code})
			}
		}
	}
	return all
}
