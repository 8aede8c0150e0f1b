// Command attributes turns the custom attributes that an organisation has defined into Go: a key of package custom for
// each, constants for the values of those that have a list or a tree of them, and a struct that maps them all. A misspelled
// name or a value of another type then does not compile.
//
//	go get -tool github.com/kustomer-go/kustomer/cmd/attributes@latest
//	go tool attributes -o attributes/attributes.go
//
// The second one asks Kustomer for the definitions; with a file, which holds the answer of GET /v1/metadata/conversation, nothing is
// sent. With -check nothing is written: it tells what the organisation has changed since. Run it with -h for all flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

const (
	exitFine    = 0
	exitDrift   = 1
	exitProblem = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	opts, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		printUsage(stdout)
		return exitFine
	}
	if err != nil {
		return fail(stderr, err)
	}
	d, err := read(ctx, opts, stdin)
	if err != nil {
		return fail(stderr, err)
	}
	p := planOf(d, opts)
	for _, line := range append(d.Warnings, p.notes()...) {
		fmt.Fprintln(stderr, "attributes: warning:", printable(line))
	}
	code, err := p.render()
	switch {
	case err != nil:
	case opts.check:
		return check(opts.out, code, stdout, stderr)
	case opts.out == "":
		_, err = stdout.Write(code)
	default:
		for _, line := range changed(opts.out, code) {
			fmt.Fprintln(stderr, "attributes: warning:", printable(line))
		}
		err = writeFile(opts.out, code)
	}
	if err != nil {
		return fail(stderr, err)
	}
	return exitFine
}

// fail says what is wrong, and to whom the command is new how it is called.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "attributes:", printable(err.Error()))
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(stderr)
		printUsage(stderr)
	}
	return exitProblem
}
