package otelkustomer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/otelkustomer"
)

// table returns the cells of a table of the README by the name in the first column, without backquotes.
func table(t *testing.T, section string) map[string][]string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	_, text, _ = strings.Cut(text, "| --- |")
	_, text, _ = strings.Cut(text, "\n")
	rows := map[string][]string{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), "`", ""), "|")
		if len(cells) == 1 {
			break
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[cells[0]] = cells[1:]
	}
	return rows
}

// exported are the cells of the tables as they should be: without meanings, except those of metrics.
type exported struct {
	rows  map[string][]string
	attrs map[string]map[string]bool // of each row
	types map[string]string          // of all attributes
}

func (e *exported) add(name string, attributes []attribute.KeyValue, cells ...string) {
	if e.rows == nil {
		e.rows, e.attrs = map[string][]string{}, map[string]map[string]bool{}
	}
	if e.attrs[name] == nil {
		e.attrs[name] = map[string]bool{}
	}
	e.rows[name] = cells
	for _, a := range attributes {
		e.attrs[name][string(a.Key)] = true
		e.types[string(a.Key)] = map[attribute.Type]string{attribute.STRING: "string", attribute.INT64: "int", attribute.FLOAT64: "double"}[a.Value.Type()]
	}
}

// compare compares what was exported with a table, whose attributes are in the column after the given cells.
func (e *exported) compare(t *testing.T, section string, meaning bool) {
	t.Helper()
	rows := table(t, section)
	if got, want := slices.Sorted(maps.Keys(rows)), slices.Sorted(maps.Keys(e.rows)); !slices.Equal(got, want) {
		t.Errorf("%s of the README has %q, but %q are exported", section, got, want)
		return
	}
	for name, cells := range e.rows {
		n := len(cells)
		if meaning {
			n--
		}
		if !slices.Equal(rows[name][:n], cells[:n]) || meaning && rows[name][n+1] != cells[n] {
			t.Errorf("%s of the README has %q for %s, but %q are exported", section, rows[name], name, cells)
		}
		listed := strings.FieldsFunc(rows[name][n], func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(listed)
		if want := slices.Sorted(maps.Keys(e.attrs[name])); !slices.Equal(listed, want) {
			t.Errorf("%s of the README lists the attributes %q of %s, but %q are exported", section, listed, name, want)
		}
	}
}

// The tables in the README list exactly what is exported.
func TestREADME(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, fake{}, otelkustomer.WithFullURL())
		r.everything(t)
		types := map[string]string{}
		spans, events, metrics := exported{types: types}, exported{types: types}, exported{types: types}
		for _, s := range r.spans.GetSpans() {
			name := "kustomer.{operation}"
			if s.SpanKind.String() == "client" {
				name = "{method} {path}"
			}
			spans.add(name, s.Attributes, s.SpanKind.String())
			for _, e := range s.Events {
				events.add(e.Name, e.Attributes)
			}
		}
		for name, m := range r.metrics(t) {
			kind := map[string]string{"metricdata.Histogram[float64]": "histogram", "metricdata.Sum[int64]": "counter", "metricdata.Gauge[int64]": "gauge"}[fmt.Sprintf("%T", m.Data)]
			attributes, _ := points(t, m)
			for _, set := range attributes {
				metrics.add(name, set.ToSlice(), kind, m.Unit, m.Description)
			}
		}
		spans.compare(t, "Spans", false)
		events.compare(t, "Events", false)
		metrics.compare(t, "Metrics", true)
		listed := map[string]string{}
		for name, cells := range table(t, "Attributes") {
			listed[name] = cells[0]
		}
		if !maps.Equal(listed, types) {
			t.Errorf("the README has the attributes %q, but %q are exported", listed, types)
		}
	})
}

// Nothing that is exported shows the API key, an id, a body or a query. Only url.full has ids, if it is asked for.
func TestNothingPrivate(t *testing.T) {
	for _, fullURL := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var opts []otelkustomer.Option
			if fullURL {
				opts = append(opts, otelkustomer.WithFullURL())
			}
			r := newHarness(t, fake{}, opts...)
			r.everything(t)
			r.srv.Fail(kustomertest.Status(400, `{"errors":[{"title":"bad","detail":"`+secretText+`"}]}`))
			if err := r.update(t.Context()); err == nil {
				t.Fatal("the call succeeded")
			}
			ids := false
			for _, s := range r.spans.GetSpans() {
				data, err := json.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				ids = ids || strings.Contains(string(data), r.conversation)
				if !fullURL {
					r.mustBePublic(t, string(data))
				} else if strings.Contains(string(data), kustomertest.APIKey) {
					t.Errorf("the span %s shows the API key", s.Name)
				}
			}
			if ids != fullURL {
				t.Errorf("it is %t that spans have ids", ids)
			}
			var all []metricdata.Metrics
			for _, m := range r.metrics(t) {
				all = append(all, m)
			}
			data, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			r.mustBePublic(t, string(data))
		})
	}
}

func (r *harness) mustBePublic(t *testing.T, exported string) {
	t.Helper()
	for _, private := range []string{kustomertest.APIKey, r.customer, r.conversation, secretText} {
		if strings.Contains(exported, private) {
			t.Errorf("%s is exported: %s", private, exported)
		}
	}
}
