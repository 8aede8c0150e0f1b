package main

import "os"

// A queue is what worker processes take their calls from. It is a pipe with one byte for each call, so that several
// processes can share it, and a process that is killed takes with it only the calls that it has begun.
type queue struct{ out, in *os.File }

func newQueue() (*queue, error) {
	out, in, err := os.Pipe()
	return &queue{out, in}, err
}

// fill lets workers make n calls.
func (q *queue) fill(n int) error {
	_, err := q.in.Write(make([]byte, n))
	return err
}

// end tells workers that there are no more calls.
func (q *queue) end() { _ = q.in.Close() }

// release closes this process's copy of the end that workers have.
func (q *queue) release() { _ = q.out.Close() }
