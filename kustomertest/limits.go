package kustomertest

import (
	"net/http"
	"strconv"
	"time"
)

type limitConfig struct {
	org, object, create int
	window              time.Duration
	aligned             bool
	reset               ResetHeader
	drop                func(Request) bool
}

// WithOrgLimit sets how many requests the organisation may make per window, all its keys together. The default
// is 1000, the budget of the Enterprise plan. A limit of 0 or less is none: answers then have no rate-limit
// headers at all.
func WithOrgLimit(n int) Option { return func(c *config) { c.limits.org = n } }

// WithObjectLimit sets how many updates of one conversation are allowed per window; appending tags is one. That
// there is such a limit is in the reference; its number and window are not known here, so the default is none, which 0 or
// less says too. Only updates that were applied count, and its 429 has no x-ratelimit-reset (both assumed).
func WithObjectLimit(n int) Option { return func(c *config) { c.limits.object = n } }

// WithCreateLimit sets how many conversations may be created per customer and window; the default is 120, and 0
// or less is no limit. A body with importedAt is exempt. The reference states the limit for another create; that
// it holds here too is assumed.
func WithCreateLimit(n int) Option { return func(c *config) { c.limits.create = n } }

// WithWindow sets the length of the windows of all limits; the default, which 0 or less means too, is 60 s. As
// x-ratelimit-reset has whole seconds, it names the end of a window rounded up (assumed).
//
// Only the fake's windows get shorter. A client cannot see their length and goes by the 60 s of Kustomer, so it may still wait
// that long once the budget is spent. A test with [New] in a bubble of testing/synctest needs no short windows: a minute costs
// nothing there.
func WithWindow(d time.Duration) Option {
	return func(c *config) {
		c.limits.window = time.Minute
		if d > 0 {
			c.limits.window = d
		}
	}
}

// WithAlignedWindows lets windows begin at multiples of their length, as at each full minute. Without this option
// a window begins with the first request after the one before ended. Which of both Kustomer does is not known.
func WithAlignedWindows() Option { return func(c *config) { c.limits.aligned = true } }

// ResetHeader says which answers have the header x-ratelimit-reset.
type ResetHeader uint8

// The values of [WithResetHeader].
const (
	ResetOnRefusal ResetHeader = iota // only a 429 of the organisation's limit (observed); the default
	ResetAlways                       // each answer that has the other rate-limit headers
	ResetNever                        // none
)

// WithResetHeader sets which answers have the header x-ratelimit-reset, in seconds since the Unix epoch.
func WithResetHeader(r ResetHeader) Option { return func(c *config) { c.limits.reset = r } }

// WithoutRateHeaders leaves the rate-limit headers out of the answers for which drop returns true. The request
// it is given has the status of the answer. Calls of drop are never concurrent.
func WithoutRateHeaders(drop func(Request) bool) Option {
	return func(c *config) { c.limits.drop = drop }
}

// Spend uses n requests of the organisation's budget, like other integrations and agents do. It uses at most what is
// left in the window, and returns how many it used.
func (s *Server) Spend(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(&s.org, s.now())
	// Faults use budget even if none is left.
	n = min(max(n, 0), max(s.cfg.limits.org-s.org.used, 0))
	s.org.used += n
	return n
}

// Budget returns how many requests were used in the current window, and when the window ends by the clock of the
// process. end is zero if the next request starts the window.
func (s *Server) Budget() (spent int, end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, w, now := s.cfg.limits, s.org, s.now()
	if !l.aligned && (w.start.IsZero() || !now.Before(w.start.Add(l.window))) {
		return 0, time.Time{}
	}
	s.roll(&w, now) // a copy, so that no window begins
	return w.used, w.start.Add(l.window - s.cfg.skew)
}

// A window counts the requests since start.
type window struct {
	start time.Time
	used  int
}

// roll begins a new window if the old one has ended.
func (s *Server) roll(w *window, now time.Time) {
	l := s.cfg.limits
	if l.aligned {
		if start := now.Truncate(l.window); !start.Equal(w.start) {
			*w = window{start: start}
		}
	} else if w.start.IsZero() || !now.Before(w.start.Add(l.window)) {
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

// spendFor is like spend, for the window of one object.
func (s *Server) spendFor(windows map[string]*window, id string, limit int, now time.Time) bool {
	if limit <= 0 {
		return true
	}
	w := windows[id]
	if w == nil {
		w = new(window)
		windows[id] = w
	}
	return s.spend(w, limit, now)
}

// The names of the rate-limit headers.
const (
	headerLimit     = "X-Ratelimit-Limit"
	headerRemaining = "X-Ratelimit-Remaining"
	headerReset     = "X-Ratelimit-Reset"
)

// rateHeaders adds what is left of the organisation's budget.
func (s *Server) rateHeaders(h http.Header, refused bool, now time.Time) {
	l := s.cfg.limits
	if l.org <= 0 {
		return
	}
	s.roll(&s.org, now)
	h.Set(headerLimit, strconv.Itoa(l.org))
	h.Set(headerRemaining, strconv.Itoa(max(l.org-s.org.used, 0)))
	if l.reset == ResetAlways || l.reset == ResetOnRefusal && refused {
		// Rounded up, so that a request at that second is not too early.
		end := s.org.start.Add(l.window + time.Second - time.Nanosecond)
		h.Set(headerReset, strconv.FormatInt(end.Unix(), 10))
	}
}
