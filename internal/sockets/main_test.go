package sockets

import (
	"io"
	"log"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs bytes that nobody asked for
	os.Exit(m.Run())
}
