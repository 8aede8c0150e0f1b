// Sync creates a conversation for each order in a CSV file, and can be killed at any moment. With a file it writes to the
// organisation KUSTOMER_ORG, where agents see the conversations. Without a file it runs on a fake Kustomer. See README.md.
package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

func main() {
	log.SetFlags(0)
	searchFor := flag.Duration("search-for", 10*time.Second, "how long to look for what an earlier run may have created")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After stop, the next signal ends the process.
	context.AfterFunc(ctx, func() { stop(); log.Print("sync: finishing the orders under way; the next Ctrl-C ends sync at once") })
	path := flag.Arg(0)
	c, err := client.FromEnv(client.WithUserAgent("kustomer-sync"))
	if path == "" {
		c, path, err = demo(0.05)
	}
	check(err)
	run(ctx, c, path, *searchFor)
}

// check ends the process if there is an error. It may do so at any moment, because the next run continues.
func check(err error) {
	if err != nil {
		log.Fatal("sync: ", err)
	}
}

// demo returns a client of a fake Kustomer that fails a share of the requests, and a file of 300 orders, two of them wrong.
func demo(share float64) (*client.Client, string, error) {
	srv := kustomertest.New(kustomertest.Config{Faults: kustomertest.RandomFaults(share, rand.Uint64())})
	text := header + "\nA-1,nobody,Unknown customer,1,\nA-2,two words,Three mistakes,12 EUR,#vip\n"
	for i := range 298 {
		text += fmt.Sprintf("A-%d,%s,Damaged parcel,%d.50,damaged parcel;vip\n", i+3, srv.AddCustomer(), i)
	}
	file, err := os.CreateTemp("", "orders*.csv")
	check(err)
	_, err = file.WriteString(text)
	check(err)
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()))
	return c, file.Name(), err
}

const header = "order,customer,name,amount,tags"

// An order is a row of the file, and what became of it.
type order struct {
	row      int // as spreadsheets count
	fields   []string
	id, step string // step: the last one in the journal
	err      error
}

// run makes sure that each order in a file has a conversation. When ctx ends, it finishes the orders under way.
func run(ctx context.Context, c *client.Client, path string, searchFor time.Duration) {
	file, err := os.ReadFile(path)
	check(err)
	rows, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
	check(err)
	if len(rows) == 0 || strings.TrimPrefix(strings.Join(rows[0], ","), "\ufeff") != header { // spreadsheets write this mark
		log.Fatalf("sync: the first row of %s is not %s", path, header)
	}
	j := openJournal(path + ".journal")
	defer j.file.Close()
	todo, ended := make(chan order, len(rows)), make(chan order)
	for i, row := range rows[1:] {
		if step := j.last[row[0]]; step != "done" {
			todo <- order{i + 2, row, row[0], step, nil}
		}
	}
	close(todo)
	log.Printf("sync: %d orders of %s go to %v", len(todo), path, c)
	p := newProgress(c, len(todo))
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for o := range todo {
				if ctx.Err() == nil {
					ended <- ensure(c, j, o, searchFor)
				}
			}
		})
	}
	go func() { workers.Wait(); close(ended) }()
	rejects := [][]string{append(rows[0], "reason")}
	for more := true; more; {
		var o order
		select {
		case <-p.tick:
			fmt.Fprint(os.Stderr, p.clear, p, p.end)
			continue
		case o, more = <-ended:
			p.steps[o.step]++
		}
		if o.err != nil {
			log.Printf("%srow %d %s: %v", p.clear, o.row, o.step, o.err)
		}
		if o.step == "rejected" {
			rejects = append(rejects, append(o.fields, o.err.Error()))
		}
	}
	log.Print(p.clear, p)
	var text strings.Builder
	csv.NewWriter(&text).WriteAll(rejects)
	check(os.WriteFile(path+".rejects.csv", []byte(text.String()), 0o600))
	if p.steps["done"]+p.steps["rejected"] < p.all {
		log.Fatal("sync: orders are left, run it again")
	}
}

// ensure makes sure that an order has a conversation. The client checks the fields, and reports all problems in one error.
func ensure(c *client.Client, j *journal, o order, searchFor time.Duration) order {
	opts := []client.CallOption{client.CallBackground(), client.CallSearchFor(searchFor)}
	if o.step == "begun" || o.step == "failed" {
		// There may be a conversation. The time of that step is no help, because the create may have waited for budget. But no
		// earlier run has sent one since this run opened the journal.
		opts = append(opts, client.CallBegunAt(j.opened))
	}
	j.write("begun", o)
	_, _, o.err = c.EnsureConversation(context.Background(), o.fields[1], client.ConversationCreate{
		ExternalID: &o.id,
		Name:       &o.fields[2],
		Custom:     custom.New(custom.Str("orderNumber").Set(o.id), custom.Decimal("amount").Set(json.Number(o.fields[3]))),
		Tags:       strings.FieldsFunc(o.fields[4], func(r rune) bool { return r == ';' }),
	}, opts...)
	switch {
	case o.err == nil:
		o.step = "done"
	case errors.Is(o.err, client.ErrRejected):
		o.step = "rejected" // until somebody corrects the row
	case errors.Is(o.err, client.ErrUnauthorized), errors.Is(o.err, client.ErrForbidden):
		check(o.err) // all other orders would fail too
	default:
		o.step = "failed"
	}
	j.write(o.step, o)
	return o
}
