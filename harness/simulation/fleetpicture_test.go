package simulation

import (
	"bytes"
	"flag"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

var fleetFlag = flag.String("fleet", "", "`file` that BenchmarkFleet writes; none if empty")

// BenchmarkFleet records a fleet whose pool fails for three minutes, and draws it.
func BenchmarkFleet(b *testing.B) {
	for range b.N {
		var rec FleetRecording
		runAsTest(b, "Fleet", func(t *testing.T) {
			s := Scenario{
				Loads: []Load{{Workers: 128, Calls: 20000}}, Limiter: ratelimit.Config{Reserve: -1}, Members: 32, Fleet: &Fleet{},
			}
			rec = s.RecordFleet(t, 1, 9, 160*time.Second, 340*time.Second)
		})
		var svg bytes.Buffer
		if err := WriteFleetSVG(&svg, rec); err != nil {
			b.Fatal(err)
		}
		if *fleetFlag != "" {
			if err := os.WriteFile(*fleetFlag, svg.Bytes(), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Each member's calls are counted in each window, and the pool fails when it should.
func TestRecordFleet(t *testing.T) {
	s := Scenario{
		Loads: []Load{{Workers: 16, Calls: 1000}}, Limiter: ratelimit.Config{Reserve: -1}, Limit: 40, Members: 4, Fleet: &Fleet{},
	}
	rec := s.RecordFleet(t, 1, 4, 100*time.Second, 200*time.Second)
	perWindow := int(window / step)
	for w := range rec.Windows {
		end, done := (w+1)*perWindow-2, 0
		for _, values := range rec.Done {
			done += values[end]
		}
		if rec.Left[end] != 0 || done != rec.Limit {
			t.Errorf("window %d: %d of %d calls are done, and %d requests are left", w, done, rec.Limit, rec.Left[end])
		}
	}
	if before, during := rec.Refused[perWindow*100/60], last(rec.Refused); before > 1 || during-before < 3 {
		t.Errorf("%d requests were refused with the pool, and %d in all", before, during)
	}
}

func TestFleetSVG(t *testing.T) {
	// Three windows. The pool fails in the second one.
	perWindow := int(window / step)
	values := func(first, second, third int) []int {
		return slices.Concat(slices.Repeat([]int{first}, perWindow-1), slices.Repeat([]int{second}, perWindow), slices.Repeat([]int{third}, perWindow))
	}
	rec := FleetRecording{
		Limit: 40, Windows: 3, Off: 40 * time.Second, On: 100 * time.Second,
		Left: values(5, 0, 3), Done: [][]int{values(18, 4, 19), values(17, 36, 18)}, Refused: values(2, 9, 10),
	}
	wantSVG(t, func(w io.Writer) error { return WriteFleetSVG(w, rec) },
		">2 processes and a budget of 40 requests", ">429 responses: 2<", ">17 to 18 requests each", ">429 responses: 7<", ">4 to 36 requests each",
		">429 responses: 1<", ">18 to 19 requests each", ` d="M60.0 520H60.9V473.2H330.0V509.6H600.0V470.6H870.0"`)
	rec.Done[1][300] = maxDone + 1
	if err := WriteFleetSVG(io.Discard, rec); err == nil {
		t.Error("no error for a line that does not fit")
	}
}
