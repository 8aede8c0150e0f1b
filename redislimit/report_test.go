package redislimit

import (
	"math"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestReportIsChecked(t *testing.T) {
	t.Parallel()
	p := testPool(t, connect(t, miniredis.RunT(t).Addr()), "acme")
	for name, change := range map[string]func(*ratelimit.Report){
		"negative":         func(r *ratelimit.Report) { r.Interactive = -1 },
		"too large":        func(r *ratelimit.Report) { r.Own = math.MaxInt },
		"absurd epoch":     func(r *ratelimit.Report) { r.Window.Epoch = math.MaxInt64 },
		"too long":         func(r *ratelimit.Report) { r.Window.Latest = time.Hour },
		"record":           func(r *ratelimit.Report) { r.Records[0].State.Blocked = math.MaxInt64 },
		"too many records": func(r *ratelimit.Report) { r.Records = make([]ratelimit.RecordReport, 10_000) },
	} {
		r := full("a")
		change(&r)
		if _, err := p.Exchange(t.Context(), r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	r := full("a")
	r.PeopleAgo, r.Window.Earliest, r.Window.Latest = 50*365*24*time.Hour, -50*365*24*time.Hour, -50*365*24*time.Hour
	exchange(t, p, r) // a process may have slept
}

func TestReplyIsChecked(t *testing.T) {
	t.Parallel()
	p := testPool(t, connect(t, miniredis.RunT(t).Addr()), "acme")
	r := full("a")
	reply, err := exchangeScript.Run(t.Context(), p.rdb, p.keys, argsOf(t, p)...).Slice()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decode(reply, len(r.Records)); err != nil {
		t.Fatal(err)
	}
	for i := range reply {
		for _, wrong := range []any{"text", nil, int64(math.MinInt64), int64(math.MaxInt64)} {
			bad := append([]any{}, reply...)
			bad[i] = wrong
			if _, err := decode(bad, len(r.Records)); err == nil {
				t.Errorf("number %d is %v: no error", i, wrong)
			}
		}
	}
	for name, bad := range map[string][]any{"short": reply[1:], "long": append(reply, int64(0)), "empty": nil} {
		if _, err := decode(bad, len(r.Records)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
