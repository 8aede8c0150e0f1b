// Command fleet measures members in real processes with a real store, against a fake Kustomer whose windows take 60 seconds,
// like true ones. It prints a table, and fails if a row misses a bound.
//
//	go run ./fleet                    all rows, in about 4 minutes
//	go run ./fleet -row 'flush|down'  the rows whose name matches
//	go run ./fleet -program valkey    with valkey-server
//
// Its tests let the store fail in many ways, and check that all calls end well and that all members recover.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"syscall"
	"time"

	"github.com/kustomer-go/kustomer/harness/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	do := runTable
	if os.Getenv(workerVariable) != "" {
		do = runWorker
	}
	if err := do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// stagger is the time between the starts of two rows. Each row is busy for two seconds in each window, so the rows do not
// disturb each other.
const stagger = 4 * time.Second

// runTable runs all rows at the same time, and prints the table.
func runTable(ctx context.Context) error {
	only := flag.String("row", "", "run only the rows whose name matches this `expression`")
	program := flag.String("program", string(servers.Redis), "the store: redis or valkey")
	flag.Parse()
	matching, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if err := servers.Program(*program).Missing(); err != nil {
		return err
	}
	var selected []row
	for _, r := range rows() {
		if matching.MatchString(r.name) {
			selected = append(selected, r)
		}
	}
	results, errs := make([]*result, len(selected)), make([]error, len(selected))
	var running sync.WaitGroup
	for i, r := range selected {
		running.Go(func() {
			begin := time.Duration(i) * stagger
			if r.members > 1 {
				begin += 2 * window // it needs all CPUs, so the other rows are over
			}
			if errs[i] = sleep(ctx, begin); errs[i] != nil {
				return
			}
			if results[i], errs[i] = r.run(ctx, servers.Program(*program)); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", r.name, errs[i])
			}
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	missed, err := writeTable(os.Stdout, results)
	if missed > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d rows miss a bound", missed, len(results)))
	}
	return err
}
