package faults

import (
	"io"
	"log"
	"os"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes that nobody asked for
	// A collection closes connections that were let go, which would hide a leak.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(1 << 30)
	os.Exit(m.Run())
}
