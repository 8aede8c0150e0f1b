// Command gen generates Go code from the OpenAPI documents in api/, which document.go lists: models and request builders, the
// data for the request check, and the aliases of package client.
//
// It refuses faults that would reach a user's data unnoticed: a keyword that the request check would ignore, a required name
// without a property, and an overlay action without effect. It names the file and line of each.
//
// Other faults are found elsewhere: invalid documents and constraints that no value meets by the tests in contract/, code that does
// not compile by go build, and the rest by Redocly (make lint-api).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0 for success, 1 for a problem, 2 for wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", "../..", "`directory` of the repository")
	check := flags.Bool("check", false, "write nothing; fail if a generated file is not current")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "gen: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return 2
	}

	outputs, err := generate(*root, documents)
	if err == nil && *check {
		err = compare(*root, outputs)
	} else if err == nil {
		err = write(*root, outputs)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	if *check {
		fmt.Fprintln(stdout, "the generated files are current")
	}
	return 0
}
