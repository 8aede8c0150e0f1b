package ratelimit_test

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestNewReportsAllInvalidFields(t *testing.T) {
	_, err := ratelimit.New(ratelimit.Config{Reserve: 1, BackgroundReserve: 2})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"the reserve 1 ", "background reserve 2 "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}

func TestReserveBounds(t *testing.T) {
	for reserve, ok := range map[float64]bool{0: true, 0.94: true, 1: false, -0.001: true, math.Inf(-1): true, math.Inf(1): false, math.NaN(): false} {
		for _, c := range []ratelimit.Config{{Reserve: reserve}, {BackgroundReserve: reserve}} {
			if _, err := ratelimit.New(c); (err == nil) != ok {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
	if _, err := ratelimit.New(ratelimit.Config{Reserve: 0.5, BackgroundReserve: 0.5}); err == nil {
		t.Error("nothing is left for requests in the background")
	}
}

// The zero Config has all defaults, and a negative field turns its limit or reserve off.
func TestDefaultsOfTheConfig(t *testing.T) {
	off := ratelimit.Config{Reserve: -1, ReserveCount: -1, BackgroundReserve: -1, MaxRate: -1, MaxInFlight: -1, ObjectLimit: -1, CustomerLimit: -1, SearchLimit: -1}
	for _, test := range []struct {
		name                                     string
		config                                   ratelimit.Config
		reserve, plain, object, customer, search int // requests sent
	}{
		{"zero", ratelimit.Config{}, 50, 100, 4, 100, 100},
		{"cap off", ratelimit.Config{MaxInFlight: -1}, 50, 748, 4, 120, 100},
		{"off", off, 0, 898, 4, 4, 898},
	} {
		for _, kind := range []struct {
			request ratelimit.Request
			want    int
		}{{plain, test.plain}, {recordA, test.object}, {customerA, test.customer}, {ratelimit.Request{Search: true}, test.search}} {
			synctest.Test(t, func(t *testing.T) {
				l, err := ratelimit.New(test.config)
				if err != nil {
					t.Fatal(err)
				}
				b := &bench{l, t}
				b.learn(1000, 899)
				b.learn(1000, 898)
				want(t, test.name+": reserve", b.Snapshot().Reserve, test.reserve)
				want(t, test.name+": sent", sent(b.calls(1000, kind.request)), kind.want)
			})
		}
	}
}
