package faults

import (
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/harness/faultproxy"
)

func TestTooLittle(t *testing.T) {
	all := func() map[kind]int {
		took := make(map[kind]int)
		for _, k := range kinds() {
			took[k] = 1
		}
		return took
	}
	for name, test := range map[string]struct {
		total, took int
		lacks       []kind
		want        []string
	}{
		"enough":                        {400, 340, nil, nil},
		"hardly any":                    {400, 339, nil, []string{"only 339 of 400"}},
		"none":                          {0, 0, nil, nil},
		"a short run lacks a kind":      {4999, 4900, kinds()[:1], nil},
		"a long run":                    {5000, 4900, nil, nil},
		"a long run lacks a kind":       {5000, 4900, []kind{{"h2", faultproxy.BeforePassing, faultproxy.GoAway}}, []string{`"h2": GOAWAY (0) before it is passed on`}},
		"a long run without handshakes": {5000, 4900, []kind{{"h2", faultproxy.InHandshake, faultproxy.Cut}, {"http/1.1", faultproxy.InHandshake, faultproxy.Reset}}, []string{"cut in the handshake", "reset in the handshake"}},
	} {
		table := Table{Total: 2 * test.total, patient: test.total, patientTook: test.took, took: all()}
		for _, k := range test.lacks {
			if table.took[k] == 0 {
				t.Errorf("%s: %s is none that is looked for", name, k)
			}
			delete(table.took, k)
		}
		got := table.tooLittle()
		if len(got) != len(test.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, want := range test.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q does not say %q", name, got[i], want)
			}
		}
	}
}

// Each moment is looked for, with each protocol that has it.
func TestKinds(t *testing.T) {
	seen := make(map[string]int)
	for _, k := range kinds() {
		seen[k.protocol+" "+k.moment.String()]++
	}
	for _, protocol := range []string{"", "http/1.1", "h2"} {
		for m := faultproxy.InHandshake; m <= faultproxy.AfterAnswer; m++ {
			if n := seen[protocol+" "+m.String()]; (n >= 3) != (overTLS(protocol) || m > faultproxy.InHandshake) {
				t.Errorf("%d manners of %q %s", n, protocol, m)
			}
		}
	}
	t.Logf("%d kinds", len(kinds()))
}
