// Command compat holds the documents below api/ and the exported Go API against the last release, or, while there is
// none, against the state recorded in compat/baseline.txtar. It fails if anything that users rely on was broken and
// CHANGELOG.md does not announce it. With -record it records the present state instead.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	exitFine    = 0
	exitProblem = 1
	exitUsage   = 2

	baselineFile  = "compat/baseline.txtar"
	changelogFile = "CHANGELOG.md"
)

var errUnannounced = errors.New("unannounced breaking changes")

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("compat", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", "..", "`directory` of the repository")
	record := flags.Bool("record", false, "record the present state in "+baselineFile+" instead of comparing with it")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitFine
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "compat: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return exitUsage
	}

	var err error
	if *record {
		err = recordBaseline(*root, stdout)
	} else {
		err = check(*root, stdout)
	}
	switch {
	case errors.Is(err, errUnannounced): // all of it is said already
		return exitProblem
	case err != nil:
		fmt.Fprintln(stderr, "compat:", err)
		return exitProblem
	}
	return exitFine
}

// check compares the working tree with the last release or the baseline.
func check(root string, stdout io.Writer) error {
	old, err := promisedState(root)
	if err != nil {
		return err
	}
	now, err := readTree(root)
	if err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "compared with", old.name)
	r, err := compare(root, old.files, now)
	if err != nil {
		return err
	}
	entries, err := announcements(string(changelog), old.release)
	if err != nil {
		return err
	}
	return r.print(stdout, entries)
}

// recordBaseline writes the baseline, unless that would hide a breaking change from the next comparison.
func recordBaseline(root string, stdout io.Writer) error {
	old, err := promisedState(root)
	switch {
	case errors.Is(err, os.ErrNotExist): // the first one
	case err != nil:
		return err
	case old.release != "":
		return fmt.Errorf("nothing to record: comparisons are with %s", old.name)
	default:
		if err := check(root, stdout); err != nil {
			return err
		}
	}
	now, err := readTree(root)
	if err != nil {
		return err
	}
	data, err := record(root, now)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, baselineFile), data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "recorded in %s\n", baselineFile)
	return nil
}
