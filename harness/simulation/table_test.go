package simulation

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	rowFlag   = flag.String("row", "", "run only the scenarios whose name matches this `expression`")
	seedsFlag = flag.Uint64("seeds", 3, "number of seeds for each row of the table")
)

// BenchmarkTable runs all scenarios in all regimes with all seeds, and prints the table.
func BenchmarkTable(b *testing.B) {
	only, err := regexp.Compile(*rowFlag)
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		var rows [][]Result
		runAsTest(b, "Table", func(t *testing.T) {
			for _, s := range slices.Concat(Scenarios(), FleetScenarios()) {
				for _, regime := range Regimes() {
					if !only.MatchString(s.Name) {
						continue
					}
					row := make([]Result, *seedsFlag)
					rows = append(rows, row)
					t.Run(s.Name+"/"+regime.String(), func(t *testing.T) {
						t.Parallel()
						for i := range row {
							row[i] = s.Run(t, regime, uint64(i+1))
						}
					})
				}
			}
		})
		os.Stdout.WriteString("\n")
		missed, err := WriteTable(os.Stdout, rows)
		if err != nil || missed > 0 {
			b.Fatalf("%d of %d rows miss a bound: %v", missed, len(rows), err)
		}
	}
}

// runAsTest runs f as a test, because a benchmark cannot use synctest.
func runAsTest(b *testing.B, name string, f func(*testing.T)) {
	b.Helper()
	all := func(_, _ string) (bool, error) { return true, nil }
	if !testing.RunTests(all, []testing.InternalTest{{Name: name, F: f}}) {
		b.Fatal("the simulation failed")
	}
}

// TestScenarios runs each scenario once. The regimes take turns.
func TestScenarios(t *testing.T) {
	regimes := Regimes()
	for i, s := range slices.Concat(Scenarios(), FleetScenarios()) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if s.Fleet != nil && s.Fleet.NoPool {
				t.Skip("for comparison in the table")
			}
			r := s.Run(t, regimes[i%len(regimes)], 1)
			var table strings.Builder
			missed, err := WriteTable(&table, [][]Result{{r}})
			if missed > 0 || err != nil {
				t.Errorf("missed %v, %v", r.Misses(), err)
			}
			t.Logf("\n%s", &table)
		})
	}
}

// The line of a row shows the worst seed. The seeds that miss a bound are below the table.
func TestWriteTable(t *testing.T) {
	good := result(func(*Result) {})
	bad := result(func(r *Result) { r.Seed, r.Refused = 2, 11 })
	var table strings.Builder
	missed, err := WriteTable(&table, [][]Result{{good, bad}, {good, good}})
	if missed != 1 || err != nil {
		t.Fatalf("%d rows missed, %v", missed, err)
	}
	lines := strings.Split(table.String(), "\n")
	for i, want := range []string{"429s of allowed", "11 of 10  NO", "10 of 10  yes", "row, window from first request, reset on 429, seed 2: 11 of 10"} {
		if !strings.Contains(strings.Join(strings.Fields(lines[i]), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("line %d is %q, want %q in it", i, lines[i], want)
		}
	}
}
