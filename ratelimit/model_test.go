package ratelimit_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A model drives a limiter with random steps, and checks after each what must be true.
type model struct {
	*bench
	random   *rand.Rand
	calls    []*call
	inFlight []*call // sent, without a response yet
	counted  int     // what was left at the last count
	skew     time.Duration
	done     map[*call]bool
	plain    map[*call]bool // those for no record
}

func TestRandomSequences(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { runModel(t, seed, 250) })
	}
}

func FuzzSequences(f *testing.F) {
	f.Add(uint64(1), uint16(100))
	f.Add(uint64(2), uint16(1000))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) { runModel(t, seed, int(steps%2000)) })
}

func runModel(t *testing.T, seed uint64, steps int) { runModelWith(t, seed, steps, newBench) }

// runModelWithPool is runModel for the only member of a pool.
func runModelWithPool(t *testing.T, seed uint64, steps int, pool func() *testPool) {
	runModelWith(t, seed, steps, func(t testing.TB, c ratelimit.Config) *bench {
		p := pool()
		b := join(t.(*testing.T), p, c)
		t.Cleanup(p.mend) // before it is closed
		return b
	})
}

func runModelWith(t *testing.T, seed uint64, steps int, newBench func(testing.TB, ratelimit.Config) *bench) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 0))
		pick := func(n ...int) int { return n[random.IntN(len(n))] }
		m := &model{random: random, done: map[*call]bool{}, plain: map[*call]bool{}, bench: newBench(t, ratelimit.Config{
			ReserveCount: pick(0, 0, 3, 20), Reserve: 0.05 * float64(pick(0, 1)), MaxInFlight: pick(0, 0, 5), MaxRate: pick(0, 0, 30),
			ObjectLimit: pick(0, 2), CustomerLimit: pick(0, 3),
		})}
		for range steps {
			before := sent(m.calls)
			m.step()
			m.collect()
			m.check(sent(m.calls) > before)
			if t.Failed() {
				t.Fatal("seed", seed)
			}
		}
		m.drain()
	})
}

func (m *model) step() {
	switch n := m.random.IntN(100); {
	case n < 45:
		m.call()
	case n < 80 && len(m.inFlight) > 0:
		m.end(m.inFlight[m.random.IntN(len(m.inFlight))])
	case n < 85 && len(m.calls) > 0:
		m.calls[m.random.IntN(len(m.calls))].cancel()
		synctest.Wait()
	case n < 86:
		m.skew = time.Duration(m.random.IntN(200)-100) * time.Second // the server's clock is set
	case n < 88:
		pass(time.Duration(m.random.IntN(200)) * time.Second)
	default:
		pass(time.Duration(m.random.IntN(3000)) * time.Millisecond)
	}
}

// end responds to a call.
func (m *model) end(c *call) {
	c.permit().Done(m.result(c))
	synctest.Wait()
	m.done[c] = true
}

func (m *model) call() {
	r := ratelimit.Request{Background: m.random.IntN(3) == 0}
	switch m.random.IntN(4) {
	case 0:
		r.Object = strconv.Itoa(m.random.IntN(4))
	case 1:
		r.Customer = strconv.Itoa(m.random.IntN(2))
	}
	ctx := m.t.Context()
	switch m.random.IntN(8) {
	case 0:
		r.MaxWait = -1
	case 1:
		r.MaxWait = time.Duration(m.random.IntN(90)) * time.Second
	case 2:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(m.random.IntN(90))*time.Second)
		m.t.Cleanup(cancel)
	}
	c := m.callIn(ctx, r)
	m.calls = append(m.calls, c)
	m.plain[c] = r.Object+r.Customer == ""
}

// result returns a random result: mostly a success with a falling count, and everything else that was ever seen.
func (m *model) result(c *call) ratelimit.Result {
	r := ratelimit.Result{Status: http.StatusOK, Header: http.Header{}, Sent: c.ended(), Received: time.Now()}
	if m.random.IntN(10) > 0 {
		r.Header.Set("Date", time.Now().Add(m.skew).UTC().Format(http.TimeFormat))
	}
	remaining := func(n int) {
		r.Header.Set("X-Ratelimit-Limit", "100")
		r.Header.Set("X-Ratelimit-Remaining", strconv.Itoa(n))
	}
	switch n := m.random.IntN(100); {
	case n < 60:
		m.counted--
		if m.counted < 0 || m.random.IntN(30) == 0 {
			m.counted = m.random.IntN(100)
		}
		remaining(m.counted)
	case n < 75:
	case n < 82:
		r = ratelimit.Result{Err: errors.New("connection reset")}
	case n < 88:
		r.Status = http.StatusTooManyRequests
		remaining(m.random.IntN(100))
	case n < 92:
		r.Status = http.StatusTooManyRequests
	default:
		r.Status = http.StatusTooManyRequests
		remaining(0)
		reset := []string{"", "soon", "0", "17", "99999", strconv.FormatInt(time.Now().Add(m.skew).Unix()+int64(m.random.IntN(70)), 10)}
		r.Header.Set("X-Ratelimit-Reset", reset[m.random.IntN(len(reset))])
		if m.random.IntN(10) == 0 {
			r.Header.Set("Retry-After", strconv.Itoa(m.random.IntN(200)))
		}
	}
	return r
}

// collect finds the calls that are in flight.
func (m *model) collect() {
	m.inFlight = m.inFlight[:0]
	for _, c := range m.calls {
		if c.sent() && !m.done[c] {
			m.inFlight = append(m.inFlight, c)
		}
	}
}

// check checks what must be true at any moment. grown reports whether a request was sent just now.
func (m *model) check(grown bool) {
	m.t.Helper()
	s, waiting := m.Snapshot(), 0
	for _, c := range m.calls {
		if c.waiting() {
			waiting++
		}
	}
	want(m.t, "in flight", s.InFlight, len(m.inFlight))
	want(m.t, "waiting", s.Waiting, waiting)
	// In a known window, no more are in flight than it has left, except one probe for its end.
	if most := max(1, s.Remaining-s.Reserve); grown && !s.Reset.IsZero() && s.InFlight > most {
		m.t.Errorf("%d are in flight, at most %d may be: %+v", s.InFlight, most, s)
	}
	if len(s.Blocked) > 7 { // 4 records, 2 customers, and the operation of those for neither
		m.t.Errorf("records are blocked that were never called: %v", s.Blocked)
	}
}

// drain responds to all requests until no call waits. Before that, at most one request hangs. It does not stop the
// waiting calls, though it may slow them down to one per window if others use the budget too.
func (m *model) drain() {
	m.t.Helper()
	var hanging *call
	m.collect()
	for _, c := range m.inFlight {
		if m.plain[c] && m.random.IntN(2) == 0 {
			hanging = c
		}
	}
	if hanging != nil {
		before := m.Snapshot().Waiting
		m.done[hanging] = true
		m.rounds()
		if after := m.Snapshot().Waiting; after > 0 && after > before-20 {
			m.t.Errorf("of %d waiting calls, %d still wait, and one request hangs: %+v", before, after, m.Snapshot())
		}
		hanging.respond(http.StatusOK, left(100, 99))
	}
	m.rounds()
	if s := m.Snapshot(); s.InFlight != 0 || s.Waiting != 0 {
		m.t.Errorf("not all have ended: %+v", s)
	}
	for i, c := range m.calls {
		if c.waiting() {
			m.t.Errorf("call %d still waits", i)
		}
	}
}

// rounds responds to the requests in flight for 50 minutes, or until no call waits.
func (m *model) rounds() {
	for range 300 {
		for m.collect(); len(m.inFlight) > 0; m.collect() {
			c := m.inFlight[0]
			c.respond(http.StatusOK, left(100, 99))
			m.done[c] = true
			if m.random.IntN(4) == 0 {
				pass(time.Millisecond)
			}
		}
		if m.Snapshot().Waiting == 0 {
			break
		}
		pass(10 * time.Second)
	}
}
