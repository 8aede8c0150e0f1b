package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"
)

// A journal is a file with a line for each step of an order: begun, then done, rejected or failed.
type journal struct {
	file   *os.File
	opened time.Time
	last   map[string]string // the last step of each order before that
}

func openJournal(path string) *journal {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	check(err)
	if err := lock(f.Fd()); err != nil {
		log.Fatalf("sync: %s is locked, probably by another sync: %v", path, err)
	}
	text, err := io.ReadAll(f)
	check(err)
	j := &journal{f, time.Now(), make(map[string]string)}
	for line := range strings.Lines(string(text)) {
		var step, id string
		if _, err := fmt.Sscanf(line, "%s %q", &step, &id); err == nil { // a kill may have cut the line off
			j.last[id] = step
		}
	}
	return j
}

// write returns when the step is on the disk. It begins a new line, because the last one may be cut off.
func (j *journal) write(step string, o order) {
	_, err := fmt.Fprintf(j.file, "\n%s %q row %d %s", step, o.id, o.row, time.Now().Format(time.RFC3339Nano))
	check(err)
	check(j.file.Sync())
}
