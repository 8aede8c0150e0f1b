package ratelimit_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A honest is a member that sends what it was granted, and reports all that it knows.
type honest struct {
	report  ratelimit.Report
	leased  time.Time // when it asked for its lease
	waiting int       // requests on their way to the server
	counts  []int     // responses on their way back
}

// A poolModel has honest members, a pool and a server with one window.
type poolModel struct {
	random  *rand.Rand
	now     time.Time
	pool    *ratelimit.MemoryPool
	members []*honest
	left    int
	refused int
}

func TestPoolNeverGrantsMoreThanIsLeft(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { runPool(t, seed, 600) })
	}
}

func FuzzPool(f *testing.F) {
	f.Add(uint64(1), uint16(600))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) { runPool(t, seed, int(steps%3000)) })
}

func runPool(t *testing.T, seed uint64, steps int) {
	m := &poolModel{random: rand.New(rand.NewPCG(seed, 0)), now: time.Unix(1e9, 0), left: 300}
	m.pool = ratelimit.NewMemoryPool(func() time.Time { return m.now })
	for i := range 1 + m.random.IntN(12) {
		h := &honest{report: ratelimit.Report{Member: fmt.Sprint(i), Window: known(1, 300, 300)}}
		m.members = append(m.members, h)
	}
	for range steps {
		m.step(t, m.members[m.random.IntN(len(m.members))])
	}
	if m.refused > 0 {
		t.Errorf("%d requests were refused", m.refused)
	}
	m.finish(t)
}

func (m *poolModel) step(t *testing.T, h *honest) {
	r := &h.report
	if m.now.Sub(h.leased) >= 2500*time.Millisecond {
		r.Lease = 0
	}
	switch n := m.random.IntN(100); {
	case n < 20:
		m.now = m.now.Add(time.Duration(m.random.IntN(50)) * time.Millisecond)
	case n < 45:
		m.exchange(t, h)
	case n < 70 && r.Lease > 0:
		r.Lease, r.InFlight, h.waiting = r.Lease-1, r.InFlight+1, h.waiting+1
	case n < 85 && h.waiting > 0:
		h.waiting--
		if m.left--; m.left < 0 {
			m.refused++
		}
		h.counts = append(h.counts, m.left)
	case len(h.counts) > 0:
		i := m.random.IntN(len(h.counts)) // responses overtake each other
		r.InFlight, r.Own = r.InFlight-1, r.Own+1
		r.Window.Remaining = min(r.Window.Remaining, h.counts[i])
		h.counts = append(h.counts[:i], h.counts[i+1:]...)
	}
	// A member with requests in flight reports once a second.
	for _, h := range m.members {
		if m.now.Sub(h.leased) >= time.Second && (h.report.InFlight > 0 || h.report.Lease > 0) {
			m.exchange(t, h)
		}
	}
}

func (m *poolModel) exchange(t *testing.T, h *honest) {
	t.Helper()
	r := h.report
	r.Interactive, r.Reserve = m.random.IntN(30), 5
	g := exchange(t, m.pool, r)
	if m.random.IntN(10) == 0 {
		return // the response is lost
	}
	h.leased = m.now
	h.report.Lease += g.Lease
	if w := g.Window.Remaining; w < h.report.Window.Remaining {
		h.report.Window.Remaining = w
	}
	if g.Lease < 0 || g.Background < 0 || g.Background > g.Lease || g.Used < 0 {
		t.Fatalf("the grant makes no sense: %+v", g)
	}
	if g.Lease > 0 && !g.Probe && g.Used > 300-r.Reserve {
		t.Fatalf("granted %d, and %d are used then", g.Lease, g.Used)
	}
}

// finish ends all requests. Then all that is left, less the reserve, can be granted to one member.
func (m *poolModel) finish(t *testing.T) {
	t.Helper()
	least := m.left
	for _, h := range m.members {
		least -= h.waiting
		h.report.Own += h.report.InFlight
		h.report.InFlight, h.report.Lease = 0, 0
	}
	for _, h := range m.members {
		h.report.Window.Remaining = least
		exchange(t, m.pool, h.report)
	}
	r := m.members[0].report
	r.Interactive, r.Reserve = 1000, 5
	if g := exchange(t, m.pool, r); g.Lease != max(least-5, 0) {
		t.Errorf("granted %d of %d at the end: %+v", g.Lease, least-5, g)
	}
}

func TestPoolLeavesTheReserves(t *testing.T) {
	for name, test := range map[string]struct{ interactive, background, lease, leaseBackground int }{
		"interactive": {100, 0, 85, 0},
		"background":  {0, 100, 50, 50},
		"both":        {30, 100, 50, 20},
	} {
		t.Run(name, func(t *testing.T) {
			p := ratelimit.NewMemoryPool(nil)
			g := exchange(t, p, ratelimit.Report{
				Member: "a", Window: known(1, 100, 90), Reserve: 5, ReserveBackground: 40,
				Interactive: test.interactive, Background: test.background,
			})
			want(t, "lease", g.Lease, test.lease)
			want(t, "of it for background requests", g.Background, test.leaseBackground)
		})
	}
}

// What is reserved for interactive requests goes to whoever needs it, even if that member has sent more than its fair share.
func TestPoolGrantsTheReserveToInteractiveRequests(t *testing.T) {
	p := ratelimit.NewMemoryPool(nil)
	w := known(1, 1000, 300)
	exchange(t, p, ratelimit.Report{Member: "busy", Window: w, Own: 100, Background: 50, ReserveBackground: 200})
	exchange(t, p, ratelimit.Report{Member: "busier", Window: w, Own: 200, Background: 50, ReserveBackground: 200})
	g := exchange(t, p, ratelimit.Report{Member: "people", Window: w, Own: 400, People: 400, Interactive: 20, ReserveBackground: 200})
	want(t, "lease", g.Lease, 20)
}

// A member that had less than its fair share of a window gets more of the next one. The others leave it that.
func TestPoolLeavesAMemberWhatItIsBehindBy(t *testing.T) {
	leases := func(own int) (behind, other int) {
		p := ratelimit.NewMemoryPool(nil)
		report := func(member string, epoch int64, own int) ratelimit.Grant {
			return exchange(t, p, ratelimit.Report{Member: member, Window: known(epoch, 180, 180*int(epoch-1)), Own: own, People: own, Interactive: 180})
		}
		for member, own := range map[string]int{"behind": own, "other": 60, "third": 60} {
			report(member, 1, own)
		}
		report("third", 2, 60)
		return report("behind", 2, 0).Lease, report("other", 2, 0).Lease
	}
	fair, fairOther := leases(60)
	more, less := leases(0)
	if more <= fair || less >= fairOther {
		t.Errorf("it gets %d instead of %d, and the other one %d instead of %d", more, fair, less, fairOther)
	}
}

// An exchange takes the same time however many members there are.
func BenchmarkExchange(b *testing.B) {
	for _, members := range []int{8, 32, 1000} {
		b.Run(strconv.Itoa(members), func(b *testing.B) {
			p := ratelimit.NewMemoryPool(nil)
			names := make([]string, members)
			for i := range names {
				names[i] = fmt.Sprint(i)
			}
			w := known(1, 1<<30, 1<<29)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				exchange(b, p, ratelimit.Report{Member: names[i%members], Window: w, Own: i, InFlight: 3, Lease: 2, Interactive: 20})
			}
		})
	}
}

// The memory of a pool does not grow with the processes and records that it has ever seen.
func TestPoolForgets(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := ratelimit.NewMemoryPool(func() time.Time { return now })
	round := func(first int) {
		for i := range 5_000 {
			record := ratelimit.RecordReport{Record: ratelimit.Record{Kind: "object", ID: fmt.Sprint(first + i)}, Want: true}
			exchange(t, p, ratelimit.Report{Member: fmt.Sprint(first + i), Window: known(1, 1000, 900), Records: []ratelimit.RecordReport{record}})
			now = now.Add(50 * time.Millisecond)
		}
	}
	round(0)
	before := heap()
	for i := range 5 {
		round((i + 1) * 5_000)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	exchange(t, p, ratelimit.Report{Member: "last"})
}

// A pool that has lost its memory learns from any member for how long people have sent requests.
func TestPoolLearnsAgainSinceWhen(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := ratelimit.NewMemoryPool(func() time.Time { return now })
	for i, step := range []struct{ pass, ago, since, want time.Duration }{
		{0, time.Second, 2 * time.Second, 2 * time.Second}, // a member that has just begun
		{time.Second, 0, 0, 3 * time.Second},
		{0, 2 * time.Second, time.Hour, time.Hour},
		{time.Minute, time.Second, 5 * time.Second, time.Hour + time.Minute},
		{time.Hour, time.Second, time.Second, time.Second}, // after a pause
		{0, time.Hour, 2 * time.Hour, time.Second},
	} {
		now = now.Add(step.pass)
		g := exchange(t, p, ratelimit.Report{Member: fmt.Sprint(i), Window: known(1, 100, 90), PeopleAgo: step.ago, PeopleSince: step.since})
		if g.PeopleSince != step.want {
			t.Errorf("step %d: people have sent since %v, want %v", i, g.PeopleSince, step.want)
		}
	}
}

// One member at a time holds a record. The next one gets what the last one has left.
func TestPoolRecordHolder(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := ratelimit.NewMemoryPool(func() time.Time { return now })
	ask := func(member string, r ratelimit.RecordReport) ratelimit.RecordGrant {
		r.Record = ratelimit.Record{Kind: "customer", ID: "x"}
		return exchange(t, p, ratelimit.Report{Member: member, Records: []ratelimit.RecordReport{r}}).Records[0]
	}
	wanted := ratelimit.RecordReport{Want: true}
	held := func(what string, g ratelimit.RecordGrant, want bool) {
		t.Helper()
		if g.Held != want {
			t.Errorf("%s: held %t, want %t", what, g.Held, want)
		}
	}
	held("first", ask("a", ratelimit.RecordReport{Want: true, Join: true, Sent: 7, State: ratelimit.RecordState{Spent: 7, End: time.Minute}}), true)
	held("first again, because the response was lost", ask("a", wanted), true)
	held("second", ask("b", ratelimit.RecordReport{Want: true, Join: true, Sent: 5, State: ratelimit.RecordState{Spent: 5, End: 50 * time.Second}}), false)
	held("third", ask("c", wanted), false)

	now = now.Add(time.Second)
	state := ratelimit.RecordState{Spent: 20, End: 59 * time.Second, Refusals: 2, Blocked: 2 * time.Second}
	held("first, after the second has asked", ask("a", ratelimit.RecordReport{Want: true, Release: true, Sent: 20, State: state}), false)
	held("third, before the second", ask("c", wanted), false)
	g := ask("b", wanted)
	held("second", g, true)
	want(t, "spent by both", g.State.Spent, 25)
	want(t, "refusals", g.State.Refusals, 2)
	if g.State.Blocked != 2*time.Second || g.State.End != 49*time.Second {
		t.Errorf("state %+v", g.State)
	}

	now = now.Add(2 * time.Second)
	held("third, while the second may live", ask("c", wanted), false)
	now = now.Add(time.Second)
	held("third, after 3 s of silence", ask("c", wanted), true)
	now = now.Add(time.Minute)
	g = ask("c", ratelimit.RecordReport{})
	want(t, "spent in a new window", g.State.Spent, 0)
}

// What the members have sent for a record counts once, whatever is lost on the way.
func TestPoolCountsOnce(t *testing.T) {
	const joins, releases, wants = 1, 2, 3
	type step struct {
		member      string
		what        int
		sent, spent int           // in the report
		end         time.Duration // in the report
		want        int           // spent in the grant
	}
	const early, later = 20 * time.Second, time.Minute
	for name, steps := range map[string][]step{
		"a join comes twice":     {{"a", joins, 7, 7, early, 7}, {"a", joins, 7, 7, early, 7}},
		"it has sent more then":  {{"a", joins, 7, 7, early, 7}, {"a", joins, 9, 9, early, 9}, {"b", joins, 5, 5, early, 14}, {"b", joins, 5, 5, early, 14}},
		"a release comes twice":  {{"a", joins, 7, 7, early, 7}, {"b", joins, 5, 5, early, 12}, {"a", releases, 9, 9, early, 14}, {"a", releases, 9, 9, early, 14}},
		"a release after a join": {{"a", joins, 7, 7, early, 7}, {"a", wants, 7, 7, early, 7}, {"a", releases, 10, 10, early, 10}},
		"the memory was lost": {
			{"a", wants, 7, 30, early, 30}, {"b", joins, 9, 28, early, 30}, {"b", joins, 11, 30, early, 32}, {"c", wants, 14, 30, early, 32},
			{"c", releases, 15, 33, early, 33}, {"d", joins, 2, 2, early, 35},
		},
		"the holder sees an early end": {{"a", joins, 7, 7, early, 7}, {"a", releases, 2, 2, later, 2}, {"a", releases, 2, 2, later, 2}},
		"others saw it less early": {
			{"a", joins, 7, 7, early, 7}, {"b", joins, 5, 5, early, 12}, {"a", releases, 2, 2, later, 2}, {"b", wants, 5, 12, early, 2},
			{"b", releases, 3, 5, later, 5},
		},
		"a member has begun anew": {{"a", joins, 7, 7, early, 7}, {"b", joins, 9, 9, early, 16}, {"b", joins, 2, 2, later, 18}},
	} {
		t.Run(name, func(t *testing.T) {
			p := ratelimit.NewMemoryPool(nil)
			for i, s := range steps {
				r := ratelimit.RecordReport{
					Record: ratelimit.Record{Kind: "customer", ID: "x"}, Want: true, Join: s.what == joins, Release: s.what == releases,
					Sent: s.sent, State: ratelimit.RecordState{Spent: s.spent, End: s.end},
				}
				g := exchange(t, p, ratelimit.Report{Member: s.member, Records: []ratelimit.RecordReport{r}})
				want(t, fmt.Sprintf("spent after report %d", i+1), g.Records[0].State.Spent, s.want)
			}
		})
	}
}

// The pool refuses a report with impossible values, and its state stays as it is. The error lists all of these values.
func TestPoolRefusesNonsense(t *testing.T) {
	valid := func() ratelimit.Report {
		return ratelimit.Report{Member: "a", Window: known(7, 100, 90), Records: make([]ratelimit.RecordReport, 1)}
	}
	for name, test := range map[string]struct {
		change func(*ratelimit.Report)
		want   []string
	}{
		"valid":             {func(*ratelimit.Report) {}, nil},
		"no name":           {func(r *ratelimit.Report) { r.Member = "" }, []string{"name of the member"}},
		"negative":          {func(r *ratelimit.Report) { r.Own, r.Lease, r.Window.Remaining = -1, -2, -3 }, []string{"Own is -1", "Lease is -2", "Remaining is -3"}},
		"too large":         {func(r *ratelimit.Report) { r.Interactive, r.Window.Epoch = 1<<31, 1<<41 }, []string{"Interactive", "Epoch"}},
		"too long":          {func(r *ratelimit.Report) { r.Window.Latest, r.Patience = time.Hour, time.Hour }, []string{"Latest is 1h", "Patience"}},
		"a record":          {func(r *ratelimit.Report) { r.Records[0].Sent, r.Records[0].State.End = -1, time.Hour }, []string{"Sent", "State.End"}},
		"many records":      {func(r *ratelimit.Report) { r.Records = make([]ratelimit.RecordReport, 65) }, []string{"records is 65"}},
		"a far away window": {func(r *ratelimit.Report) { r.Window.Epoch += 1<<20 + 1 }, []string{"window 1048584"}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(1e9, 0)
			p := ratelimit.NewMemoryPool(func() time.Time { return now })
			exchange(t, p, valid())
			now = now.Add(2 * time.Second)
			r := valid()
			test.change(&r)
			_, err := p.Exchange(t.Context(), r)
			if (err != nil) != (test.want != nil) {
				t.Errorf("error %v", err)
			}
			for _, want := range test.want {
				if err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %q", want, err)
				}
			}
			r = valid()
			r.Interactive = 90
			want(t, "lease after it", exchange(t, p, r).Lease, 90)
		})
	}
}
