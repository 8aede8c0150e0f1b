package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/redis/go-redis/v9"
)

// A store is what the processes share. Without an address they share nothing.
type store struct {
	about, address string
	rdb            *redis.Client
	stop           func()
}

// connect connects to a store. Without an address, it starts redis-server with a socket in a folder of its own.
func connect(ctx context.Context, address string) (*store, error) {
	s := &store{about: address, address: address, stop: func() {}}
	if address == "" {
		path, err := exec.LookPath("redis-server")
		if err != nil {
			return nil, errors.New("there is no redis-server in the PATH: install it, pass -redis host:port, or try -store off")
		}
		folder, err := os.MkdirTemp("", "fleet")
		if err != nil {
			return nil, err
		}
		s.address = filepath.Join(folder, "redis.sock")
		server := exec.Command(path, "--port", "0", "--unixsocket", s.address, "--save", "", "--dir", folder)
		if err := server.Start(); err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
		s.about = fmt.Sprintf("redis-server with the process id %d", server.Process.Pid)
		s.stop = func() { server.Process.Kill(); server.Wait(); os.RemoveAll(folder) } // there is nothing to save
	}
	s.rdb = redis.NewClient(&redis.Options{Addr: s.address, ContextTimeoutEnabled: true})
	if err := s.rdb.Ping(ctx).Err(); err != nil { // it is repeated until the server has started
		s.stop()
		return nil, fmt.Errorf("the store, %s, does not respond: %w", s.about, err)
	}
	return s, nil
}
