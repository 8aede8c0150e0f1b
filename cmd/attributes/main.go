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
	opts, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		printUsage(stdout)
		return exitOK
	}
	if err != nil {
		return fail(stderr, err)
	}
	d, err := read(ctx, opts, stdin)
	if err != nil {
		return fail(stderr, err)
	}
	p := planOf(d, opts)
	for _, line := range append(d.Warnings, p.allWarnings()...) {
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
		for _, line := range redefinedIn(opts.out, code) {
			fmt.Fprintln(stderr, "attributes: warning:", printable(line))
		}
		err = writeFile(opts.out, code)
	}
	if err != nil {
		return fail(stderr, err)
	}
	return exitOK
}

// fail prints the error, and the usage if the command was called incorrectly.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "attributes:", printable(err.Error()))
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(stderr)
		printUsage(stderr)
	}
	return exitError
}
