package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// kinds are the changes beyond those that gremlins makes of its own accord.
var kinds = []string{"--invert-logical", "--invert-assignments", "--invert-bitwise", "--remove-self-assignments"}

// patience is how much longer than all tests together those of a mutant may take, compiling included.
const patience = 6

// exported copies the files that are in the repository, or could be, to a folder of their own: gremlins copies all that is there,
// for each of its workers.
func exported(root string) (string, error) {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("list the files of the repository: %w", err)
	}
	dir, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			os.RemoveAll(dir)
			return "", err
		}
	}
	return dir, nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return nil // deleted, and git has not been told
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// mutate has gremlins try all mutants of a package.
func (j *job) mutate(export, pkg string) ([]mutant, error) {
	gremlins, err := filepath.Abs(j.gremlins)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	env, err := j.environment(work)
	if err != nil {
		return nil, err
	}
	report := filepath.Join(work, "report.json")
	args := append([]string{"unleash", "--output", report, "--timeout-coefficient", strconv.Itoa(patience)}, kinds...)
	cmd := exec.Command(gremlins, append(args, "./"+pkg)...)
	cmd.Dir, cmd.Env = export, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("gremlins on %s: %w\n%s", pkg, err, out)
	}
	return readReport(report, export, pkg)
}

// environment has this program found before the go command, to be asked in its place: see goCommand.
func (j *job) environment(work string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	realGo, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	bin := filepath.Join(work, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(bin, "go")); err != nil {
		return nil, err
	}
	return append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GOFLAGS=-vet=off",
		realGoVariable+"="+realGo, sampleVariable+"="+strconv.Itoa(j.sample), seedVariable+"="+strconv.FormatUint(j.seed, 10)), nil
}

// readReport reads what gremlins says, and the code that it speaks of.
func readReport(path, export, pkg string) ([]mutant, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var report struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []struct {
				Type, Status string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return nil, fmt.Errorf("the report of gremlins: %w", err)
	}
	var all []mutant
	for _, f := range report.Files {
		name := filepath.ToSlash(filepath.Join(pkg, filepath.Base(f.Name)))
		source, err := os.ReadFile(filepath.Join(export, name))
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(source), "\n")
		for _, m := range f.Mutations {
			if m.Status == notCovered {
				continue
			}
			if m.Line < 1 || m.Line > len(lines) {
				return nil, fmt.Errorf("the report of gremlins speaks of line %d of %s", m.Line, name)
			}
			all = append(all, mutant{file: name, code: codeAt(lines[m.Line-1], m.Column), kind: m.Type, status: m.Status})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("gremlins made no mutant of %s", pkg)
	}
	return all, nil
}
