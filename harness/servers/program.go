package servers

import (
	"fmt"
	"os/exec"
)

// A Program is an implementation of the server.
type Program string

const (
	Redis  Program = "redis"
	Valkey Program = "valkey"
)

// Installed returns the programs that are in PATH, with their sentinels.
func Installed() (all []Program) {
	for _, p := range []Program{Redis, Valkey} {
		if p.Missing() == nil {
			all = append(all, p)
		}
	}
	return all
}

// Missing returns an error if the program or its sentinel is not in PATH.
func (p Program) Missing() error {
	for _, name := range []string{p.server(), p.sentinel()} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%s is not in PATH", name)
		}
	}
	return nil
}

func (p Program) server() string   { return string(p) + "-server" }
func (p Program) sentinel() string { return string(p) + "-sentinel" }
