// Verify-live asks a real sandbox what Kustomer's reference leaves open, and compares what it sees with what this module
// reckons with.
//
// It creates two conversations for one customer, updates and tags the first, and sends some calls that are meant to be
// refused. It prints a table of expected against observed, and writes what it saw to verify-live-report.md (-report), which
// can go into a bug report: without key, host, ids and texts of yours. What Kustomer says in errors is in it, masked.
//
// It needs KUSTOMER_ORG (or KUSTOMER_BASE_URL), KUSTOMER_API_KEY (or KUSTOMER_API_KEY_FILE), the id of a customer in
// KUSTOMER_CUSTOMER_ID, and KUSTOMER_SANDBOX=yes, for agents see the conversations. It stops at the first answer that shows
// less than half of the organisation's budget left, as other people are at work there then. At the end it marks the
// conversations as deleted and done, which is all that the three endpoints allow.
//
// It ends with 0 if nothing differs, 1 if something does, and 2 if it could not go through.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const (
	exitSame = iota
	exitDifferent
	exitFailed
)

// run is main, for a test to call.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verify-live", flag.ContinueOnError)
	flags.SetOutput(stderr)
	report := flags.String("report", "verify-live-report.md", "write what was seen, redacted, to this `file`; - prints it, and nothing writes none")
	objectLimit := flags.Int("object-limit", 0, "send up to so `many` updates of one conversation to find its limit; 0 sends none")
	if err := flags.Parse(args); err != nil {
		return exitFailed
	}
	if missing := missing(flags.Args(), *objectLimit); len(missing) > 0 {
		fmt.Fprintln(stderr, "verify-live: nothing was sent:\n  "+strings.Join(missing, "\n  "))
		return exitFailed
	}
	v, err := newVerifier(os.Getenv("KUSTOMER_CUSTOMER_ID"), *objectLimit)
	if err != nil {
		fmt.Fprintln(stderr, "verify-live:", err)
		return exitFailed
	}
	v.run(ctx)
	if err := v.writeTable(stdout); err != nil {
		fmt.Fprintln(stderr, "verify-live:", err)
		return exitFailed
	}
	if err := v.writeReport(*report, stdout); err != nil {
		fmt.Fprintln(stderr, "verify-live:", err)
		return exitFailed
	}
	switch {
	case v.stopped != nil:
		fmt.Fprintln(stderr, "verify-live: it stopped early:", v.stopped)
		return exitFailed
	case v.differs():
		return exitDifferent
	}
	return exitSame
}

// writeReport writes the report to a file, or where the table went.
func (v *verifier) writeReport(name string, stdout io.Writer) error {
	switch name {
	case "":
		return nil
	case "-":
		_, err := fmt.Fprintf(stdout, "\n%s", v.report())
		return err
	}
	if err := os.WriteFile(name, v.report(), 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "\nThe report is in", name)
	return err
}

// missing lists what has to be said before anything is sent.
func missing(args []string, objectLimit int) (all []string) {
	env := os.Getenv
	need := func(ok bool, text string) {
		if !ok {
			all = append(all, text)
		}
	}
	need(env("KUSTOMER_SANDBOX") == "yes", "set KUSTOMER_SANDBOX=yes if it is a sandbox: agents see the conversations that this creates")
	need(env("KUSTOMER_CUSTOMER_ID") != "", "set KUSTOMER_CUSTOMER_ID to the id of a customer to create conversations for")
	need(env("KUSTOMER_ORG")+env("KUSTOMER_BASE_URL") != "", "set KUSTOMER_ORG to the organisation's name, or KUSTOMER_BASE_URL")
	need(env("KUSTOMER_API_KEY")+env("KUSTOMER_API_KEY_FILE") != "", "set KUSTOMER_API_KEY, or KUSTOMER_API_KEY_FILE")
	need(len(args) == 0, "it takes no arguments beside its flags")
	need(objectLimit >= 0, "-object-limit must not be negative")
	return all
}
