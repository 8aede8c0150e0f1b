package simulation

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// The picture shows two charts above each other, with the same two lines in each.
const (
	left, right, width = 60, 270, 900 // margins and the whole
	plotWidth          = width - left - right
	top, plotHeight    = 92, 180
	gap                = 62 // between the charts
	height             = top + 2*plotHeight + gap + 56
)

// Colours that can be read on white and on black; the texts follow the reader's theme.
const style = `<style>
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a }
  .title { font-size: 16px; font-weight: 600 }
  .head { font-weight: 600 }
  .small { font-size: 12px }
  .grid { stroke: #8b949e; stroke-opacity: .3 }
  .axis { stroke: #8b949e; fill: none }
  .with { stroke: #2f81f7; fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .without { stroke: #d9730d; fill: none; stroke-width: 2.5; stroke-linejoin: round }
  text.with { fill: #2f81f7; stroke: none; font-weight: 600 }
  text.without { fill: #d9730d; stroke: none; font-weight: 600 }
  .reserve { fill: #2f81f7; fill-opacity: .1 }
  @media (prefers-color-scheme: dark) { text { fill: #adbac7 } }
</style>
`

// A Picture is what one window looks like with the limiter and without.
type Picture struct {
	With, Without Recording
	Reserve       float64 // share of the budget that the limiter leaves
}

// WriteSVG writes the picture.
func (p Picture) WriteSVG(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		width, height, "One window of 60 seconds, with and without the limiter: requests spent and requests refused")
	b.WriteString(style)
	limit := p.With.Limit
	text(&b, left, 26, "title", "One window of 60 seconds with a budget of %s requests", thousands(limit))
	text(&b, left, 46, "small", "64 workers with more to do than the window allows, and a neighbour with %d requests, spread evenly",
		p.With.Neighbour.asked)

	used := chart{y: top, max: limit, ticks: 4, title: "Budget spent, by everybody"}
	used.frame(&b)
	reserved := int(p.Reserve * float64(limit))
	fmt.Fprintf(&b, `<rect class="reserve" x="%d" y="%d" width="%d" height="%.1f"/>`+"\n", left, top, plotWidth, used.at(limit-reserved)-top)
	text(&b, left+72, int(used.at(limit))+18, "small", "reserve of %.0f %%", 100*p.Reserve)
	usedOf := func(s Sample) int { return s.Used }
	used.line(&b, "without", p.Without, usedOf)
	used.line(&b, "with", p.With, usedOf)

	refused := chart{y: top + plotHeight + gap, max: roundUp(p.Without.last().Refused), ticks: 4, title: "Calls answered 429, in all"}
	refused.frame(&b)
	refusedOf := func(s Sample) int { return s.Refused }
	refused.line(&b, "without", p.Without, refusedOf)
	refused.line(&b, "with", p.With, refusedOf)
	refused.seconds(&b)

	legend(&b, "with", top+14, p.With, "With the limiter", "calls wait until there is budget")
	legend(&b, "without", top+plotHeight+gap+14, p.Without, "Without it", "calls come again 1 s after each 429")
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// legend says what a line is and what came of it.
func legend(b *strings.Builder, class string, y int, r Recording, title, what string) {
	x := left + plotWidth + 20
	fmt.Fprintf(b, `<path class="%s" d="M%d %dh22"/>`+"\n", class, x, y-4)
	text(b, x+30, y, class, "%s", title)
	last := r.last()
	for i, line := range []string{
		what,
		fmt.Sprintf("budget spent: %s", thousands(last.Used)),
		fmt.Sprintf("calls answered 429: %s", thousands(last.Refused)),
		fmt.Sprintf("neighbour refused: %d of %d", r.Neighbour.refused, r.Neighbour.asked),
	} {
		text(b, x, y+20+18*i, "small", "%s", line)
	}
}

func (r Recording) last() Sample { return r.Samples[len(r.Samples)-1] }

// A chart is one of the two, from the height y down.
type chart struct {
	y, max, ticks int
	title         string
}

// at is the height of a value.
func (c chart) at(value int) float64 {
	return float64(c.y) + plotHeight*(1-float64(value)/float64(c.max))
}

func across(at time.Duration) float64 { return left + plotWidth*at.Seconds()/window.Seconds() }

// frame draws the axes with their values.
func (c chart) frame(b *strings.Builder) {
	text(b, left, c.y-12, "head", "%s", c.title)
	for i := range c.ticks + 1 {
		value := c.max * i / c.ticks
		fmt.Fprintf(b, `<path class="grid" d="M%d %.1fh%d"/>`+"\n", left, c.at(value), plotWidth)
		text(b, left-8, int(c.at(value))+4, "small end", "%s", thousands(value))
	}
	fmt.Fprintf(b, `<path class="axis" d="M%d %dv%dh%d"/>`+"\n", left, c.y, plotHeight, plotWidth)
}

// seconds labels the axis of time.
func (c chart) seconds(b *strings.Builder) {
	for s := 0; s <= 60; s += 10 {
		text(b, int(across(time.Duration(s)*time.Second)), c.y+plotHeight+20, "small middle", "%d", s)
	}
	text(b, left+plotWidth/2, c.y+plotHeight+42, "small middle", "seconds since the window began")
}

// line draws one value of a recording, from nothing at the window's beginning.
func (c chart) line(b *strings.Builder, class string, r Recording, value func(Sample) int) {
	fmt.Fprintf(b, `<path class="%s" d="M%d %.1f`, class, left, c.at(0))
	last := -1
	for i, s := range r.Samples {
		// Only where it bends: a flat stretch needs its ends.
		v := value(s)
		if i+1 < len(r.Samples) && v == last && v == value(r.Samples[i+1]) {
			continue
		}
		fmt.Fprintf(b, "L%.1f %.1f", across(s.At), c.at(v))
		last = v
	}
	b.WriteString(`"/>` + "\n")
}

// text writes a line. Classes that are words of SVG's text-anchor set that.
func text(b *strings.Builder, x, y int, classes, format string, args ...any) {
	anchor := ""
	class := classes
	for _, a := range []string{"end", "middle"} {
		if c, ok := strings.CutSuffix(classes, " "+a); ok {
			class, anchor = c, fmt.Sprintf(` text-anchor="%s"`, a)
		}
	}
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d"%s>%s</text>`+"\n", class, x, y, anchor, escape(fmt.Sprintf(format, args...)))
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// roundUp returns an end for an axis with four parts.
func roundUp(n int) int {
	unit := 4
	for unit*10 < n {
		unit *= 10
	}
	for _, f := range []int{1, 2, 5} {
		if unit*f >= n {
			return unit * f
		}
	}
	return unit * 10
}
