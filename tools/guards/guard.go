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

// pattern finds the code, whatever its lines.
func (g guard) pattern() *regexp.Regexp {
	words := strings.Fields(g.code)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
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
	places := g.pattern().FindAllIndex(source, -1)
	if places == nil {
		return fmt.Errorf("%s is not there any more", g)
	}
	for _, p := range places {
		without := string(source[:p[0]]) + g.lines(string(source[p[0]:p[1]])) + string(source[p[1]:])
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

// lines gives the replacement lines where the code has lines: a statement after another needs one.
func (g guard) lines(code string) string {
	text := g.replacement
	if strings.HasSuffix(strings.TrimSpace(g.code), "{") || !strings.Contains(code, "\n") {
		return text
	}
	return text + "\n"
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
	cmd := exec.Command("go", "test", "-vet=off", "-timeout=60s", "-overlay", overlay, "-run", "^"+g.test+"$", "-v", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch says := string(out); {
	case strings.Contains(says, "[build failed]"):
		return false, says, errors.New("it does not compile")
	case !strings.Contains(says, "=== RUN   "+g.test+"\n"):
		return false, says, fmt.Errorf("there is no test %s", g.test)
	default:
		return err != nil, says, nil
	}
}
