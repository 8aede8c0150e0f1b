package servers

import (
	"context"
	"net"
	"strconv"
	"strings"
)

// A Cluster is three nodes without replicas.
type Cluster struct{ Nodes []*Server }

const (
	nodes = 3
	slots = 16384
)

// Cluster starts a cluster, and returns when it serves all slots. A node that does not respond for a second has failed.
func (g *Group) Cluster(ctx context.Context) (*Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := &Cluster{}
	for i := range nodes {
		bus, err := freePort()
		if err != nil {
			return nil, err
		}
		node, err := g.Server(ctx, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1000")
		if err != nil {
			return nil, err
		}
		c.Nodes = append(c.Nodes, node)
		if err := node.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", slots*i/nodes, slots*(i+1)/nodes-1).Err(); err != nil {
			return nil, err
		}
		host, port, err := net.SplitHostPort(node.Addr)
		if err != nil {
			return nil, err
		}
		if err := c.Nodes[0].Do(ctx, "CLUSTER", "MEET", host, port, bus).Err(); err != nil {
			return nil, err
		}
	}
	return c, c.Serving(ctx)
}

// Serving waits until each node knows that all slots are served.
func (c *Cluster) Serving(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, node := range c.Nodes {
		serving := func() bool {
			info := node.Do(ctx, "CLUSTER", "INFO").String()
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_ok:"+strconv.Itoa(slots))
		}
		if err := node.until(ctx, "join the cluster", serving); err != nil {
			return err
		}
	}
	return nil
}

// Owner returns the node that serves a key.
func (c *Cluster) Owner(ctx context.Context, key string) (*Server, error) {
	slot, err := c.Nodes[0].Do(ctx, "CLUSTER", "KEYSLOT", key).Int()
	if err != nil {
		return nil, err
	}
	return c.Nodes[min(slot*nodes/slots, nodes-1)], nil
}

// Addrs are the addresses of the nodes.
func (c *Cluster) Addrs() (all []string) {
	for _, node := range c.Nodes {
		all = append(all, node.Addr)
	}
	return all
}
