package faults

import (
	"io"
	"log"
	"os"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes that arrive on idle connections
	// A garbage collection closes unreachable connections, which would hide a leak.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(1 << 30)
	os.Exit(m.Run())
}
