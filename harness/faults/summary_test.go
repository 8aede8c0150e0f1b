package faults

import (
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

func TestMissing(t *testing.T) {
	goAway := kind{faultproxy.H2, faultproxy.Fault{Moment: faultproxy.BeforeForwarding, Manner: faultproxy.GoAway}}
	cut := kind{faultproxy.H2, faultproxy.Fault{Moment: faultproxy.InHandshake, Manner: faultproxy.Cut}}
	garbled := kind{faultproxy.HTTP, faultproxy.Fault{Moment: faultproxy.BeforeResponse, Manner: faultproxy.Close, Garbled: faultproxy.NotHTTP}}
	for name, test := range map[string]struct {
		patient, took int
		lacks         []kind
		want          []string
	}{
		"enough":                     {400, 340, nil, nil},
		"few":                        {400, 339, nil, []string{"only 339 of 400"}},
		"a short run lacks a kind":   {4999, 4900, []kind{goAway}, nil},
		"a long run":                 {5000, 4900, nil, nil},
		"a long run lacks a kind":    {5000, 4900, []kind{goAway}, []string{"h2: no fault of this kind took place: GOAWAY NO_ERROR before forwarding"}},
		"a long run lacks more":      {5000, 4900, []kind{cut, garbled}, []string{"bytes that are not HTTP, then close before the response", "cut in the TLS handshake"}},
		"a long run, but few faults": {5000, 4000, nil, []string{"only 4000 of 5000"}},
	} {
		s := summary{calls: 2 * test.patient, patient: test.patient, patientTook: test.took, took: make(map[kind]int)}
		for _, p := range faultproxy.Protocols {
			for _, f := range faultproxy.All(p) {
				s.took[kind{p, f}] = 1
			}
		}
		for _, k := range test.lacks {
			if s.took[k] != 1 {
				t.Errorf("%s: %v is not a kind", name, k)
			}
			delete(s.took, k)
		}
		got := s.missing()
		if len(got) != len(test.want) {
			t.Errorf("%s: got %q", name, got)
			continue
		}
		for i, want := range test.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: got %q, want it to contain %q", name, got[i], want)
			}
		}
	}
	if s := (&summary{calls: 100, patient: 20, patientTook: 20}); len(s.missing()) != 1 {
		t.Errorf("a run with few patient callers: %q", s.missing())
	}
}
