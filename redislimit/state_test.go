package redislimit

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// testPool returns a member of the pool of an organisation.
func testPool(t testing.TB, rdb redis.UniversalClient, org string, opts ...Option) *pool {
	t.Helper()
	s, err := newSettings(rdb, org, opts)
	if err != nil {
		t.Fatal(err)
	}
	s.patience = 20 * time.Second // the machine may be busy
	return newPool(rdb, s)
}

// full returns a report that has everything.
func full(member string) ratelimit.Report {
	return ratelimit.Report{
		Member: member, Own: 5, InFlight: 2, Lease: 3, Interactive: 10, Background: 20, Reserve: 5, ReserveBackground: 10,
		Window: ratelimit.Window{
			Epoch: 7, Limit: 1000, Top: 900, Remaining: 800, Age: time.Second, Earliest: 40 * time.Second, Latest: 50 * time.Second,
		},
		People: 3, PeopleAgo: time.Second,
		Records: []ratelimit.RecordReport{{
			Record: ratelimit.Record{Kind: "customer", ID: "secret-id"}, Join: true, Want: true,
			State: ratelimit.RecordState{Spent: 4, End: 30 * time.Second, Try: 20 * time.Second, Refusals: 1, Refused: time.Second},
		}},
	}
}

func exchange(t testing.TB, p *pool, r ratelimit.Report) ratelimit.Grant {
	t.Helper()
	g, err := p.Exchange(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// dump returns all that is stored, except how long it is kept.
func dump(t *testing.T, rdb redis.UniversalClient, keys []string) string {
	t.Helper()
	var all strings.Builder
	for _, key := range keys {
		kind, err := rdb.Type(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, key)
		switch kind {
		case "hash":
			fmt.Fprintln(&all, rdb.HGetAll(t.Context(), key).Val())
		case "zset":
			fmt.Fprintln(&all, rdb.ZRangeWithScores(t.Context(), key, 0, -1).Val())
		}
	}
	return all.String()
}

func TestNothingIsStoredInClearOrForEver(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		p := testPool(t, rdb, "Acme", WithKeyPrefix("teams"), WithMemberName("web-1"))
		exchange(t, p, full("secret-member"))
		stored := dump(t, rdb, p.keys)
		for _, secret := range []string{"secret", "customer", "Acme"} {
			if strings.Contains(stored, secret) {
				t.Errorf("%q is stored in clear:\n%s", secret, stored)
			}
		}
		found, err := rdb.Keys(t.Context(), "*").Result()
		if err != nil || len(found) != 4 { // nobody is idle
			t.Errorf("keys %q, %v", found, err)
		}
		for _, key := range found {
			if !strings.HasPrefix(key, "teams:1:{acme}:") {
				t.Errorf("key %q", key)
			}
			if left := rdb.TTL(t.Context(), key).Val(); left <= 0 || left > time.Hour {
				t.Errorf("%s expires in %v", key, left)
			}
		}
	})
}

// Whatever part of the state is lost or overwritten, the pool goes on with what the next report has.
func TestBrokenStateIsDropped(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		p := testPool(t, rdb, "acme")
		for name, spoil := range map[string]func(context.Context) error{
			"members evicted": func(ctx context.Context) error { return rdb.Del(ctx, p.keys[0]).Err() },
			"live evicted":    func(ctx context.Context) error { return rdb.Del(ctx, p.keys[1]).Err() },
			"records evicted": func(ctx context.Context) error { return rdb.Del(ctx, p.keys[3]).Err() },
			"recent evicted":  func(ctx context.Context) error { return rdb.Del(ctx, p.keys[4]).Err() },
			"pool garbled":    func(ctx context.Context) error { return rdb.HSet(ctx, p.keys[0], "pool", "x 1 2").Err() },
			"pool gone":       func(ctx context.Context) error { return rdb.HDel(ctx, p.keys[0], "pool").Err() },
			"member garbled":  func(ctx context.Context) error { return rdb.HSet(ctx, p.keys[0], hashed("a"), "x").Err() },
			"member missing": func(ctx context.Context) error {
				// Another one is silent, and its value is that of nobody.
				return rdb.ZAdd(ctx, p.keys[1], redis.Z{Score: 1, Member: "nobody"}).Err()
			},
			"record garbled": func(ctx context.Context) error {
				return rdb.HSet(ctx, p.keys[3], hashed(p.keys[0], "customer", "secret-id"), "x").Err()
			},
		} {
			rdb.FlushAll(t.Context())
			p.seq.Store(0)
			r := full("a")
			r.Window.Epoch = 1
			exchange(t, p, r)
			good := exchange(t, p, r)
			if err := spoil(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				g := exchange(t, p, r)
				if g.Members != 1 || g.Used != good.Used || g.Lease != good.Lease || !g.Records[0].Held {
					t.Errorf("%s: grant %+v, want %+v", name, g, good)
				}
			}
		}
	})
}

// A report that was given up and arrives late changes nothing, and one that go-redis sends twice does.
func TestOldReportIsRefused(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		p := testPool(t, rdb, "acme")
		late := full("a")
		late.Own, late.Lease = 1, 900
		args, err := p.encode(&late)
		if err != nil {
			t.Fatal(err)
		}
		exchange(t, p, full("a"))
		before := dump(t, rdb, p.keys)
		if err := exchangeScript.Run(t.Context(), rdb, p.keys, args...).Err(); err == nil || !strings.Contains(err.Error(), "older") {
			t.Errorf("the late report: %v", err)
		}
		if after := dump(t, rdb, p.keys); after != before {
			t.Errorf("the late report has changed the state from\n%s\nto\n%s", before, after)
		}
		p.seq.Add(-1)
		exchange(t, p, full("a"))
	})
}

// Another program may send anything: what is out of range is refused, and changes nothing.
func TestScriptChecksRanges(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		p := testPool(t, rdb, "acme")
		exchange(t, p, full("a"))
		before := dump(t, rdb, p.keys)
		refused := func(what string, change func(args []any)) {
			r := full("a")
			args, err := p.encode(&r)
			if err != nil {
				t.Fatal(err)
			}
			change(args)
			if err := exchangeScript.Run(t.Context(), rdb, p.keys, args...).Err(); err == nil {
				t.Errorf("%s: no error", what)
			}
		}
		for _, text := range []int{2, 4} {
			for i := range strings.Fields(fmt.Sprint(argsOf(t, p)[text])) {
				for _, n := range []string{"-9007199254740991", "9007199254740991", strings.Repeat("9", 400), "x", "1.5", "", "nan", "0x1"} {
					if i == 0 && text == 2 && n == "9007199254740991" {
						continue // a sequence number
					}
					refused(fmt.Sprintf("number %d of argument %d is %q", i, text, n), func(args []any) {
						numbers := strings.Fields(args[text].(string))
						numbers[i] = n
						args[text] = strings.Join(numbers, " ")
					})
				}
			}
		}
		refused("epoch far ahead", func(args []any) {
			args[2] = strings.Replace(args[2].(string), " 7 ", " "+strconv.Itoa(7+2<<20)+" ", 1)
		})
		refused("nothing is left of a window that is not known", func(args []any) {
			args[2] = strings.Replace(args[2].(string), " 800 ", " -1 ", 1)
		})
		for i, text := range map[int]any{0: "short", 1: "with blank", 3: "sixteen character"} {
			refused(fmt.Sprintf("argument %d", i), func(args []any) { args[i] = text })
		}
		refused("a name that is too long", func(args []any) { args[1] = strings.Repeat("x", 65) })
		if err := exchangeScript.Run(t.Context(), rdb, p.keys, argsOf(t, p)[:4]...).Err(); err == nil {
			t.Error("a record without numbers: no error")
		}
		if after := dump(t, rdb, p.keys); after != before {
			t.Errorf("the state is changed from\n%s\nto\n%s", before, after)
		}
		exchange(t, p, full("a"))
	})
}

func argsOf(t *testing.T, p *pool) []any {
	r := full("a")
	args, err := p.encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	return args
}

// A clock that is set back, as after a failover, does not lengthen what is left of a window or a lease, nor end it.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	p := testPool(t, connect(t, m.Addr()), "acme")
	now := time.Now()
	m.SetTime(now)
	r := full("a")
	r.Window.Epoch, r.Records = 1, nil
	first := exchange(t, p, r)
	later := func(d time.Duration) time.Duration {
		now = now.Add(d)
		m.SetTime(now)
		return first.Window.Latest - exchange(t, p, ratelimit.Report{Member: "b", Window: ratelimit.Window{Limit: -1, Remaining: -1}}).Window.Latest
	}
	for _, step := range []struct{ passes, want time.Duration }{
		{time.Second, time.Second}, {-time.Hour, time.Second}, {time.Second, 2 * time.Second}, {time.Hour, time.Hour + 2*time.Second},
	} {
		if got := later(step.passes); got != step.want {
			t.Errorf("%v have passed after the clock went by %v, want %v", got, step.passes, step.want)
		}
	}
}
