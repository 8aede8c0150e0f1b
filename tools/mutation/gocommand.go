package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	realGoVariable = "MUTATION_GO"
	sampleVariable = "MUTATION_SAMPLE"
	seedVariable   = "MUTATION_SEED"
)

// What gremlins understands: a mutant that was killed, and one that did not compile.
const (
	exitKilled    = 1
	exitNotViable = 2
)

// goCommand stands in for the go command where gremlins calls it. It mends two things that would make the figures wrong. Go's
// coverage has no block for the condition of a case, so that gremlins would pass over those; and a mutant that does not compile
// fails its tests, and would count as killed by them.
func goCommand(args []string) int {
	cmd := exec.Command(os.Getenv(realGoVariable), args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	os.Stdout.Write(out.Bytes())
	switch {
	case err != nil && bytes.Contains(out.Bytes(), []byte("[build failed]")):
		return exitNotViable
	case err != nil:
		return exitKilled
	}
	if i := slices.Index(args, "-coverprofile"); i >= 0 && i+1 < len(args) {
		if err := chooseLines(args[i+1]); err != nil {
			fmt.Println(err)
			return exitNotViable
		}
	}
	return 0
}

// chooseLines makes a coverage profile of the lines that are to be changed: all, or a sample.
func chooseLines(profile string) error {
	data, err := os.ReadFile(profile)
	if err != nil {
		return err
	}
	out, last := "mode: set\n", make(map[string]int)
	var files []string
	for line := range strings.Lines(string(data)) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		var from, fromColumn, to, toColumn, statements, count int
		if n, _ := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &from, &fromColumn, &to, &toColumn, &statements, &count); !ok || n != 6 {
			continue
		}
		if last[name] == 0 {
			files = append(files, name)
		}
		last[name] = max(last[name], to)
	}
	sample, err := strconv.Atoi(os.Getenv(sampleVariable))
	if err != nil {
		return err
	}
	for _, name := range files {
		for line := 1; line <= last[name]; line++ {
			if chosen(filepath.Base(name), line, os.Getenv(seedVariable)) < sample {
				out += fmt.Sprintf("%s:%d.1,%d.10000 1 1\n", name, line, line)
			}
		}
	}
	return os.WriteFile(profile, []byte(out), 0o600)
}

// chosen gives each line a number below 100 that the seed decides.
func chosen(name string, line int, seed string) int {
	h := fnv.New64a()
	fmt.Fprintln(h, seed, name, line)
	return int(h.Sum64() >> 16 % 100)
}
