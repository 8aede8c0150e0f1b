package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// survivorsFile has the survivors that are no lack of the tests, below the root.
const survivorsFile = "tools/mutation/SURVIVORS.md"

// A job is what was asked for.
type job struct {
	root, gremlins string
	least          float64
	sample         int
	seed           uint64
}

func (j *job) run(packages []string) error {
	if len(packages) == 0 {
		return errors.New("name the packages")
	}
	if j.sample < 1 || j.sample > 100 {
		return fmt.Errorf("a sample of %d %% is not from 1 to 100", j.sample)
	}
	text, err := os.ReadFile(filepath.Join(j.root, survivorsFile))
	if err != nil {
		return err
	}
	known, err := explained(string(text))
	if err != nil {
		return err
	}
	export, err := exported(j.root)
	if err != nil {
		return err
	}
	defer os.RemoveAll(export)
	var failed []error
	for _, p := range packages {
		mutants, err := j.mutate(export, p)
		if err != nil {
			return err
		}
		failed = append(failed, j.judge(p, mutants, known))
	}
	return errors.Join(failed...)
}

// judge prints what came of a package's mutants, and says what is wrong with that.
func (j *job) judge(pkg string, mutants []mutant, known map[mutant]bool) error {
	var s score
	var failed []error
	alive := make(map[mutant]bool)
	for _, m := range mutants {
		s.count(m.status)
		if m.status != lived {
			continue
		}
		m.status = ""
		if alive[m] = true; !known[m] {
			failed = append(failed, fmt.Errorf("%s lives and is not explained in %s", m, survivorsFile))
		}
	}
	fmt.Printf("%s: %s", pkg, &s)
	if j.sample < 100 {
		fmt.Printf(" (of %d %% of the lines, -seed %d)", j.sample, j.seed)
	}
	fmt.Println()
	if s.rate() < j.least {
		failed = append(failed, fmt.Errorf("%s: %.1f %% of the mutants are killed, and should be %.0f %%", pkg, s.rate(), j.least))
	}
	if j.sample == 100 {
		for m := range known {
			if filepath.Dir(m.file) == pkg && !alive[m] {
				failed = append(failed, fmt.Errorf("%s is explained in %s, and does not live", m, survivorsFile))
			}
		}
	}
	return errors.Join(failed...)
}
