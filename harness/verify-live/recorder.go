package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An exchange is a request and its response.
type exchange struct {
	method, path, contentType string // of the request
	status                    int
	header                    http.Header
	body                      []byte
	budget                    ratelimit.Budget
}

// A recorder is a transport that keeps all exchanges. It sends nothing while the organisation is busy. It is not safe for
// concurrent use.
type recorder struct {
	next      http.RoundTripper
	exchanges []exchange
	busy      bool // a response showed that less than half of the budget is left
	cleaning  bool // requests are sent although the organisation is busy
}

var errBusy = errors.New("less than half of the organisation's budget is left, so others are using it: try again later, or with another sandbox")

func (r *recorder) last() exchange { return r.exchanges[len(r.exchanges)-1] }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.busy && !r.cleaning {
		return nil, errBusy
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	budget := ratelimit.ReadBudget(resp.Header, time.Now())
	r.busy = r.busy || budget.Limit > 0 && budget.Remaining >= 0 && 2*budget.Remaining < budget.Limit
	r.exchanges = append(r.exchanges, exchange{
		req.Method, req.URL.Path, req.Header.Get("Content-Type"), resp.StatusCode, resp.Header.Clone(), body, budget,
	})
	return resp, nil
}
