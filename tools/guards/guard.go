package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A guard is a piece of code, what to put in its place, and the test that fails then.
type guard struct {
	file, code, replacement, test string
}

func (g guard) String() string { return fmt.Sprintf("%s: `%s`", g.file, g.code) }

// anyTest stands for the test in a new row: trying it tells which ones fail.
const anyTest = "?"

var failures = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// list reads a table of guards.
func list(text string) ([]guard, error) {
	var all []guard
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| file ") || strings.HasPrefix(line, "| --- ") {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00"), "|")
		for i := range cells {
			cells[i] = strings.Trim(strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|"), "`")
		}
		if len(cells) != 4 || cells[1] == "" || cells[3] == "" {
			return nil, fmt.Errorf("not the four cells of a guard: %s", line)
		}
		if cells[2] == "nothing" {
			cells[2] = ""
		}
		all = append(all, guard{cells[0], cells[1], cells[2], cells[3]})
	}
	if all == nil {
		return nil, errors.New("there is no guard in the list")
	}
	return all, nil
}

// difference returns the words of the code and of the replacement without those at both ends that are the same, and how many
// those are. What stays the same keeps its place in the lines of the source.
func (g guard) difference() (before, code, after, replacement []string) {
	words, with := strings.Fields(g.code), strings.Fields(g.replacement)
	from, to := 0, 0
	for from < min(len(words), len(with)) && words[from] == with[from] {
		from++
	}
	for to < min(len(words), len(with))-from && words[len(words)-1-to] == with[len(with)-1-to] {
		to++
	}
	return words[:from], words[from : len(words)-to], words[len(words)-to:], with[from : len(with)-to]
}

// places finds what is to be replaced, whatever its lines.
func (g guard) places(source []byte) (places [][]int, replacement string) {
	before, code, after, with := g.difference()
	quoted := func(words []string) string {
		parts := make([]string, len(words))
		for i, w := range words {
			parts[i] = regexp.QuoteMeta(w)
		}
		return strings.Join(parts, `\s+`)
	}
	var parts []string
	for _, part := range []string{quoted(before), "(" + quoted(code) + ")", quoted(after)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	for _, found := range regexp.MustCompile(strings.Join(parts, `\s*`)).FindAllSubmatchIndex(source, -1) {
		places = append(places, found[2:4])
	}
	return places, strings.Join(with, " ")
}

// try fails unless the test fails without the guard. Where the code stands more than once, one of the places is the guard.
func (g guard) try(dir string) error {
	path, err := filepath.Abs(filepath.Join(dir, g.file))
	if err != nil {
		return err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	places, replacement := g.places(source)
	if places == nil {
		return fmt.Errorf("%s is not there any more", g)
	}
	for _, p := range places {
		without := string(source[:p[0]]) + replacement + string(source[p[1]:])
		failed, out, err := g.fails(dir, path, without)
		if failed {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s, replaced by `%s`: %w\n%s", g, g.replacement, err, out)
		}
	}
	return fmt.Errorf("%s can be replaced by `%s`, and %s does not notice", g, g.replacement, g.test)
}

// fails reports whether the test fails with other source in the place of the file's.
func (g guard) fails(dir, path, source string) (bool, string, error) {
	work, err := os.MkdirTemp("", "guard-")
	if err != nil {
		return false, "", err
	}
	defer os.RemoveAll(work)
	changed, overlay := filepath.Join(work, "changed.go"), filepath.Join(work, "overlay.json")
	if err := os.WriteFile(changed, []byte(source), 0o600); err != nil {
		return false, "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return false, "", err
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return false, "", err
	}
	run := "^" + g.test + "$"
	if g.test == anyTest {
		run = "."
	}
	cmd := exec.Command("go", "test", "-vet=off", "-timeout=60s", "-overlay", overlay, "-run", run, "-v", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch says := string(out); {
	case strings.Contains(says, "[build failed]"):
		return false, says, errors.New("it does not compile")
	case g.test == anyTest:
		return false, "", fmt.Errorf("the tests that notice: %q", failures.FindAllStringSubmatch(says, -1))
	case !strings.Contains(says, "=== RUN   "+g.test+"\n"):
		return false, says, fmt.Errorf("there is no test %s", g.test)
	default:
		return err != nil, says, nil
	}
}
