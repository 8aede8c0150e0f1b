package kustomertest

import (
	"io"
	"net/http"
	"strconv"

	"github.com/kustomer-go/kustomer/gen"
)

// maxRead is how much of a body is read. One byte more than allowed shows that the body is too large.
var maxRead = int64(gen.CreateConversationForCustomerOperation.MaxBody) + 1

// ServeHTTP serves one call over a socket, so that any [http.Server] can serve the fake.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRead))
	if err != nil {
		abort()
	}
	c := s.newCall(r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, body)
	resp, err := s.exchange(r.Context(), c)
	if err != nil {
		abort()
	}
	h := w.Header()
	for name, values := range resp.header {
		h[name] = values
	}
	if resp.header.Get("Date") == "" {
		h["Date"] = nil // prevents net/http from setting it
	}
	h.Set("Content-Length", strconv.Itoa(len(resp.body)))
	w.WriteHeader(validStatus(resp.status))
	cut := resp.cutAt(c)
	// A client that has gone away cannot get an error.
	_, _ = w.Write(resp.body[:cut])
	if cut < len(resp.body) {
		_ = http.NewResponseController(w).Flush()
		abort()
	}
}

// abort cuts the connection in the way that net/http requires.
func abort() { panic(http.ErrAbortHandler) }

// cutAt returns how much of the body is sent.
func (resp *response) cutAt(c *call) int {
	if c.fault.TruncateAt == nil {
		return len(resp.body)
	}
	return min(max(*c.fault.TruncateAt, 0), len(resp.body))
}

// validStatus returns the status, or 500 if it is not valid for a final response.
func validStatus(status int) int {
	if status < 200 || status > 999 {
		return http.StatusInternalServerError
	}
	return status
}
