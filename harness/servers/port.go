package servers

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are below those that systems give to outgoing connections. Otherwise a connection could get the port of a server
// that is down.
const firstPort, endPort = 12000, 30000

// freePort returns a loopback port on which nothing listens.
func freePort() (string, error) {
	for range 100 {
		port := strconv.Itoa(firstPort + rand.IntN(endPort-firstPort))
		if l, err := net.Listen("tcp", address(port)); err == nil {
			return port, l.Close()
		}
	}
	return "", errors.New("found no free port")
}

func address(port string) string { return net.JoinHostPort("127.0.0.1", port) }
