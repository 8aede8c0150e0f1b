package simulation

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A Row is the runs of one scenario in one regime, one for each seed.
type Row []Result

// worst is the run that missed something, or else the slowest.
func (row Row) worst() Result {
	worst := row[0]
	for _, r := range row[1:] {
		missed, before := len(r.Misses()), len(worst.Misses())
		if missed > before || missed == before && r.Ratio() > worst.Ratio() {
			worst = r
		}
	}
	return worst
}

// WriteTable writes the rows, of each the worst run, and returns how many missed their bounds.
func WriteTable(w io.Writer, rows []Row) (missed int, err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "scenario\tregime\tcalls\ttime\toptimum\tratio\tallowed\t429 first\tafter\tallowed\tbeside\tok")
	last := ""
	var details []string
	for _, row := range rows {
		r := row.worst()
		name := r.Name
		if name == last {
			name = ""
		}
		last = r.Name
		verdict := "yes"
		if len(r.Misses()) > 0 {
			missed++
			verdict = "NO"
		}
		for _, r := range row {
			if misses := r.Misses(); len(misses) > 0 {
				details = append(details, fmt.Sprintf("%s, %s, seed %d: %s\n", r.Name, r.Regime, r.Seed, strings.Join(misses, "; ")))
			}
		}
		optimum, ratio := seconds(r.Optimum), fmt.Sprintf("%.4f", r.Ratio())
		if r.Bounds.Ratio == 0 {
			optimum, ratio = "", "" // the model knows of no calls that are made again
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", name, r.Regime, r.Calls(),
			seconds(r.Time), optimum, ratio, r.allowedRatio(), r.First, r.After, r.allowedRefusals(),
			r.beside(), verdict)
	}
	if err := tw.Flush(); err != nil {
		return missed, err
	}
	_, err = io.WriteString(w, strings.Join(details, ""))
	return missed, err
}

func (r Result) allowedRatio() string {
	if r.Bounds.Ratio == 0 {
		return "any"
	}
	text := fmt.Sprintf("%.2f", r.Bounds.Ratio)
	if extra := r.Allowed().Seconds() - r.Bounds.Ratio*r.Optimum.Seconds(); extra > 0.5 {
		text += fmt.Sprintf(" + %.0f s", extra)
	}
	return text
}

func (r Result) allowedRefusals() string {
	switch b := r.Bounds; {
	case b.First < 0:
		return fmt.Sprintf("%d in all", int(b.Share*float64(r.Accepted)))
	case b.Anywhere:
		return fmt.Sprintf("%d in all", r.AllowedFirst())
	}
	return fmt.Sprintf("%d, then 0", r.AllowedFirst())
}

// beside is what matters for some scenarios only.
func (r Result) beside() string {
	var words []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	b, a := r.Bounds, r.Audit
	add(b.ObjectPerWindow > 0, "object 429s a window: %d of %d", r.ObjectMost, b.ObjectPerWindow)
	add(b.ObjectShare > 0, "429s of customers: %d of %d", r.ObjectAll, int(b.ObjectShare*float64(r.Accepted)))
	add(r.AsideOptimum > 0, "hot calls done at %.3f of their optimum", float64(r.AsideTime)/float64(r.AsideOptimum))
	add(b.Slowest > 0, "slowest call: %s", seconds(r.Slowest))
	add(r.Neighbour.asked > 0, "neighbour refused: %.1f %%", 100*r.NeighbourRefused())
	add(a.suspect > 0, "creates that failed unclearly: %d, told as unknown: %d, duplicates: %d, calls lost: %d", a.suspect, r.Unknown, a.duplicates, r.Lost)
	return strings.Join(words, ", ")
}
