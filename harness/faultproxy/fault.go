package faultproxy

import "fmt"

// A Fault makes one request go wrong: at a moment, in a manner, or with an answer that is spoilt.
type Fault struct {
	Moment Moment
	Manner Manner
	At     float64 // how far into the moment's bytes, from 0 to below 1
	Spoil  Spoil   // what is answered in place of the right answer; of HTTP/1 only
	Code   uint32  // of GoAway and ResetStream
}

// A Moment is where in an exchange something goes wrong.
type Moment uint8

// The moments, in the order of an exchange.
const (
	InHandshake   Moment = iota // of TLS; the connection has to be a new one
	BeforeRequest               // of a kept connection too
	InRequestHead
	InRequestBody
	BeforePassing // the whole request has come, and the server does not get it
	AfterPassing  // the server has answered, and no byte of that is passed on
	InAnswerHead
	InAnswerBody
	AfterAnswer
	moments
)

var momentNames = [moments]string{
	"in the handshake", "before the request", "in the request's head", "in the request's body", "before it is passed on",
	"after it was applied", "in the answer's head", "in the answer's body", "after the answer",
}

func (m Moment) String() string { return momentNames[m] }

// A Manner is how it goes wrong.
type Manner uint8

// The manners.
const (
	Close       Manner = iota // as a polite server does
	Cut                       // without a goodbye of TLS
	Reset                     // RST
	HalfClose                 // no more is sent, but what comes is read and passed on
	Stall                     // nothing happens any more, until the client leaves
	Late                      // of BeforePassing: the request is passed on once the client has left
	Trickle                   // some bytes at a time, and nothing is lost: InRequestBody the request, AfterAnswer the answer
	GoAway                    // of HTTP/2: the server leaves, and says which requests it has taken
	ResetStream               // of HTTP/2: the server gives up this request alone
	manners
)

var mannerNames = [manners]string{"close", "cut", "reset", "half-close", "stall", "late", "trickle", "GOAWAY", "RST_STREAM"}

func (m Manner) String() string { return mannerNames[m] }

// trickles reports whether that side of the exchange comes some bytes at a time.
func (f Fault) trickles(m Moment) bool { return f.Manner == Trickle && f.Moment == m }

// String says what goes wrong.
func (f Fault) String() string {
	if f.Spoil != NoSpoil {
		return fmt.Sprintf("%s %s, then %s", f.Spoil, f.Moment, f.Manner)
	}
	if f.Manner == GoAway || f.Manner == ResetStream {
		return fmt.Sprintf("%s (%d) %s", f.Manner, f.Code, f.Moment)
	}
	return fmt.Sprintf("%s %s", f.Manner, f.Moment)
}
