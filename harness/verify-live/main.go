// Verify-live tests what Kustomer's reference leaves open against a sandbox, and compares it with what this module assumes.
//
// It creates two conversations for one customer, updates and tags the first one, and sends some requests that should be
// refused: about 25 requests. It prints what was expected and what was observed. The file verify-live-report.md (-report) has
// that and all responses, without your keys, hosts, ids, names and values. Error texts are masked.
//
// It needs KUSTOMER_ORG (or KUSTOMER_BASE_URL), KUSTOMER_API_KEY (or KUSTOMER_API_KEY_FILE), the id of a customer in
// KUSTOMER_CUSTOMER_ID, and KUSTOMER_SANDBOX=yes, because agents see the conversations. It stops when less than half of the
// organisation's budget is left, because others are using it. At the end it marks the conversations as deleted and done; the
// three endpoints cannot delete them.
//
// The exit status is 0 if nothing differs, 1 if something differs, and 2 if it stopped early.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
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

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verify-live", flag.ContinueOnError)
	flags.SetOutput(stderr)
	report := flags.String("report", "verify-live-report.md", "`file` to write the report to")
	objectLimit := flags.Uint("object-limit", 0, "send up to this `number` of updates of one conversation to find its limit")
	if err := flags.Parse(args); err != nil {
		return exitFailed
	}
	v, err := newVerifier(*objectLimit)
	if flags.NArg() > 0 {
		err = errors.Join(err, errors.New("only flags are accepted as arguments"))
	}
	if err != nil {
		fmt.Fprintf(stderr, "verify-live: nothing was sent:\n%v\n", err)
		return exitFailed
	}
	v.run(ctx)
	fmt.Fprintf(stdout, "%s\nThe report is in %s\n", v.redact(v.table()), *report)
	err = errors.Join(v.stopped, os.WriteFile(*report, []byte(v.redact(v.report())), 0o644))
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "verify-live: stopped early:", v.redact(short(err)))
		return exitFailed
	case slices.ContainsFunc(v.findings, func(f finding) bool { return f.comparison == different }):
		return exitDifferent
	}
	return exitSame
}
