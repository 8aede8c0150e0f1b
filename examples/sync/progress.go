package main

import (
	"fmt"
	"os"
	"time"

	"github.com/kustomer-go/kustomer/client"
)

// A progress counts orders by their step. It is shown in place on a terminal, and in a line every 10 seconds elsewhere.
type progress struct {
	client     *client.Client
	began      time.Time
	all        int
	steps      map[string]int
	tick       <-chan time.Time
	clear, end string
}

func newProgress(c *client.Client, all int) *progress {
	p := &progress{c, time.Now(), all, make(map[string]int), time.Tick(10 * time.Second), "", "\n"}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		p.tick, p.clear, p.end = time.Tick(time.Second/5), "\r\x1b[K", ""
	}
	return p
}

func (p *progress) String() string {
	done, rejected, failed := p.steps["done"], p.steps["rejected"], p.steps["failed"]
	ended := done + rejected + failed
	toGo := time.Since(p.began) / time.Duration(max(1, ended)) * time.Duration(p.all-ended)
	budget, _ := p.client.RateLimit() // -1 if it is not known yet
	return fmt.Sprintf("%d done, %d rejected, %d failed, %d waiting, %d of %d requests left, %v to go",
		done, rejected, failed, p.all-ended, budget.Remaining, budget.Limit, toGo.Round(time.Second))
}
