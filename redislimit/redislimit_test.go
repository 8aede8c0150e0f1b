package redislimit

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestNewReportsAllProblems(t *testing.T) {
	t.Parallel()
	_, err := New(nil, "sk_live.secret", nil, WithConfig(ratelimit.Config{Reserve: 2}), WithKeyPrefix("a{b}"), WithPatience(time.Second),
		WithMemberName("two words"), WithObserver(nil))
	if err == nil {
		t.Fatal("no error")
	}
	for _, problem := range []string{
		"client of the store is nil", "organisation", "option 1 is nil", "reserve", "key prefix", "patience 1s", "member name", "WithObserver",
	} {
		if !strings.Contains(err.Error(), problem) {
			t.Errorf("the error lacks %q: %v", problem, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows what may be an API key: %v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	rdb := connect(t, miniredis.RunT(t).Addr())
	long := strings.Repeat("x", 65)
	for name, test := range map[string]struct {
		org    string
		option Option
		valid  bool
	}{
		"organisation in capitals": {"Acme-2", WithKeyPrefix("kustomer"), true},
		"organisation with brace":  {"a}b", WithKeyPrefix("kustomer"), false},
		"no organisation":          {"", WithKeyPrefix("kustomer"), false},
		"prefix":                   {"acme", WithKeyPrefix("team-1:kustomer.x_y"), true},
		"no prefix":                {"acme", WithKeyPrefix(""), false},
		"prefix with wildcard":     {"acme", WithKeyPrefix("*"), false},
		"long prefix":              {"acme", WithKeyPrefix(long), false},
		"patience":                 {"acme", WithPatience(300 * time.Millisecond), true},
		"no patience":              {"acme", WithPatience(0), false},
		"too patient":              {"acme", WithPatience(301 * time.Millisecond), false},
		"name in any script":       {"acme", WithMemberName("büro/1@host:2"), true},
		"no name":                  {"acme", WithMemberName(""), false},
		"name with line break":     {"acme", WithMemberName("a\nb"), false},
		"name with control":        {"acme", WithMemberName("a\x00b"), false},
		"name in no encoding":      {"acme", WithMemberName("a\xffb"), false},
		"long name":                {"acme", WithMemberName(long), false},
	} {
		if _, err := New(rdb, test.org, test.option); (err == nil) != test.valid {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestProcessName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ host, want string }{
		{"web-1", "web-1/4711"}, {"", "/4711"}, {"two words", "/4711"},
		{strings.Repeat("x", 60) + "-pod", strings.Repeat("x", 55) + "-pod/4711"},
	} {
		if got := processName(test.host, 4711); got != test.want || !validName(got) {
			t.Errorf("host %q: name %q, want %q", test.host, got, test.want)
		}
	}
}

func TestFleet(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		if f, err := Fleet(t.Context(), rdb, "acme"); err != nil || len(f.Members) != 0 || f.Window.Epoch != 0 || f.Window.Limit != -1 {
			t.Errorf("an empty pool: %+v, %v", f, err)
		}
		a, b := testPool(t, rdb, "acme", WithMemberName("a")), testPool(t, rdb, "acme", WithMemberName("b"))
		r := full("2")
		r.Window.Epoch--
		exchange(t, b, r)
		r = full("1")
		r.Window.Epoch, r.Interactive, r.Background = 7, 0, 0
		exchange(t, a, r)
		f, err := Fleet(t.Context(), rdb, "ACME")
		if err != nil || len(f.Members) != 2 {
			t.Fatalf("%+v, %v", f, err)
		}
		w := f.Window
		if w.Epoch != 7 || w.Limit != 1000 || w.Remaining != 800 || w.Top != 900 || w.Latest > 50*time.Second || w.Earliest > w.Latest {
			t.Errorf("window %+v", w)
		}
		for i := range f.Members {
			if m := &f.Members[i]; m.LastSeen < 0 || m.LastSeen > time.Minute {
				t.Errorf("last seen %v", m.LastSeen)
			} else {
				m.LastSeen, m.Idle = 0, false // the machine may be busy
			}
		}
		if want := (Member{Name: "a", Sent: 5, Outstanding: 5}); f.Members[0] != want {
			t.Errorf("%+v, want %+v", f.Members[0], want)
		}
		if want := (Member{Name: "b", Outstanding: 5, Wanted: 30}); f.Members[1] != want {
			t.Errorf("%+v, want %+v", f.Members[1], want)
		}
		for _, garbled := range []struct{ field, text string }{{"pool", "- 1 x"}, {"pool", ""}, {hashed("1"), "a"}, {hashed("1"), ""}} {
			good := rdb.HGet(t.Context(), a.keys[0], garbled.field).Val()
			rdb.HSet(t.Context(), a.keys[0], garbled.field, garbled.text)
			if _, err := Fleet(t.Context(), rdb, "acme"); err == nil {
				t.Errorf("%s is %q: no error", garbled.field, garbled.text)
			}
			rdb.HSet(t.Context(), a.keys[0], garbled.field, good)
		}
		if _, err := Fleet(t.Context(), rdb, "acme"); err != nil {
			t.Errorf("all is well again: %v", err)
		}
	})
}

func TestFleetEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	rdb := redis.NewClient(&redis.Options{Addr: p.addr, ReadTimeout: -1, WriteTimeout: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	if _, err := Fleet(t.Context(), rdb, "acme"); err != nil {
		t.Fatal(err)
	}
	p.stop(true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Fleet(ctx, rdb, "acme"); !errors.Is(err, context.DeadlineExceeded) { // else the client waits for ever
		t.Errorf("error %v", err)
	}
}

func TestFleetMarksIdleMembers(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	rdb := connect(t, m.Addr())
	now := time.Now()
	m.SetTime(now)
	exchange(t, testPool(t, rdb, "acme", WithMemberName("a")), full("1"))
	for _, test := range []struct {
		after time.Duration
		want  Member
	}{
		{2 * time.Second, Member{Name: "a", Sent: 5, Outstanding: 5, Wanted: 30, LastSeen: 2 * time.Second}},
		{3 * time.Second, Member{Name: "a", Sent: 5, LastSeen: 3 * time.Second, Idle: true}},
	} {
		m.SetTime(now.Add(test.after))
		f, err := Fleet(t.Context(), rdb, "acme")
		if err != nil || len(f.Members) != 1 || f.Members[0] != test.want {
			t.Errorf("after %v: %+v, %v", test.after, f, err)
		}
	}
	m.SetTime(now.Add(2 * time.Minute))
	if f, err := Fleet(t.Context(), rdb, "acme"); err != nil || len(f.Members) != 0 || f.Window.Epoch != 7 {
		t.Errorf("after 2 minutes without an exchange: %+v, %v", f, err)
	}
}
