package simulation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"testing"
	"time"
)

var pictureFlag = flag.String("picture", "", "where BenchmarkPicture writes its SVG; nowhere if empty")

// BenchmarkPicture records one window with and without the limiter and draws it.
func BenchmarkPicture(b *testing.B) {
	for range b.N {
		var p Picture
		always := func(_, _ string) (bool, error) { return true, nil }
		if !testing.RunTests(always, []testing.InternalTest{{Name: "Picture", F: func(t *testing.T) { p = takePicture(t) }}}) {
			b.Fatal("no picture")
		}
		var svg bytes.Buffer
		if err := p.WriteSVG(&svg); err != nil {
			b.Fatal(err)
		}
		if *pictureFlag != "" {
			if err := os.WriteFile(*pictureFlag, svg.Bytes(), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(p.With.last().Refused), "429s-with")
		b.ReportMetric(float64(p.Without.last().Refused), "429s-without")
	}
}

func takePicture(t *testing.T) Picture {
	s := Scenario{
		Pools: []Pool{{Workers: 64, Calls: 10000}}, Reserve: 0.2,
		Neighbour: &Neighbour{PerWindow: 150, Spread: window, Windows: 1},
	}
	p := Picture{With: s.Record(t, 1), Reserve: s.Reserve}
	s.Naive = true
	p.Without = s.Record(t, 1)
	return p
}

func TestPicture(t *testing.T) {
	rec := func(refused int) Recording {
		r := Recording{Limit: 1000, Neighbour: spent{150, 20}}
		for i := range 299 {
			r.Samples = append(r.Samples, Sample{time.Duration(i+1) * step, min(1000, 100*i), refused * i})
		}
		return r
	}
	var first, second bytes.Buffer
	p := Picture{With: rec(0), Without: rec(12), Reserve: 0.2}
	if err := errors.Join(p.WriteSVG(&first), p.WriteSVG(&second)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same measurements give two pictures")
	}
	for d := xml.NewDecoder(&first); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[int]int{0: 4, 3: 4, 5: 8, 21: 40, 41: 80, 399: 400, 3000: 4000, 3501: 4000, 4001: 8000} {
		if got := roundUp(n); got != want {
			t.Errorf("roundUp(%d) is %d, want %d", n, got, want)
		}
	}
}
