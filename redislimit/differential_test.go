package redislimit

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// The script grants what the model grants, whatever members report.
func TestScriptFollowsModel(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		t.Parallel()
		for seed := range uint64(6) {
			compare(t, rdb, seed, 150)
		}
	})
}

func FuzzScript(f *testing.F) {
	f.Add(uint64(1), uint16(200))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		compare(t, connect(t, miniredis.RunT(t).Addr()), seed, int(steps%1000))
	})
}

// A comparison sends random reports of some members to the script and to the model. The clock of the model is that of the
// pool in the store. Time is spent by changing the offset of that clock, which works with the clock of a real server.
type comparison struct {
	random *rand.Rand
	pool   *pool
	state  []string // of the pool, as it is stored
	epoch  int64
	held   map[string]int // leases
	wants  int            // how many requests a member wants at most
	ends   time.Duration  // until the windows of records end, about
}

func compare(t *testing.T, rdb redis.UniversalClient, seed uint64, steps int) {
	t.Helper()
	c := comparison{
		random: rand.New(rand.NewPCG(seed, 0)), pool: testPool(t, rdb, fmt.Sprintf("seed-%d", seed)), held: map[string]int{},
	}
	now := time.Now()
	model := ratelimit.NewMemoryPool(func() time.Time { return now })
	members := 1 + c.random.IntN(30)
	c.wants = []int{3, 100, 1000}[c.random.IntN(3)]
	for step := range steps {
		if step > 0 {
			c.pass(t)
		}
		r := c.report(fmt.Sprint(c.random.IntN(members)))
		got := exchange(t, c.pool, r)
		text, err := rdb.HGet(t.Context(), c.pool.keys[0], "pool").Result()
		if err != nil {
			t.Fatal(err)
		}
		c.state = strings.Fields(text)
		now = time.UnixMicro(number(t, c.state[1]))
		want, err := model.Exchange(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if want.Window.Epoch == 0 { // nothing is known about it
			want.Window, got.Window = ratelimit.Window{}, ratelimit.Window{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, step %d: the script differs from the model\nreport %+v\nscript %+v\nmodel  %+v", seed, step, r, got, want)
		}
		c.held[r.Member], c.epoch = got.Lease, want.Window.Epoch
	}
	records, err := rdb.HGetAll(t.Context(), c.pool.keys[3]).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records {
		if !packedRecord.MatchString(record) {
			t.Errorf("seed %d: record %q", seed, record)
		}
	}
}

var packedRecord = regexp.MustCompile(`^\S+ \S+ -([\w-]{16}=\d+;)*( -?\d+){11}$`)

// pass lets time pass: mostly little, sometimes so much that members are silent, are forgotten, or a window ends.
func (c *comparison) pass(t *testing.T) {
	most := 50 * time.Millisecond
	switch n := c.random.IntN(100); {
	case n < 3:
		most = 5 * time.Minute
	case n < 15:
		most = 5 * time.Second
	case n < 30:
		most = time.Second
	}
	d := 1 + c.random.Int64N(most.Microseconds())
	if c.ends -= time.Duration(d) * time.Microsecond; c.ends < 0 {
		c.ends = time.Duration(1+c.random.Int64N(57e6)) * time.Microsecond
	}
	c.state[2] = strconv.FormatInt(number(t, c.state[2])+d, 10)
	if err := c.pool.rdb.HSet(t.Context(), c.pool.keys[0], "pool", strings.Join(c.state, " ")).Err(); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (c *comparison) report(member string) ratelimit.Report {
	n, is := c.random.IntN, func(percent int) bool { return c.random.IntN(100) < percent }
	upTo := func(d time.Duration) time.Duration {
		return time.Duration(c.random.Int64N(d.Microseconds()+1)) * time.Microsecond
	}
	r := ratelimit.Report{
		Member: member, Own: n(100), InFlight: n(10), Lease: n(c.held[member] + 1), Reserve: n(20), ReserveBackground: 20 + n(50),
		Probe: is(20), Probing: is(10), Patience: upTo(5 * time.Second), Rejoining: is(5), People: n(50),
	}
	if is(60) {
		r.Interactive = n(c.wants)
	}
	if is(60) {
		r.Background = n(c.wants)
	}
	if is(50) {
		r.PeopleAgo = upTo(20 * time.Minute)
		r.PeopleSince = r.PeopleAgo + upTo(20*time.Minute)
	}
	w := &r.Window
	w.Epoch = c.epoch
	if is(15) {
		w.Epoch = max(w.Epoch+int64(n(4))-1, 0)
	}
	w.Limit, w.Top, w.Remaining = -1+n(1000), n(1000), -1+n(1000)
	if w.Epoch > 0 {
		w.Remaining = max(w.Remaining, 0)
	}
	w.SawStart, w.NoReset, w.Moved = is(50), is(10), is(10)
	w.Age, w.Earliest = upTo(time.Minute), upTo(time.Minute)-10*time.Second
	w.Latest = w.Earliest + upTo(10*time.Second)
	if is(60) {
		return r
	}
	// No more than an exchange drops: which of those seen together go first is not defined.
	for _, record := range c.random.Perm(8)[:n(5)] {
		s := ratelimit.RecordReport{Record: ratelimit.Record{Kind: "customer", ID: fmt.Sprint(record)}, Join: is(30), Release: is(40), Want: is(70)}
		s.State.Spent, s.State.Refusals = n(100), n(3)
		s.Sent = n(s.State.Spent + 1)
		for _, d := range []*time.Duration{&s.State.End, &s.State.Try, &s.State.Blocked, &s.State.Refused, &s.State.First} {
			if is(50) {
				*d = upTo(time.Minute)
			}
		}
		if is(50) { // the window that others know, or a bit later
			s.State.End = c.ends + upTo(2*time.Second)
		}
		r.Records = append(r.Records, s)
	}
	return r
}
