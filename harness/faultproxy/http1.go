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
		_, _ = c.in.Peek(1 + f.part(200)) // a head is longer
		c.endByFault(f.Manner)
	}
	request, err := http.ReadRequest(c.in)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if f.Moment == InRequestBody {
		_, _ = io.CopyN(&body, request.Body, int64(f.part(int(request.ContentLength))))
		c.endByFault(f.Manner)
	}
	if _, err := body.ReadFrom(request.Body); err != nil {
		return err
	}
	if f.Moment == BeforeForwarding {
		if f.Garbled != "" {
			_, _ = io.WriteString(c, response{}.garbled(f))
		}
		c.endByFault(f.Manner)
	}
	if !f.reachesServer() {
		return nil
	}
	r, err := forward(request, &body, c.proxy.server.Listener.Addr().String())
	if err != nil {
		return err
	}
	data := r.with(r.length(0))
	switch head := len(data) - len(r.body); {
	case f.Moment < BeforeResponse:
		_, err := io.WriteString(c, data)
		return err
	case f.Garbled != "":
		data = r.garbled(f)
	case f.Moment == BeforeResponse:
		data = ""
	case f.Moment == InResponseHead:
		data = data[:1+f.part(head-2)]
	case f.Moment == InResponseBody:
		data = data[:head+f.part(len(r.body))]
	}
	_, _ = io.WriteString(c, data)
	c.endByFault(f.Manner)
	return nil
}

var transport = &http.Transport{DisableKeepAlives: true, DisableCompression: true}

// forward sends a request to the server and returns the response.
func forward(r *http.Request, body io.Reader, server string) (response, error) {
	r.URL.Scheme, r.URL.Host, r.Body = "http", server, io.NopCloser(body)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return response{}, err
	}
	defer resp.Body.Close()
	resp.Header.Del("Connection")
	resp.Header.Del("Content-Length")
	var head, data strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", resp.Status)
	_ = resp.Header.Write(&head)
	_, err = io.Copy(&data, resp.Body)
	return response{head.String(), data.String()}, err
}
