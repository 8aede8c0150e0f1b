// Command gen turns the documents below api/ into Go. Of api/openapi.yaml it makes the models and request builders of
// package gen, the limits of the document as data, and the aliases of package client; of api/metadata.yaml the models of
// package metadata.
//
// It refuses a document or an overlay that is not in order, with the place of each problem, and writes either all
// files or none. With -check it writes nothing and tells whether the files are current.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const (
	exitFine    = 0
	exitProblem = 1
	exitUsage   = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", "../..", "`directory` of the repository")
	check := flags.Bool("check", false, "write nothing; fail if a generated file is not current")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitFine
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "gen: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return exitUsage
	}

	outputs, err := generate(*root)
	if err == nil {
		if *check {
			err = compare(*root, outputs)
		} else {
			err = write(*root, outputs)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitProblem
	}
	if *check {
		fmt.Fprintln(stdout, "the generated files are current")
	}
	return exitFine
}
