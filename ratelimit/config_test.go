package ratelimit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/ratelimit"
)

func TestNewNamesAllThatIsWrong(t *testing.T) {
	_, err := ratelimit.New(ratelimit.Config{Reserve: 1, ReserveCount: -1, MaxRate: -2, MaxInFlight: -3, ObjectLimit: -4, CustomerLimit: -5})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"reserve 1 ", "reserve count -1", "rate -2", "in flight -3", "object limit -4", "customer limit -5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}

func TestReserveBounds(t *testing.T) {
	for reserve, ok := range map[float64]bool{0: true, 0.999: true, 1: false, -0.001: false, math.Inf(1): false, math.NaN(): false} {
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

func TestDefaultConfig(t *testing.T) {
	if c := ratelimit.DefaultConfig(); c != (ratelimit.Config{Reserve: 0.05, MaxInFlight: 100, CustomerLimit: 120}) {
		t.Errorf("%+v", c)
	}
	if _, err := ratelimit.New(ratelimit.DefaultConfig()); err != nil {
		t.Error(err)
	}
}
