package kustomertest

import (
	"io"
	"net/http"
	"strconv"

	"github.com/kustomer-go/kustomer/gen"
)

// maxRead is how much of a body is read: one byte more than is allowed tells that it is too large.
var maxRead = int64(gen.CreateConversationForCustomerOperation.MaxBody) + 1

// ServeHTTP serves one call over a socket, so that a fake can be mounted in any [http.Server].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRead))
	if err != nil {
		abort()
	}
	c := s.arrive(r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, body)
	a, err := s.exchange(r.Context(), c)
	if err != nil {
		abort()
	}
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if a.header.Get("Date") == "" {
		h["Date"] = nil // keeps net/http from setting it
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(validStatus(a.status))
	cut := a.cutAt(c)
	// A caller who has left cannot be told.
	_, _ = w.Write(a.body[:cut])
	if cut < len(a.body) {
		_ = http.NewResponseController(w).Flush()
		abort()
	}
}

// abort cuts the connection, as net/http wants it.
func abort() { panic(http.ErrAbortHandler) }

// cutAt returns how much of the body is sent.
func (a *answer) cutAt(c *call) int {
	if c.fault.TruncateAt == nil {
		return len(a.body)
	}
	return min(max(*c.fault.TruncateAt, 0), len(a.body))
}

// validStatus keeps what HTTP allows for a final answer; a fault with another status is a 500.
func validStatus(status int) int {
	if status < 200 || status > 999 {
		return http.StatusInternalServerError
	}
	return status
}
