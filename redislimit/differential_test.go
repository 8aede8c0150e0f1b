package redislimit

import (
	"fmt"
	"math/rand/v2"
	"reflect"
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
	for _, store := range stores(t) {
		t.Run(store.name, func(t *testing.T) {
			t.Parallel()
			rdb := store.client(t)
			for seed := range uint64(40) {
				compare(t, rdb, seed, 150)
			}
		})
	}
}

func FuzzScript(f *testing.F) {
	f.Add(uint64(1), uint16(200))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		compare(t, redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()}), seed, int(steps%1000))
	})
}

// A comparison sends random reports of some members to the script and to the model. The clock of the model is that of the
// pool in the store. Time is spent by changing the offset of that clock, which works with the clock of a real server.
type comparison struct {
	random *rand.Rand
	rdb    redis.UniversalClient
	pool   *pool
	model  *ratelimit.MemoryPool
	now    time.Time
	epoch  int64
	held   map[string]int // leases
}

func compare(t *testing.T, rdb redis.UniversalClient, seed uint64, steps int) {
	t.Helper()
	s, err := newSettings(rdb, fmt.Sprintf("seed-%d", seed), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.patience = 10 * time.Second
	c := comparison{random: rand.New(rand.NewPCG(seed, 0)), rdb: rdb, pool: newPool(rdb, s), now: time.Now(), held: map[string]int{}}
	c.model = ratelimit.NewMemoryPool(func() time.Time { return c.now })
	members := 1 + c.random.IntN(30)
	for step := range steps {
		r := c.report(fmt.Sprint(c.random.IntN(members)))
		c.pass(t)
		got, err := c.pool.Exchange(t.Context(), r)
		if err != nil {
			t.Fatalf("seed %d, step %d: %v\nreport %+v", seed, step, err, r)
		}
		c.now = time.UnixMicro(c.state(t, 1))
		want, _ := c.model.Exchange(t.Context(), r)
		if want.Window.Epoch == 0 { // nothing is known about it
			want.Window, got.Window = ratelimit.Window{}, ratelimit.Window{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, step %d: the script differs from the model\nreport %+v\nscript %+v\nmodel  %+v", seed, step, r, got, want)
		}
		c.held[r.Member] = got.Lease
		c.epoch = got.Window.Epoch
	}
}

// pass lets time pass: mostly little, sometimes so much that members are silent, are forgotten, or a window ends.
func (c *comparison) pass(t *testing.T) {
	most := [...]time.Duration{50 * time.Millisecond, 50 * time.Millisecond, 50 * time.Millisecond, time.Second, 5 * time.Second, 5 * time.Minute}
	i := c.random.IntN(len(most) + 1)
	if i == len(most) {
		if i = 0; c.random.IntN(5) == 0 {
			i = len(most) - 1
		}
	}
	d := time.Microsecond + time.Duration(c.random.Int64N(int64(most[i])))
	offset := c.state(t, 2)
	if offset < 0 {
		return // there is no state
	}
	words := c.words(t)
	words[2] = strconv.FormatInt(offset+d.Microseconds(), 10)
	if err := c.rdb.HSet(t.Context(), c.pool.keys[0], "pool", strings.Join(words, " ")).Err(); err != nil {
		t.Fatal(err)
	}
}

// words returns the state of the pool.
func (c *comparison) words(t *testing.T) []string {
	text, err := c.rdb.HGet(t.Context(), c.pool.keys[0], "pool").Result()
	if err != nil && err != redis.Nil {
		t.Fatal(err)
	}
	return strings.Fields(text)
}

// state returns a number of the state of the pool, or -1 if there is none.
func (c *comparison) state(t *testing.T, i int) int64 {
	words := c.words(t)
	if len(words) == 0 {
		return -1
	}
	n, err := strconv.ParseInt(words[i], 10, 64)
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
		r.Interactive = n(100)
	}
	if is(60) {
		r.Background = n(1000)
	}
	if is(50) {
		r.PeopleAgo = upTo(20 * time.Minute)
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
		r.Records = append(r.Records, s)
	}
	return r
}
