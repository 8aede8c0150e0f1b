package servers

import "testing"

// ForEach runs a test with a group of each installed program, or skips it if none is installed.
func ForEach(t *testing.T, test func(*testing.T, *Group)) {
	t.Helper()
	if len(Installed()) == 0 {
		t.Skip("not run:", Redis.Missing())
	}
	for _, p := range Installed() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			g, err := NewGroup(p)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := g.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, g)
		})
	}
}
