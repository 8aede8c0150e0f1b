package simulation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/kustomer-go/kustomer/ratelimit"
)

var pictureFlag = flag.String("picture", "", "`file` that BenchmarkPicture writes; none if empty")

// BenchmarkPicture records one window with the limiter and without, and draws it.
func BenchmarkPicture(b *testing.B) {
	for range b.N {
		var with, without Recording
		runAsTest(b, "Picture", func(t *testing.T) {
			s := Scenario{
				Loads: []Load{{Workers: 64, Calls: 10000}}, Limiter: ratelimit.Config{Reserve: 0.2},
				Neighbour: &Neighbour{PerWindow: 150, Windows: 1},
			}
			with = s.Record(t, 1)
			s.Naive = true
			without = s.Record(t, 1)
		})
		var svg bytes.Buffer
		if err := WriteSVG(&svg, with, without); err != nil {
			b.Fatal(err)
		}
		if *pictureFlag != "" {
			if err := os.WriteFile(*pictureFlag, svg.Bytes(), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(last(with.Refused)), "429s-with")
		b.ReportMetric(float64(last(without.Refused)), "429s-without")
	}
}

func TestPicture(t *testing.T) {
	with := Recording{Used: slices.Repeat([]int{10, 20, 900}, 99), Refused: make([]int, 297), NeighbourSent: 150}
	without := Recording{Used: slices.Repeat([]int{1000}, 297), Refused: slices.Repeat([]int{1, 2, 3456}, 99), NeighbourSent: 150, NeighbourRefused: 149}
	wantSVG(t, func(w io.Writer) error { return WriteSVG(w, with, without) },
		"429 responses: 3,456<", "neighbour refused: 149 of 150<", "budget used: 900<", ` d="M60 272.0L61.9 270.2L63.8 268.4L65.7 110.0`)
	without.Refused[296] = maxRefused + 1
	if err := WriteSVG(io.Discard, with, without); err == nil {
		t.Error("no error for a line that does not fit")
	}
}

// wantSVG checks that write writes the same well-formed picture each time, and that it has some parts.
func wantSVG(t *testing.T, write func(io.Writer) error, parts ...string) {
	t.Helper()
	var svg, again bytes.Buffer
	if err := errors.Join(write(&svg), write(&again)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(svg.Bytes(), again.Bytes()) {
		t.Error("the same measurements give two pictures")
	}
	for _, part := range parts {
		if !bytes.Contains(svg.Bytes(), []byte(part)) {
			t.Errorf("the picture has no %q", part)
		}
	}
	for d := xml.NewDecoder(&svg); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
