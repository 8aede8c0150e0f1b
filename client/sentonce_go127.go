//go:build go1.27

package client

import (
	"context"
	"net"
	"net/http/httptrace"
)

// sentOnce has nothing to do here: net/http sends a request a second time only where it was surely not applied.
type sentOnce struct{}

func (*sentOnce) guard(*httptrace.ClientTrace, context.CancelFunc) {}

func (*sentOnce) over(net.Conn) {}

func (*sentOnce) end(err error) error { return err }
