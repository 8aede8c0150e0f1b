package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// writeTable writes one line for each result, and returns how many miss a bound.
func writeTable(w io.Writer, results []*result) (missed int, err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "row\tprocesses\tcalls\ttime\toptimum\tratio\t429s\tof a record, by window\texchanges: per call\tper process and window\t"+
		"server time\tleast share\tbudget used\tdetached\theld\tback\tmust\tok")
	var misses strings.Builder
	for _, r := range results {
		verdict := "ok"
		var musts []string
		for _, c := range r.checks() {
			musts = append(musts, c.text)
			if !c.ok {
				verdict = "NOT"
				fmt.Fprintf(&misses, "%s: must be %s, is %s\n", r.name, c.text, c.got)
			}
		}
		if verdict == "NOT" {
			missed++
		}
		g := r.groups[0]
		fmt.Fprintf(tw, "%s\t%d\t%d\t%.2f s\t%.2f s\t%.3f\t%d (%.2f %%)\t%v\t%.2f\t%.1f\t%d µs\t%.2f\t%s\t%d\t%s\t%s\t%s\t%s\n",
			r.name, r.processes, r.calls(), g.time.Seconds(), g.optimum.Seconds(), g.time.Seconds()/g.optimum.Seconds(),
			r.refused, 100*float64(r.refused)/float64(r.calls()), r.keyRefused, r.perCall(), r.perWindow(), r.server.Microseconds(),
			r.leastShare, percent(r.leastUsed), r.detached, milliseconds(r.held), milliseconds(r.back), strings.Join(musts, ", "), verdict)
	}
	if err := tw.Flush(); err != nil {
		return missed, err
	}
	_, err = io.WriteString(w, misses.String())
	return missed, err
}

func milliseconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
