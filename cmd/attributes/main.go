// Command attributes generates Go code for the custom attributes that an organisation has defined: a key of package
// custom for each attribute, constants for the values of attributes with a list or tree of values, and a struct with
// all attributes. A misspelled name or a value of the wrong type then does not compile.
//
//	go get -tool github.com/kustomer-go/kustomer/cmd/attributes@latest
//	go tool attributes -o attributes/attributes.go
//
// The second command reads the definitions from Kustomer. With a file that holds the response of GET
// /v1/metadata/conversation, it sends no request. With -check it writes no file and prints what the organisation has
// changed since. Run it with -h for all flags.
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
	exitOK    = 0
	exitDrift = 1
	exitError = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := execute(ctx, args, stdin, stdout, stderr)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		printUsage(stdout)
		return exitOK
	case errors.Is(err, errDrift):
		return exitDrift
	}
	fmt.Fprintln(stderr, "attributes:", printable(err.Error()))
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(stderr)
		printUsage(stderr)
	}
	return exitError
}

// execute runs the command and prints warnings to stderr.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	warn := func(lines []string) {
		for _, line := range lines {
			fmt.Fprintln(stderr, "attributes: warning:", printable(line))
		}
	}
	opts, err := parseOptions(args)
	if err != nil {
		return err
	}
	d, err := read(ctx, opts, stdin)
	if err != nil {
		return err
	}
	p := planOf(d, opts)
	warn(p.warnings)
	code, err := p.render()
	switch {
	case err != nil:
		return err
	case opts.check:
		return check(opts.out, code, stdout)
	case opts.out == "":
		_, err = stdout.Write(code)
		return err
	}
	lines, err := writeFile(opts.out, code)
	warn(lines)
	return err
}
