package servers

import (
	"context"
	"os"
)

// A Group starts servers of one program, and stops all of them.
type Group struct {
	program Program
	dir     string
	servers []*Server
}

// NewGroup returns a group without servers. Call [Group.Close] in the end.
func NewGroup(p Program) (*Group, error) {
	if err := p.Missing(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "servers")
	return &Group{program: p, dir: dir}, err
}

// Close kills all servers of the group and removes their files.
func (g *Group) Close() error {
	for _, s := range g.servers {
		s.close()
	}
	return os.RemoveAll(g.dir)
}

// Server starts one server with further arguments.
func (g *Group) Server(ctx context.Context, args ...string) (*Server, error) {
	return g.start(ctx, g.program.server(), func(dir, port string) ([]string, error) {
		return append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"}, args...), nil
	})
}

func (g *Group) start(ctx context.Context, program string, config func(dir, port string) ([]string, error)) (*Server, error) {
	s, err := start(ctx, g.dir, program, config)
	if err == nil {
		g.servers = append(g.servers, s)
	}
	return s, err
}
