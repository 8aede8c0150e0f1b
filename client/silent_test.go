package client_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/internal/faultproxy"
)

// A connection that has gone silent, as one that a NAT has forgotten, fails the call that is on it and none after it.
func TestSilentConnectionIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		usual := http.DefaultTransport
		defer func() { http.DefaultTransport = usual }()
		own := usual.(*http.Transport).Clone()
		own.DialTLSContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			dials++
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				server := tls.Server(far, faultproxy.Identity("h2"))
				io.Copy(io.Discard, server)
			}()
			conn := tls.Client(near, &tls.Config{RootCAs: faultproxy.Roots(), ServerName: "127.0.0.1", NextProtos: []string{"h2"}})
			return conn, conn.HandshakeContext(ctx)
		}
		http.DefaultTransport = own
		c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), once, unlimited)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := read(t, c); err == nil {
				t.Error("an answer came from nowhere")
			}
		}
		if dials != 2 {
			t.Errorf("two calls used %d connections", dials)
		}
		synctest.Wait()
		c.CloseIdleConnections()
	})
}
