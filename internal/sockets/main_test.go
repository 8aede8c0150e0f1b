package sockets

import (
	"io"
	"log"
	"os"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes that nobody asked for
	debug.SetGCPercent(1000)  // a collection closes connections that were let go, which would hide a leak
	os.Exit(m.Run())
}
