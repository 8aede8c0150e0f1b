package faultproxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

func (c *conn) serveHTTP1() {
	for {
		if _, err := c.in.Peek(1); err != nil {
			return
		}
		if f := c.proxy.nextRequest(); c.exchange(f) != nil || f.Moment != 0 {
			return
		}
	}
}

// exchange serves one request with a fault.
func (c *conn) exchange(f Fault) error {
	if f.Moment == InRequestHead {
		_, _ = c.in.Peek(1 + int(f.At*200)) // a head is longer
		c.end(f.Manner)
	}
	request, err := http.ReadRequest(c.in)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if f.Moment == InRequestBody {
		_, _ = io.CopyN(&body, request.Body, int64(f.At*float64(request.ContentLength)))
		c.end(f.Manner)
	}
	if _, err := body.ReadFrom(request.Body); err != nil {
		return err
	}
	if f.Moment == BeforeForwarding {
		if f.Garbled != "" {
			_, _ = c.Write(f.Garbled.http1(response{}, f.At))
		}
		c.end(f.Manner)
	}
	if !f.reachesServer() {
		return nil
	}
	r, err := c.proxy.forward(request, &body)
	if err != nil {
		return err
	}
	return c.respond(f, r)
}

// respond sends the response, or as much of it as the fault allows.
func (c *conn) respond(f Fault, r response) error {
	data := r.with(r.length(0))
	head := len(data) - len(r.body)
	switch {
	case f.Moment < BeforeResponse:
	case f.Garbled != "":
		data = f.Garbled.http1(r, f.At)
	case f.Moment == BeforeResponse:
		data = nil
	case f.Moment == InResponseHead:
		data = data[:1+int(f.At*float64(head-2))]
	case f.Moment == InResponseBody:
		data = data[:head+int(f.At*float64(len(r.body)))]
	}
	_, err := c.Write(data)
	if f.Moment >= BeforeResponse {
		c.end(f.Manner)
	}
	return err
}

// forward sends a request to the server and returns the response.
func (p *Proxy) forward(r *http.Request, body io.Reader) (response, error) {
	r.URL.Scheme, r.URL.Host, r.Body = "http", p.server.Listener.Addr().String(), io.NopCloser(body)
	resp, err := p.transport.RoundTrip(r)
	if err != nil {
		return response{}, err
	}
	defer resp.Body.Close()
	resp.Header.Del("Connection")
	resp.Header.Del("Content-Length")
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", resp.Status)
	_ = resp.Header.Write(&head)
	data, err := io.ReadAll(resp.Body)
	return response{head.String(), data}, err
}

// A response is what the server has sent.
type response struct {
	head string // without Content-Length, and without the empty line at its end
	body []byte
}

// with returns the response with these header lines added.
func (r response) with(lines ...string) []byte { return append(r.headWith(lines...), r.body...) }

func (r response) headWith(lines ...string) []byte {
	return []byte(r.head + strings.Join(lines, "\r\n") + "\r\n\r\n")
}

// length returns a Content-Length header that is wrong by that much.
func (r response) length(wrongBy int) string {
	return fmt.Sprintf("Content-Length: %d", len(r.body)+wrongBy)
}
