package faultproxy

import (
	"fmt"

	"golang.org/x/net/http2"
)

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
	InResponseHead
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
	Trickle     Manner = "trickle"    // a body comes slowly, and nothing is lost
	GoAway      Manner = "GOAWAY"     // of HTTP/2, with the last stream that the server has processed
	ResetStream Manner = "RST_STREAM" // of HTTP/2
)

func (f Fault) String() string {
	switch {
	case f.Moment == 0:
		return "no fault"
	case f.Garbled != "":
		return fmt.Sprintf("%s %s, then %s", f.Garbled, f.Moment, f.Manner)
	case f.Manner == GoAway || f.Manner == ResetStream:
		return fmt.Sprintf("%s (%s) %s", f.Manner, f.Code, f.Moment)
	}
	return fmt.Sprintf("%s %s", f.Manner, f.Moment)
}

// reachesServer reports whether the server gets the whole request.
func (f Fault) reachesServer() bool {
	return f.Moment == 0 || f.Moment > BeforeForwarding || f.Manner == HalfClose || f.Manner == Trickle
}

// All returns every fault that a protocol can have. At is 0 in each.
func All(p Protocol) []Fault {
	all := []Fault{{Moment: InRequestBody, Manner: Trickle}, {Moment: InResponseBody, Manner: Trickle}}
	for m := InHandshake; m <= AfterResponse; m++ {
		for _, manner := range []Manner{Close, Cut, Reset, HalfClose, Stall} {
			switch {
			case (m == InHandshake || manner == Cut) && !p.TLS(): // without TLS, Cut is Close
			case manner == Stall && m == BeforeRequest: // the same as InRequestHead
			case manner == Stall && m == AfterResponse: // nothing is left
			default:
				all = append(all, Fault{Moment: m, Manner: manner})
			}
		}
		for _, g := range garblings(p, m) {
			all = append(all, Fault{Moment: m, Manner: Close, Garbled: g})
			if g != Endless1xx && g != HugeHeader { // 10 MB each, and the client leaves first
				all = append(all, Fault{Moment: m, Manner: Reset, Garbled: g}, Fault{Moment: m, Manner: Stall, Garbled: g})
			}
		}
	}
	if !p.HTTP2() {
		return all
	}
	all = append(all, Fault{Moment: BeforeForwarding, Manner: ResetStream, Code: http2.ErrCodeRefusedStream})
	for _, m := range []Moment{BeforeForwarding, BeforeResponse, InResponseBody, AfterResponse} {
		for _, code := range []http2.ErrCode{http2.ErrCodeNo, http2.ErrCodeInternal, http2.ErrCodeEnhanceYourCalm} {
			all = append(all, Fault{Moment: m, Manner: GoAway, Code: code})
		}
		if m == AfterResponse {
			break
		}
		for _, code := range []http2.ErrCode{http2.ErrCodeNo, http2.ErrCodeProtocol, http2.ErrCodeInternal, http2.ErrCodeCancel} {
			all = append(all, Fault{Moment: m, Manner: ResetStream, Code: code})
		}
	}
	return all
}
