package faults

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// A foreigner is a wrapper whose first response is HTTP/1 from another host.
type foreigner struct{ *http.Transport }

func (f foreigner) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/elsewhere") {
		return &http.Response{
			StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader("{}")), Request: r,
		}, nil
	}
	return f.Transport.RoundTrip(r)
}

// One attempt is one request. net/http repeats a request on its own in several cases: over HTTP/2 after a stream was reset
// with PROTOCOL_ERROR (up to Go 1.26) or refused, or the connection was closed with GOAWAY; over HTTP/1 a read whose
// connection was lost.
func TestOneAttemptIsOneRequest(t *testing.T) {
	reset := func(m faultproxy.Moment, code http2.ErrCode) faultproxy.Fault {
		return faultproxy.Fault{Moment: m, Manner: faultproxy.ResetStream, Code: code}
	}
	for _, protocol := range faultproxy.Protocols {
		faults := map[string]faultproxy.Fault{
			"cut before": {Moment: faultproxy.BeforeForwarding, Manner: faultproxy.Cut},
			"cut after":  {Moment: faultproxy.BeforeResponse, Manner: faultproxy.Cut},
		}
		if protocol.HTTP2() {
			faults["PROTOCOL_ERROR before"] = reset(faultproxy.BeforeForwarding, http2.ErrCodeProtocol)
			faults["PROTOCOL_ERROR after"] = reset(faultproxy.BeforeResponse, http2.ErrCodeProtocol)
			faults["REFUSED_STREAM"] = reset(faultproxy.BeforeForwarding, http2.ErrCodeRefusedStream)
			faults["GOAWAY"] = faultproxy.Fault{Moment: faultproxy.BeforeForwarding, Manner: faultproxy.GoAway}
		}
		for name, fault := range faults {
			for _, op := range operations {
				for _, before := range []string{"nothing", "a read", "a response of HTTP/1 from a wrapper"} {
					t.Run(string(protocol)+"/"+name+"/"+op.name+"/after "+before, func(t *testing.T) {
						wrapped := strings.HasSuffix(before, "wrapper")
						e, err := newEnvironment(protocol, false)
						if err != nil {
							t.Fatal(err)
						}
						defer e.close()
						var transport http.RoundTripper = e.proxy.Transport()
						if wrapped {
							transport = foreigner{e.proxy.Transport()}
						}
						c, err := e.client.Clone(client.WithHTTPClient(&http.Client{Transport: transport}), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
						if err != nil {
							t.Fatal(err)
						}
						defer c.CloseIdleConnections()
						one := call{environment: e, client: c, mark: "mark"}
						switch {
						case wrapped:
							_, err = c.Do(t.Context(), "GET", "/v1/elsewhere", nil)
						case before == "a read":
							_, _, err = get.do(t.Context(), one)
						}
						if err != nil {
							t.Fatal(err)
						}
						e.proxy.Inject(slices.Repeat([]faultproxy.Fault{fault}, 20)...)
						_, _, err = op.do(t.Context(), one)
						failure, ok := errors.AsType[*client.Error](err)
						if requests, _ := e.proxy.Seen(); !ok || failure.Attempts != 1 || requests != 1 {
							t.Fatalf("the server saw %d requests: %v", requests, err)
						}
						// Without a body, a GOAWAY looks like a reset.
						notProcessed := name == "REFUSED_STREAM" || name == "GOAWAY" && !op.noBody
						if wrapped && !op.read {
							notProcessed = false // with GetBody net/http gives no reason, and a wrapper may have sent it before
						}
						_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
						if unknown == (op.read || notProcessed) {
							t.Errorf("outcome unknown: %t, want %t: %v", unknown, !unknown, err)
						}
						e.proxy.Inject()
						if _, _, err := get.do(t.Context(), one); err != nil {
							t.Errorf("the next call fails: %v", err)
						}
					})
				}
			}
		}
	}
}
