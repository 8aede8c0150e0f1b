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
		calls, faults int
		lacks         []kind
		want          []string
	}{
		"enough faults":              {400, 280, nil, nil},
		"few faults":                 {400, 279, nil, []string{"only 279 faults took place in 400 calls"}},
		"no calls":                   {0, 0, nil, []string{"only 0 faults"}},
		"a short run lacks a kind":   {9999, 9000, []kind{goAway}, nil},
		"a long run":                 {10_000, 9000, nil, nil},
		"a long run, but few faults": {10_000, 4000, nil, []string{"only 4000 faults"}},
		"a long run lacks a kind":    {10_000, 9000, []kind{goAway}, []string{"h2: no fault of this kind took place: GOAWAY NO_ERROR before forwarding"}},
		"a long run lacks more":      {10_000, 9000, []kind{cut, garbled}, []string{"bytes that are not HTTP, then close before the response", "cut in the TLS handshake"}},
	} {
		s := summary{calls: test.calls, faults: test.faults, kinds: make(map[kind]int)}
		for _, p := range faultproxy.Protocols {
			for _, f := range faultproxy.All(p) {
				s.kinds[kind{p, f}] = 1
			}
		}
		for _, k := range test.lacks {
			if s.kinds[k] != 1 {
				t.Errorf("%s: %v is not a kind", name, k)
			}
			delete(s.kinds, k)
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
}
