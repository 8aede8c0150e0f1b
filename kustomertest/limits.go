package kustomertest

import (
	"net/http"
	"strconv"
	"time"
)

// ResetHeader selects the responses with the header x-ratelimit-reset.
type ResetHeader uint8

// The values of [Config.ResetHeader].
const (
	ResetOnRefusal ResetHeader = iota // only a 429 of the organisation's limit (observed); the default
	ResetAlways                       // all responses with the other rate-limit headers
	ResetNever                        // no response
)

// Spend uses n requests of the organisation's budget, as others do. If fewer are left in the window, it uses those. It returns
// how many it used.
func (s *Server) Spend(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(&s.org, s.now())
	// Faults use budget even if none is left.
	n = min(max(n, 0), max(s.cfg.OrgLimit-s.org.used, 0))
	s.org.used += n
	return n
}

// Budget returns how many requests were used in the current window, and when it ends by the clock of the process. end is zero if
// the next request starts the window.
func (s *Server) Budget() (spent int, end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.org
	s.roll(&w, s.now()) // a copy, so that no window begins
	if w != s.org && !s.cfg.AlignedWindows {
		return 0, time.Time{}
	}
	return w.used, w.start.Add(s.cfg.Window - s.cfg.ClockSkew)
}

// A window counts the requests since start.
type window struct {
	start time.Time
	used  int
}

// roll begins a new window if the old one has ended.
func (s *Server) roll(w *window, now time.Time) {
	if s.cfg.AlignedWindows {
		now = now.Truncate(s.cfg.Window)
	}
	if w.start.IsZero() || !now.Before(w.start.Add(s.cfg.Window)) {
		*w = window{start: now}
	}
}

// spend uses one request of a limit, and reports whether one was left. A limit of 0 or less means no limit.
func (s *Server) spend(w *window, limit int, now time.Time) bool {
	if s.roll(w, now); limit > 0 && w.used >= limit {
		return false
	}
	w.used++
	return true
}

// rateHeaders adds what is left of the organisation's budget, unless the key is of another region (assumed).
func (s *Server) rateHeaders(h http.Header, refused bool, now time.Time) {
	if s.cfg.OrgLimit <= 0 || s.cfg.KeyPod != s.cfg.Pod {
		return
	}
	s.roll(&s.org, now)
	h.Set("X-Ratelimit-Limit", strconv.Itoa(s.cfg.OrgLimit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(s.cfg.OrgLimit-s.org.used, 0)))
	if s.cfg.ResetHeader == ResetAlways || s.cfg.ResetHeader == ResetOnRefusal && refused {
		// Rounded up, so that a request at that second is not too early.
		end := s.org.start.Add(s.cfg.Window + time.Second - time.Nanosecond)
		h.Set("X-Ratelimit-Reset", strconv.FormatInt(end.Unix(), 10))
	}
}
