package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/harness/servers"
)

// The tests start this program again as worker processes.
func TestMain(m *testing.M) {
	if os.Getenv(workerVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// eachProgram runs a test with each installed program.
func eachProgram(t *testing.T, test func(*testing.T, *servers.Group)) {
	t.Helper()
	if len(servers.Installed()) == 0 {
		t.Skip("not run:", servers.Redis.Missing())
	}
	for _, p := range servers.Installed() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			g, err := servers.NewGroup(p)
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

// deadline is how long a test waits for something. It is long, because the machine may be busy.
const deadline = 30 * time.Second

// eventually polls a condition.
func eventually(t *testing.T, condition func() bool, format string, args ...any) {
	t.Helper()
	for end := time.Now().Add(deadline); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", deadline, fmt.Sprintf(format, args...))
		}
	}
}
