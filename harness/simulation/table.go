package simulation

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteTable writes one line for each row, and returns how many miss a bound. A row is the results of one scenario in one
// regime, one for each seed. Its line shows the worst of them.
func WriteTable(w io.Writer, rows [][]Result) (missed int, err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "scenario\tregime\ttime\toptimum\tratio of allowed\t429s of allowed\tok\talso")
	last := ""
	var details strings.Builder
	for _, row := range rows {
		worst := slices.MaxFunc(row, func(a, b Result) int {
			ratioA, _ := a.ratio(0)
			ratioB, _ := b.ratio(0)
			return cmp.Or(cmp.Compare(len(a.Misses()), len(b.Misses())), cmp.Compare(ratioA, ratioB))
		})
		name := worst.Scenario.Name
		if name == last {
			name = ""
		}
		last = worst.Scenario.Name
		verdict := "yes"
		if f := worst.Scenario.Fleet; f != nil && f.NoPool {
			verdict = "-"
		}
		if len(worst.Misses()) > 0 {
			missed++
			verdict = "NO"
		}
		for _, r := range row {
			for _, miss := range r.Misses() {
				fmt.Fprintf(&details, "%s, %s, seed %d: %s\n", r.Scenario.Name, r.Regime, r.Seed, miss)
			}
		}
		var texts []string
		for _, c := range worst.checks() {
			texts = append(texts, c.text)
		}
		fmt.Fprintf(tw, "%s\t%s\t%.2f s\t%.2f s\t%s\t%s\t%s\t%s\n", name, worst.Regime, worst.Loads[0].Time.Seconds(),
			worst.Loads[0].Optimum.Seconds(), texts[0], texts[1], verdict, strings.Join(texts[2:], ", "))
	}
	if err := tw.Flush(); err != nil {
		return missed, err
	}
	_, err = io.WriteString(w, details.String())
	return missed, err
}
