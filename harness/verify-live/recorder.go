package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// An exchange is one request and its answer.
type exchange struct {
	method, path, contentType string
	status                    int
	header                    http.Header
	body                      []byte
	budget                    ratelimit.Budget
}

// A recorder keeps all exchanges, and stops everything when the organisation turns out to be busy.
type recorder struct {
	next http.RoundTripper

	mu       sync.Mutex
	all      []exchange
	busy     error
	cleaning bool // nothing stops it any more
}

// maxKept is how much of an answer is kept.
const maxKept = 64 << 10

var errBusy = errors.New("less than half of the organisation's budget is left, so it is in use: try again when it is quiet, or in another sandbox")

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := r.stopped(); err != nil {
		return nil, err
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxKept))
	if err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	r.keep(exchange{
		method: req.Method, path: req.URL.Path, contentType: req.Header.Get("Content-Type"),
		status: resp.StatusCode, header: resp.Header.Clone(), body: body, budget: ratelimit.ReadBudget(resp.Header, time.Now()),
	})
	return resp, nil
}

func (r *recorder) keep(e exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, e)
	if b := e.budget; !r.cleaning && b.Limit > 0 && b.Remaining >= 0 && 2*b.Remaining < b.Limit {
		r.busy = errBusy
	}
}

func (r *recorder) stopped() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy
}

// clean lets calls through for good, for the cleaning up: its own answers still tell of a budget that is spent.
func (r *recorder) clean() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy, r.cleaning = nil, true
}

// exchanges returns those since the first n.
func (r *recorder) exchanges(since int) []exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[since:len(r.all):len(r.all)]
}

// last returns the latest exchange, empty where there is none since the first n.
func (r *recorder) last(since int) exchange {
	all := r.exchanges(since)
	if len(all) == 0 {
		return exchange{}
	}
	return all[len(all)-1]
}
