package main

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// The tests start this program again as worker processes.
func TestMain(m *testing.M) {
	if os.Getenv(workerVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
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
