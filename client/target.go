package client

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// The builders of requests in package gen parse the base URL anew for each request, and what they make of it and of a
// path once more: that is a tenth of what a call costs. The base is parsed once here.

// operationURL returns where an operation is for a record.
func (c *Client) operationURL(op *schema.Operation, id string) *url.URL {
	path := strings.Replace(op.Path, "{id}", id, 1)
	u := &url.URL{Path: path}
	if escaped := url.PathEscape(id); escaped != id {
		u.RawPath = strings.Replace(op.Path, "{id}", escaped, 1)
	}
	return c.below(u)
}

// below returns a path with its query as a URL of the host, below the path that the base URL may have.
func (c *Client) below(target *url.URL) *url.URL {
	u := *c.host
	base := strings.TrimSuffix(u.Path, "/")
	if target.RawPath != "" {
		u.RawPath = strings.TrimSuffix(u.EscapedPath(), "/") + target.RawPath
	}
	u.Path, u.RawQuery, u.ForceQuery = base+target.Path, target.RawQuery, target.ForceQuery
	return &u
}

// newRequest is [http.NewRequest] for a URL that is parsed.
func newRequest(method string, to *url.URL, contentType string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequest(method, "", body)
	if err != nil {
		return nil, err
	}
	u := *to // a transport may change its own
	req.URL, req.Host = &u, u.Host
	if body != nil {
		req.Header["Content-Type"] = []string{contentType}
	}
	return req, nil
}
