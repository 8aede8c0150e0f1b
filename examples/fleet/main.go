// Fleet runs processes that share the budget of an organisation through Redis or Valkey, and shows them in a table. Kustomer is
// a fake. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9/logging"

	"github.com/kustomer-go/kustomer/kustomertest"
)

const org, budget = "acme", 300 // requests per minute

func main() {
	log.SetFlags(0)
	logging.Disable() // go-redis writes about failed connections
	if args := os.Args; len(args) == 5 && args[1] == "worker" {
		work(args[2], args[3], args[4])
		return
	}
	processes := flag.Int("processes", 8, "number of processes")
	mode := flag.String("store", "on", "on: they share the budget through a store; off: they share nothing")
	address := flag.String("redis", "", "`address` of a Redis or Valkey server, such as localhost:6379. Without it, fleet starts redis-server")
	flag.Parse()
	if flag.NArg() > 0 || *processes < 1 || *mode != "on" && *mode != "off" {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	clear := ""
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 { // on a terminal, a table replaces the last one
		clear = "\x1b[H\x1b[J"
	}
	s := &store{about: "none: they share nothing"}
	if *mode == "on" {
		var err error
		if s, err = connect(ctx, *address); err != nil {
			log.Fatal("fleet: ", err)
		}
		defer s.stop()
	}
	run(ctx, s, *processes, func(table string) { fmt.Println(clear + table) })
}

// run runs a fleet until ctx is done, and returns when all processes have ended.
func run(ctx context.Context, s *store, processes int, show func(table string)) {
	f := &fleet{store: s}
	f.srv = kustomertest.New(kustomertest.Config{
		OrgLimit:        budget,
		Latency:         func() time.Duration { return 500*time.Millisecond + rand.N(time.Second) },
		OmitRateHeaders: func(r kustomertest.Request) bool { f.count(r); return false },
	})
	web := httptest.NewServer(f.srv)
	defer web.Close()
	customer := f.srv.AddCustomer()
	for i := range processes {
		w := &worker{name: fmt.Sprintf("worker-%d", i+1)}
		w.state.Store("starting")
		f.workers = append(f.workers, w)
	}
	var ended sync.WaitGroup
	defer ended.Wait()
	for _, w := range f.workers {
		cmd := exec.CommandContext(ctx, os.Args[0], "worker", w.name, s.address, f.srv.AddConversation(customer))
		cmd.Env = append(os.Environ(), "KUSTOMER_BASE_URL="+web.URL, "KUSTOMER_API_KEY="+kustomertest.APIKey, "KUSTOMER_ORG=", "KUSTOMER_API_KEY_FILE=")
		ended.Go(func() { w.run(cmd) })
	}
	for ticks := time.Tick(time.Second / 2); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			show(f.table(ctx))
		}
	}
}
