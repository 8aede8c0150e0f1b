package kustomertest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Fault makes one call, or several, go wrong. Give it to [Server.Fail], or return it from the hook of
// [WithFaults]. The functions of this package make the usual ones; fields combine as far as they can.
//
// Unless Status or Connection say otherwise the call is handled: a write is applied, and the answer is spoilt
// afterwards.
type Fault struct {
	Match func(*http.Request) bool // which calls; nil is any. The request's body can be read, its key is not shown
	Times int                      // how many calls; 0 is one, negative is all from now on

	Delay      time.Duration // passes before the call is handled
	DelayAfter time.Duration // passes after it was handled, before the answer

	Connection Connection
	Err        error // what the in-memory transport returns for a lost connection; nil is as a real one would

	Status     int         // the answer's status. The call is not handled then, unless Apply is set; 0 is no such thing
	Apply      bool        // handle the call although Status replaces its answer
	Edge       bool        // the answer comes from the network's edge: without the API's headers, at no cost of budget unless handled
	Header     http.Header // set on the answer; a name without values takes a header away
	Body       []byte      // the answer's body; nil keeps it, or with Status is an error in Kustomer's envelope
	TruncateAt *int        // the connection is lost after that many bytes of the body; nil is never
}

// Connection says what becomes of a call's connection.
type Connection uint8

// The values of a [Fault]'s Connection. Over a socket, a refused connection is one that is cut before. A client
// cannot tell whether a lost connection was cut before or after the call was handled.
const (
	ConnectionKept      Connection = iota
	ConnectionRefused              // it cannot be made: no byte is written
	ConnectionCutBefore            // lost before the call is handled
	ConnectionCutAfter             // lost after the call was handled, before the answer
)

// Status answers with a status instead of handling the call. body is JSON; "" is an error in Kustomer's envelope.
// As the API itself answers, it costs budget and has the API's headers: a 429 of this kind says that there is budget left,
// as one for a single record does. For one of the organisation's limit, use [WithOrgLimit] or [Server.Spend].
func Status(status int, body string) Fault {
	f := Fault{Status: status}
	if body != "" {
		f.Body = []byte(body)
	}
	return f
}

// EdgeHTML answers with a page of HTML from the network's edge instead of handling the call, without the API's
// headers (assumed).
func EdgeHTML(status int) Fault {
	return Fault{
		Status: status, Edge: true,
		Header: http.Header{"Content-Type": {"text/html"}, "Server": {"CloudFront"}},
		Body:   fmt.Appendf(nil, "<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status)),
	}
}

// RefuseConnection refuses the connection: the call surely was not applied. Only the in-memory transport of [New] can do that.
// Over a socket, as with [NewServer], the connection exists before the fake sees the call, so this is [CutBefore] there, and a
// client cannot know whether a write was applied.
func RefuseConnection() Fault { return Fault{Connection: ConnectionRefused} }

// CutBefore loses the connection before the call is handled.
func CutBefore() Fault { return Fault{Connection: ConnectionCutBefore} }

// CutAfter loses the connection after the call was handled: a write is applied.
func CutAfter() Fault { return Fault{Connection: ConnectionCutAfter} }

// Delay lets d pass before the call is handled. A caller who leaves meanwhile has changed nothing.
func Delay(d time.Duration) Fault { return Fault{Delay: d} }

// DelayAfter lets d pass after the call was handled. A caller who leaves meanwhile has changed what was asked.
func DelayAfter(d time.Duration) Fault { return Fault{DelayAfter: d} }

// TruncateBody handles the call and loses the connection after n bytes of the answer's body.
func TruncateBody(n int) Fault { return Fault{TruncateAt: &n} }

// ReplaceBody handles the call and answers with that body, such as garbage, or "" for none.
func ReplaceBody(body string) Fault { return Fault{Body: []byte(body)} }

// String says in a few words what goes wrong.
func (f Fault) String() string {
	var words []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(f.Delay > 0, "delay %s", f.Delay)
	add(f.Connection == ConnectionRefused, "connection refused")
	add(f.Connection == ConnectionCutBefore, "cut before")
	add(f.Connection == ConnectionCutAfter, "cut after")
	add(f.Status != 0, "status %d", f.Status)
	add(f.Edge, "from the edge")
	add(f.Apply, "applied")
	add(f.Body != nil && f.Status == 0, "body replaced")
	add(f.TruncateAt != nil, "body truncated")
	add(f.DelayAfter > 0, "delay %s after", f.DelayAfter)
	add(len(words) == 0 && len(f.Header) > 0, "headers changed")
	return strings.Join(words, ", ")
}
