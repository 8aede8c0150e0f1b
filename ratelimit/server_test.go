package ratelimit_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A server has a budget per 60 s, as Kustomer has. Refusals do not count.
type server struct {
	limit int
	grid  bool // windows begin at full minutes, not with their first request
	// reset writes the header of a refusal; nil writes none.
	reset func(end time.Time) string

	mu       sync.Mutex
	used     int
	end      time.Time
	accepted []int // per window
	refused  []int
}

func (s *server) serve() (int, http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !now.Before(s.end) {
		s.used, s.end = 0, now.Add(time.Minute)
		if s.grid {
			s.end = now.Truncate(time.Minute).Add(time.Minute)
		}
		s.accepted, s.refused = append(s.accepted, 0), append(s.refused, 0)
	}
	window := len(s.accepted) - 1
	h := left(s.limit, max(0, s.limit-s.used-1), "Date", now.UTC().Format(http.TimeFormat))
	if s.used < s.limit {
		s.used++
		s.accepted[window]++
		return http.StatusOK, h
	}
	s.refused[window]++
	if s.reset != nil {
		h.Set("X-Ratelimit-Reset", s.reset(s.end))
	}
	return http.StatusTooManyRequests, h
}

// spend uses up the whole window, as others do.
func (s *server) spend() {
	s.serve()
	s.used, s.accepted[len(s.accepted)-1] = s.limit, 0
}

// run sends n requests from so many workers, each until it is accepted.
func (s *server) run(t *testing.T, l ratelimit.Limiter, n, workers int) {
	var wg sync.WaitGroup
	todo := make(chan int, n)
	for i := range n {
		todo <- i
	}
	close(todo)
	for range workers {
		wg.Go(func() {
			for range todo {
				for status := 0; status != http.StatusOK; {
					p, err := l.Acquire(t.Context(), plain)
					if err != nil {
						t.Error(err)
						return
					}
					r := ratelimit.Result{Sent: time.Now()}
					time.Sleep(40 * time.Millisecond)
					r.Status, r.Header = s.serve()
					status = r.Status
					time.Sleep(40 * time.Millisecond)
					r.Received = time.Now()
					p.Done(r)
				}
			}
		})
	}
	wg.Wait()
}

func unixReset(end time.Time) string { return strconv.FormatInt(end.Unix(), 10) }

func deltaReset(end time.Time) string {
	return strconv.FormatInt(int64(time.Until(end).Round(time.Second)/time.Second)+1, 10)
}
