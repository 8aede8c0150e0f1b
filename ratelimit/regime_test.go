package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A regime is a server, the proxy in front of it and its other users, drawn at random.
type regime struct {
	random *rand.Rand
	config ratelimit.Config

	limits     []int            // per window; they change every two minutes
	latency    time.Duration    // most are up to this long
	lost       float64          // share of responses whose headers are lost
	hang, page [2]time.Duration // when it does not respond, and when a proxy responds with HTML
	neighbour  int              // requests of others per window
	resets     bool             // refusals have a reset

	mu       sync.Mutex
	began    time.Time
	used     int
	end      time.Time
	refusals int // in this window
	most     int // refusals that may be in this window
	known    int // the last limit in a response
	changed  time.Time
	errors   []string
}

// The longest that a call takes from when it is sent.
const regimeTimeout = 60 * time.Second

func newRegime(seed uint64) *regime {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(n ...int) int { return n[r.IntN(len(n))] }
	span := func() (s [2]time.Duration) {
		if r.IntN(3) == 0 {
			s[0] = time.Duration(r.IntN(400)) * time.Second
			s[1] = s[0] + time.Duration(r.IntN(90))*time.Second
		}
		return s
	}
	return &regime{
		random: r, resets: r.IntN(3) > 0,
		config:  ratelimit.Config{Reserve: 0.05 * float64(pick(0, 0, 1, 4)), BackgroundReserve: 0.1 * float64(pick(0, 0, 1))},
		limits:  []int{pick(20, 100, 300), pick(20, 100, 300), pick(20, 100, 300)},
		latency: time.Duration(pick(0, 100, 3000, 30_000, 60_000)) * time.Millisecond,
		lost:    0.3 * float64(pick(0, 0, 1)), hang: span(), page: span(), neighbour: pick(0, 0, 5, 50),
	}
}

func (s *regime) limit() int {
	return s.limits[min(int(time.Since(s.began)/(2*time.Minute)), len(s.limits)-1)]
}

func within(span [2]time.Duration, at time.Duration) bool { return at >= span[0] && at < span[1] }

// handle decides what the server does with a request, and returns the response.
func (s *regime) handle() (status int, h http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, limit := time.Now(), s.limit()
	if !now.Before(s.end) {
		if s.refusals > s.most {
			s.errors = append(s.errors, fmt.Sprintf("%d refusals in the window that ends at %v, more than %d", s.refusals, s.end.Sub(s.began), s.most))
		}
		s.used, s.refusals, s.end = 0, 0, now.Add(time.Minute)
		// Refusals come from one probe per probe interval, eight calls that cannot wait, and the requests in flight
		// when the budget shrinks or others use it.
		s.most = 40 + s.neighbour
		if s.lost > 0 || s.page[1] > 0 || s.hang[1] > 0 || s.latency > 10*time.Second {
			s.most += 20
		}
		s.used += s.random.IntN(s.neighbour/5 + 1)
	}
	for _, l := range s.limits {
		if l > limit {
			s.most = max(s.most, l+40)
		}
	}
	if within(s.page, now.Sub(s.began)) {
		return http.StatusForbidden, header("Content-Type", "text/html")
	}
	if s.random.Float64() < float64(s.neighbour)/float64(limit) {
		s.used++
	}
	h = left(limit, max(0, limit-s.used-1), "Date", now.UTC().Format(http.TimeFormat), "Content-Type", "application/json")
	status = http.StatusOK
	if s.used < limit {
		s.used++
	} else {
		s.refusals++
		status = http.StatusTooManyRequests
		if s.resets {
			h.Set("X-Ratelimit-Reset", unixReset(s.end))
		}
	}
	if s.random.Float64() < s.lost {
		h = header("Content-Type", "application/json")
	}
	return status, h
}

// roundTrip sends a request that got a permit.
func (s *regime) roundTrip(ctx context.Context, l *ratelimit.Adaptive, p ratelimit.Permit) {
	r := ratelimit.Result{Sent: time.Now()}
	s.mu.Lock()
	took := 20*time.Millisecond + time.Duration(s.random.Int64N(int64(s.latency)+1))
	hangs := within(s.hang, time.Since(s.began))
	s.mu.Unlock()
	if hangs || took > regimeTimeout {
		sleep(ctx, regimeTimeout)
		r.Err = errors.New("timeout")
		p.Done(r)
		return
	}
	sleep(ctx, took/2)
	r.Status, r.Header = s.handle()
	sleep(ctx, took-took/2)
	r.Received = time.Now()
	s.mu.Lock()
	if limit, err := strconv.Atoi(r.Header.Get("X-Ratelimit-Limit")); err == nil && limit != s.known {
		s.known, s.changed = limit, time.Now()
	}
	s.mu.Unlock()
	p.Done(r)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// admitted checks what must be true of each request that gets a permit.
func (s *regime) admitted(l *ratelimit.Adaptive) {
	snapshot := l.Snapshot()
	s.mu.Lock()
	defer s.mu.Unlock()
	if most := max(1, s.known-snapshot.Reserve); s.known > 0 && s.changed.Before(time.Now()) && snapshot.InFlight > most {
		s.errors = append(s.errors, fmt.Sprintf("%d are in flight, %d may at the most", snapshot.InFlight, most))
	}
}

// refused checks what must be true of each request that gets none.
func (s *regime) refused(l *ratelimit.Adaptive, r ratelimit.Request, err error) {
	var waitErr *ratelimit.WaitError
	snapshot := l.Snapshot()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !errors.As(err, &waitErr) || waitErr.Wait > time.Hour {
		s.errors = append(s.errors, err.Error())
	} else if r.MaxWait < 0 && waitErr.Wait == 0 && !r.Background && s.config.Reserve == 0 && snapshot.InFlight+snapshot.Waiting == 0 {
		s.errors = append(s.errors, fmt.Sprintf("refused without a reason: %+v", snapshot))
	}
}

// Whatever the server does: requests in flight stay below the last known limit less the reserve, each window has few
// refusals, no call waits forever, no call fails without a reason, and each permit comes back.
func TestRegimes(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { runRegime(t, seed) })
	}
}

func FuzzRegimes(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(runRegime)
}

func runRegime(t *testing.T, seed uint64) {
	synctest.Test(t, func(t *testing.T) {
		s := newRegime(seed)
		l := newBench(t, s.config).Adaptive
		s.began = time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(8*time.Minute, cancel)
		var wg sync.WaitGroup
		for worker := range 400 {
			random := rand.New(rand.NewPCG(seed, uint64(worker)+2))
			wg.Go(func() {
				for ctx.Err() == nil {
					r := ratelimit.Request{Background: worker%2 == 0, Retry: random.IntN(20) == 0, Object: strconv.Itoa(random.IntN(1000))}
					switch worker % 10 {
					case 1:
						r.MaxWait = -1
					case 3:
						r.MaxWait = time.Duration(1+random.IntN(90)) * time.Second
					}
					began := time.Now()
					p, err := l.Acquire(ctx, r)
					switch {
					case err == nil:
						s.admitted(l)
						s.roundTrip(ctx, l, p)
					case ctx.Err() != nil:
					default:
						s.refused(l, r, err)
					}
					if r.MaxWait > 0 && ctx.Err() == nil && err != nil && time.Since(began) > r.MaxWait {
						t.Errorf("one that waits for %v was refused after %v", r.MaxWait, time.Since(began))
					}
					if r.MaxWait != 0 {
						sleep(ctx, time.Duration(random.IntN(5000)+1)*time.Millisecond)
					}
				}
			})
		}
		wg.Wait()
		for i, e := range s.errors {
			if i == 5 {
				break
			}
			t.Error(e)
		}
		if snapshot := l.Snapshot(); snapshot.InFlight != 0 || snapshot.Waiting != 0 {
			t.Errorf("not all have ended: %+v", snapshot)
		}
		// The limiter still sends requests.
		p, err := l.Acquire(t.Context(), plain)
		if err != nil {
			t.Fatal(err)
		}
		p.Done(ratelimit.Result{Status: http.StatusOK, Header: left(100, 99)})
		if t.Failed() {
			t.Logf("seed %d: %+v limits %v, latency %v, lost %v, hang %v, page %v, neighbour %d, resets %t",
				seed, s.config, s.limits, s.latency, s.lost, s.hang, s.page, s.neighbour, s.resets)
		}
	})
}
