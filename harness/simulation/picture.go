package simulation

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"text/template"
	"time"
)

// A Recording is one window of the server, measured each [step].
type Recording struct {
	Used    []int // of the budget, by everybody
	Refused []int // requests of the members

	NeighbourSent, NeighbourRefused int
}

// step is the time between two measurements.
const step = 200 * time.Millisecond

// Record runs a scenario with aligned windows and measures the second one, because the client learns in the first one. The
// neighbour is there in the second window only.
func (s Scenario) Record(t *testing.T, seed uint64) (rec Recording) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t, s, Regime{Aligned: true}, seed)
		began := time.Now().Add(window)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { r.work(ctx) })
		sleepUntil(ctx, began)
		wg.Go(func() { rec.NeighbourSent, rec.NeighbourRefused = s.Neighbour.run(ctx, r.srv) })
		refused := func() int {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.refused
		}
		before := refused()
		for at := step; at < window; at += step {
			// A microsecond later, so that nothing happens at the same time.
			sleepUntil(ctx, began.Add(at+time.Microsecond))
			used, _ := r.srv.Budget()
			rec.Used, rec.Refused = append(rec.Used, used), append(rec.Refused, refused()-before)
		}
		cancel()
		wg.Wait()
	})
	return rec
}

// The template has the charts without the lines. Its texts describe the scenario of BenchmarkPicture, and its axes end at
// maxUsed and maxRefused.
//
//go:embed window.svg.tmpl
var pictureTemplate string

const maxUsed, maxRefused = 1000, 4000

// WriteSVG draws one window with the limiter and without it.
func WriteSVG(w io.Writer, with, without Recording) error {
	for _, rec := range []Recording{with, without} {
		if last(rec.Used) > maxUsed || last(rec.Refused) > maxRefused {
			return fmt.Errorf("the axes of window.svg.tmpl are too short for %d used and %d refused requests", last(rec.Used), last(rec.Refused))
		}
	}
	funcs := template.FuncMap{"last": last, "line": line, "thousands": thousands}
	return template.Must(template.New("").Funcs(funcs).Parse(pictureTemplate)).Execute(w, map[string]any{
		"With": with, "Without": without, "MaxUsed": maxUsed, "MaxRefused": maxRefused,
	})
}

func last(values []int) int { return values[len(values)-1] }

// line returns the path of a line in a chart that is 570 wide and 180 high, from the lower left corner. Points within a
// horizontal stretch are left out.
func line(bottom, maximum int, values []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M60 %d.0", bottom)
	for i, v := range values {
		if i > 0 && i+1 < len(values) && v == values[i-1] && v == values[i+1] {
			continue
		}
		x := 60 + 570*float64(i+1)*step.Seconds()/window.Seconds()
		fmt.Fprintf(&b, "L%.1f %.1f", x, float64(bottom)-180*float64(v)/float64(maximum))
	}
	return b.String()
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
