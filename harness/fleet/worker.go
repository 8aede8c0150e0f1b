package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
	"github.com/kustomer-go/kustomer/redislimit"
)

// workerVariable marks a worker process in its environment.
const workerVariable = "KUSTOMER_FLEET_WORKER"

// A job is what a worker process does. It gets the job on standard input. Descriptor 3 is a queue, with one byte for each
// call: whoever reads the byte makes the call, and at the end of the file there are no more calls.
type job struct {
	Store   storeAddress
	Org     string
	URL     string // of the fake
	Config  ratelimit.Config
	Members int // in this process, each with workers of its own

	Workers int // of all members
	load
	Targets []string // ids of conversations, or of customers
}

// A load is what the calls of a worker are.
type load struct {
	Creates    bool // for customers; otherwise updates of conversations
	Background bool
	// With Every, the process starts a call at this interval until the queue ends, and a call fails after Patience.
	Every, Patience time.Duration
	Spread          time.Duration // the workers of a process begin one by one in this time
}

// A report is one line that a worker writes to standard output.
type report struct {
	Ready     bool   `json:",omitempty"` // it waits for the queue
	Call      *call  `json:",omitempty"`
	Event     *event `json:",omitempty"`
	Exchanges int64  // so far
}

// A call is a finished call, as its caller sees it.
type call struct {
	Began, Ended time.Time
	Error        string `json:",omitempty"`
}

// An event is a member that is attached or detached.
type event struct {
	At       time.Time
	Attached bool
	Took     time.Duration // the exchange that attached or detached it
	Error    string        `json:",omitempty"`
}

// A worker is a worker process.
type worker struct {
	job
	hook  exchangeHook
	queue io.Reader

	mu     sync.Mutex // guards the fields below
	out    *json.Encoder
	called int
}

// runWorker does the job that is on standard input.
func runWorker(ctx context.Context) error {
	w := &worker{queue: os.NewFile(3, "queue"), out: json.NewEncoder(os.Stdout)}
	if err := json.NewDecoder(os.Stdin).Decode(&w.job); err != nil {
		return err
	}
	rdb := w.Store.connect()
	defer rdb.Close()
	rdb.AddHook(&w.hook)
	httpClient := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: w.Workers}}
	var members []member
	for range w.Members {
		m, err := newMember(rdb, w.Org, w.URL, httpClient, redislimit.WithConfig(w.Config), redislimit.WithObserver(w.observe))
		if err != nil {
			return err
		}
		members = append(members, m)
	}
	w.report(report{Ready: true})
	if w.Every > 0 {
		w.startEvery(ctx, members[0])
	} else {
		w.takeCalls(ctx, members)
	}
	for _, m := range members {
		_ = m.limiter.Close(ctx) // it fails if the store is down
	}
	w.report(report{})
	return nil
}

// takeCalls makes calls until the queue is empty.
func (w *worker) takeCalls(ctx context.Context, members []member) {
	var workers sync.WaitGroup
	for i := range w.Workers {
		workers.Go(func() {
			if sleep(ctx, w.Spread*time.Duration(i)/time.Duration(w.Workers)) != nil {
				return
			}
			for w.take() {
				w.call(ctx, members[i%len(members)])
			}
		})
	}
	workers.Wait()
}

// startEvery starts calls until the queue ends.
func (w *worker) startEvery(ctx context.Context, m member) {
	w.take()
	ended := make(chan struct{})
	go func() {
		w.take()
		close(ended)
	}()
	ticker := time.NewTicker(w.Every)
	defer ticker.Stop()
	var calls sync.WaitGroup
	defer calls.Wait()
	for {
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, w.Patience)
			defer cancel()
			w.call(ctx, m)
		})
		select {
		case <-ticker.C:
		case <-ended:
			return
		}
	}
}

// take takes a call from the queue.
func (w *worker) take() bool {
	n, err := w.queue.Read(make([]byte, 1))
	return n == 1 && err == nil
}

func (w *worker) call(ctx context.Context, m member) {
	w.mu.Lock()
	target := w.Targets[w.called%len(w.Targets)]
	w.called++
	w.mu.Unlock()
	var opts []client.CallOption
	if w.Background {
		opts = append(opts, client.CallBackground())
	}
	c, err := call{Began: time.Now()}, error(nil)
	if w.Creates {
		_, err = m.CreateConversationForCustomer(ctx, target, client.ConversationCreate{}, opts...)
	} else {
		_, err = m.AppendTagsToConversation(ctx, target, []string{"vip"}, opts...)
	}
	c.Ended = time.Now()
	if err != nil {
		c.Error = err.Error()
	}
	w.report(report{Call: &c})
}

func (w *worker) observe(e redislimit.Event) {
	r := event{At: time.Now(), Attached: e.Attached, Took: w.hook.took()}
	if e.Err != nil {
		r.Error = e.Err.Error()
	}
	w.report(report{Event: &r})
}

// report writes a line. If the coordinator has gone, that ends the process.
func (w *worker) report(r report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Exchanges = w.hook.count.Load()
	_ = w.out.Encode(r)
}
