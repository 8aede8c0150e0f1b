package simulation

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	rowFlag   = flag.String("row", "", "run only the scenarios whose name matches this regular expression")
	seedsFlag = flag.Uint64("seeds", 3, "how many seeds to run each row of the table with")
)

// BenchmarkTable runs all scenarios in all regimes with all seeds and prints one table.
func BenchmarkTable(b *testing.B) {
	only, err := regexp.Compile(*rowFlag)
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		rows, ok := runAll(only)
		os.Stdout.WriteString("\n")
		missed, err := WriteTable(os.Stdout, rows)
		if err != nil || !ok || missed > 0 {
			b.Fatalf("%d of %d rows missed their bounds: %v", missed, len(rows), err)
		}
		if only.String() == "" && !runSingle() {
			b.Fatal("what is no scenario missed its bounds")
		}
	}
}

// single are what belongs to the table and is no scenario: no job that is done in the end.
var single = []testing.InternalTest{
	{Name: "budget spent, the window known: 10 calls with 5 s", F: TestDeadlineInKnownWindow},
	{Name: "budget spent, the window unknown: 10 calls with 5 s", F: TestDeadlineInUnknownWindow},
	{Name: "a call a second beside a job in the background", F: TestInteractiveBesideBackground},
	{Name: "100,000 conversations, one call each", F: TestMemoryOfManyConversations},
}

// runSingle runs them, and prints a line for each.
func runSingle() bool {
	all := true
	for _, s := range single {
		told = nil
		ok := testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{s})
		fmt.Printf("%-52s %s: %s\n", s.Name, strings.Join(told, ", "), map[bool]string{true: "yes", false: "NO"}[ok])
		all = all && ok
	}
	return all
}

// told is what the tests that run now say of what they measured.
var told []string

func tell(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }

// runAll runs the rows as tests, for a benchmark cannot open a bubble of its own.
func runAll(only *regexp.Regexp) (rows []Row, ok bool) {
	type job struct {
		Scenario
		Regime
	}
	var jobs []job
	for _, s := range Scenarios() {
		for _, r := range Regimes() {
			if only.MatchString(s.Name) {
				jobs = append(jobs, job{s, r})
			}
		}
	}
	rows = make([]Row, len(jobs))
	all := func(t *testing.T) {
		for i, j := range jobs {
			t.Run(j.Scenario.Name+"/"+j.Regime.String(), func(t *testing.T) {
				t.Parallel()
				for seed := uint64(1); seed <= *seedsFlag; seed++ {
					rows[i] = append(rows[i], j.Run(t, j.Regime, seed))
				}
			})
		}
	}
	any := func(_, _ string) (bool, error) { return true, nil }
	ok = testing.RunTests(any, []testing.InternalTest{{Name: "Table", F: all}})
	return rows, ok
}
