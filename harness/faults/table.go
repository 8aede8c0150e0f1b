package faults

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

// A Table counts what came of faults, by class.
type Table struct {
	rows  map[string]*row
	Total int
	Wrong int
	Took  int // faults that took place; the others came too late, such as after the end of the call
	took  map[kind]int

	patient, patientTook int // of calls that nobody gives up: on a busy machine others end before their fault
}

// A kind is what a run of some length has to have seen.
type kind struct {
	protocol string
	moment   faultproxy.Moment
	manner   faultproxy.Manner
}

func (k kind) String() string {
	return fmt.Sprintf("%q: %s", k.protocol, faultproxy.Fault{Moment: k.moment, Manner: k.manner})
}

type row struct {
	said                    [statements]int
	applied, repeats, wrong int
}

func (t *Table) add(d *deed) {
	if t.rows == nil {
		t.rows, t.took = make(map[string]*row), make(map[kind]int)
	}
	class := d.plan.class(d.protocol)
	r := t.rows[class]
	if r == nil {
		r = new(row)
		t.rows[class] = r
	}
	r.said[d.said]++
	r.applied += min(d.applied, 1)
	r.repeats += max(d.applied-1, 0)
	t.Total++
	if d.seen.Faults > 0 || d.plan.refused {
		t.Took++
	}
	if d.plan.patience == 0 && !d.plan.refused {
		t.patient++
		t.patientTook += min(d.seen.Faults, 1)
	}
	if f := d.plan.fault(); d.seen.Faults > 0 && !d.plan.refused {
		t.took[kindOf(d.protocol, f.Moment, f.Manner)]++
	}
	if len(d.wrong()) > 0 {
		r.wrong++
		t.Wrong++
	}
}

// Print writes the table.
func (t *Table) Print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(class string, r *row) {
		n := 0
		for _, s := range r.said {
			n += s
		}
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", class, n, r.said[success], r.said[applied], r.said[unknown], r.said[notApplied], r.applied, r.repeats, r.wrong)
	}
	fmt.Fprintln(out, "fault\tcalls\tsuccess\tsaid applied\tunknown\tnot applied\twere applied\trepeats\twrong\t")
	var sum row
	for _, class := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[class]
		line(class, r)
		for i := range sum.said {
			sum.said[i] += r.said[i]
		}
		sum.applied, sum.repeats, sum.wrong = sum.applied+r.applied, sum.repeats+r.repeats, sum.wrong+r.wrong
	}
	line("all", &sum)
	return out.Flush()
}
