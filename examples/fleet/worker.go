package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
	"github.com/kustomer-go/kustomer/redislimit"
)

// A worker is a process, as the first process sees it.
type worker struct {
	name            string
	pid             atomic.Int64
	served, refused atomic.Int64 // requests
	state           atomic.Value // the last line that it has printed
}

// run runs a worker until the command's context is done. The worker ends when its input does, even if this process is killed.
func (w *worker) run(cmd *exec.Cmd) {
	cmd.Stdout, cmd.Stderr = w, w
	input, err := cmd.StdinPipe()
	if err == nil {
		cmd.Cancel, cmd.WaitDelay = input.Close, 5*time.Second
		err = cmd.Start()
	}
	if err == nil {
		w.pid.Store(int64(cmd.Process.Pid))
		err = cmd.Wait()
	}
	w.state.Store(fmt.Sprint("ended: ", err))
}

// Write receives what the worker prints.
func (w *worker) Write(b []byte) (int, error) {
	text := strings.TrimSpace(string(b))
	w.state.Store(text[strings.LastIndex(text, "\n")+1:])
	return len(b), nil
}

// work is the program of a worker: four goroutines that tag a conversation again and again.
func work(name, address, conversation string) {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // Ctrl-C goes to all processes, and the first one ends this one
	ctx, cancel := context.WithCancel(context.Background())
	go func() { io.Copy(io.Discard, os.Stdin); cancel() }()
	limiter, err := newLimiter(name, address)
	if err != nil {
		log.Fatal(err)
	}
	defer limiter.Close(context.Background()) // fails if the store is gone, and then there is nothing to give back
	c, err := client.FromEnv(client.WithLimiter(limiter), client.WithUserAgent(name))
	if err != nil {
		log.Fatal(err)
	}
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for ctx.Err() == nil {
				if _, err := c.AppendTagsToConversation(ctx, conversation, []string{"vip"}); err != nil {
					log.Print(err)
				}
			}
		})
	}
	calls.Wait()
}

// newLimiter returns the limiter of a worker. It prints whether the worker is attached to the store.
func newLimiter(name, address string) (*ratelimit.Adaptive, error) {
	if address == "" {
		fmt.Println("shares nothing")
		return ratelimit.New(ratelimit.Config{})
	}
	fmt.Println("attached")
	rdb := redis.NewClient(&redis.Options{Addr: address, DialTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: time.Second})
	return redislimit.New(rdb, org, redislimit.WithMemberName(name), redislimit.WithObserver(func(e redislimit.Event) {
		if e.Attached {
			fmt.Println("attached")
		} else {
			fmt.Println("alone:", e.Err)
		}
	}))
}
