package kustomertest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Fault makes one or more calls fail. Pass it to [Server.Fail], or return it from the hook of [Config.Faults]. Functions make
// the common faults. Fields can be combined. Unless Status or Connection say otherwise, the fake handles the call: a write is
// applied, and then the response is changed.
type Fault struct {
	// Match selects the calls; nil means any. It can read the body of the request but does not see the key.
	Match func(*http.Request) bool
	// Times is how many calls the fault changes. 0 means one, and a negative value all from now on.
	Times int

	Delay      time.Duration // wait before the call is handled
	DelayAfter time.Duration // wait after the call is handled, before the response

	Connection Connection
	// Err is the error of the in-memory transport for a lost connection. nil means that of a real transport.
	Err error

	// Status is the status of the response. The call is then not handled unless Apply is set. 0 means no change.
	Status int
	// Apply handles the call although Status replaces its response.
	Apply bool
	// Edge makes the response come from a CDN or proxy: without API headers, and without use of budget unless it is handled.
	Edge bool
	// Header is set on the response. A name without values removes a header.
	Header http.Header
	// Body replaces the body of the response. nil means no change, or with Status an error in Kustomer's envelope.
	Body []byte
	// TruncateAt loses the connection after that many bytes of the body. nil means never.
	TruncateAt *int
}

// Connection is what happens to the connection of a call.
type Connection uint8

// The values of a [Fault]'s Connection.
const (
	ConnectionKept      Connection = iota
	ConnectionRefused              // cannot be made: no byte is written
	ConnectionCutBefore            // lost before the call is handled
	ConnectionCutAfter             // lost after the call is handled, before the response
)

// Status responds with a status, without handling the call. body is JSON; "" means an error in Kustomer's envelope. The
// response uses budget and has the API's headers. A 429 is therefore like one for a single record. For one of the
// organisation's limit, use [Config.OrgLimit] or [Server.Spend].
func Status(status int, body string) Fault {
	f := Fault{Status: status}
	if body != "" {
		f.Body = []byte(body)
	}
	return f
}

// EdgeHTML responds with an HTML page of a CDN or proxy, without handling the call.
func EdgeHTML(status int) Fault {
	return Fault{
		Status: status, Edge: true,
		Header: http.Header{"Content-Type": {"text/html"}, "Server": {"CloudFront"}},
		Body:   fmt.Appendf(nil, "<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status)),
	}
}

// RefuseConnection refuses the connection, so the call is certainly not applied. Over a socket it is like [CutBefore], because
// the connection exists before the fake sees the call.
func RefuseConnection() Fault { return Fault{Connection: ConnectionRefused} }

// CutBefore loses the connection before the call is handled.
func CutBefore() Fault { return Fault{Connection: ConnectionCutBefore} }

// CutAfter loses the connection after the call is handled: a write is applied.
func CutAfter() Fault { return Fault{Connection: ConnectionCutAfter} }

// Delay waits for d before the call is handled. If the caller gives up during the wait, nothing is changed.
func Delay(d time.Duration) Fault { return Fault{Delay: d} }

// DelayAfter waits for d after the call is handled. If the caller gives up during the wait, the call is applied.
func DelayAfter(d time.Duration) Fault { return Fault{DelayAfter: d} }

// TruncateBody handles the call and loses the connection after n bytes of the response body.
func TruncateBody(n int) Fault { return Fault{TruncateAt: &n} }

// ReplaceBody handles the call and replaces the response body, for example with invalid JSON, or "" for none.
func ReplaceBody(body string) Fault { return Fault{Body: []byte(body)} }

// String describes the fault in a few words.
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

// Fail makes future calls fail, as many as each fault matches and its Times allow. If several match, the oldest applies.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		f.Times = cmp.Or(f.Times, 1)
		s.faults = append(s.faults, &f)
	}
}

// ClearFaults removes the faults of [Server.Fail] that have not been used up.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// faultFor returns the fault of a call, or an empty one. The caller holds hooks.
func (s *Server) faultFor(r *Request) Fault {
	s.mu.Lock()
	waiting := slices.Clone(s.faults)
	s.mu.Unlock()
	for _, f := range waiting {
		// Match may call methods of the fake, so mu is not held.
		if (f.Match == nil || f.Match(r.httpRequest())) && s.use(f) {
			return *f
		}
	}
	if s.cfg.Faults == nil {
		return Fault{}
	}
	return *cmp.Or(s.cfg.Faults(r.clone()), new(Fault))
}

// use uses up one call of a fault, and reports whether it had one left.
func (s *Server) use(f *Fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.faults, f)
	if f.Times--; f.Times == 0 && i >= 0 {
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return i >= 0
}

// httpRequest returns the recorded request, without its key.
func (r *Request) httpRequest() *http.Request {
	path, _ := url.PathUnescape(r.Path) // EscapedPath has made it valid
	return &http.Request{
		Method: r.Method,
		URL:    &url.URL{Path: path, RawPath: r.Path, RawQuery: r.Query.Encode()},
		Header: r.Header.Clone(),
		Body:   io.NopCloser(bytes.NewReader(r.Body)),
	}
}

// RandomFaults returns a hook for [Config.Faults] that makes a share of the calls fail, such as 0.05 for one in 20. Each of the
// faults is equally likely. Without any, they are [CutBefore], [CutAfter], a 503 and a 429. Equal seeds make equal choices, as
// long as the calls come in the same order. RandomFaults panics unless share is from 0 to 1.
func RandomFaults(share float64, seed uint64, faults ...Fault) func(Request) *Fault {
	if !(share >= 0 && share <= 1) {
		panic(fmt.Sprintf("kustomertest: RandomFaults: share is %v, not from 0 to 1", share))
	}
	if len(faults) == 0 {
		faults = []Fault{CutBefore(), CutAfter(), Status(503, ""), Status(429, "")}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	return func(Request) *Fault {
		if random.Float64() >= share {
			return nil
		}
		return &faults[random.IntN(len(faults))]
	}
}
