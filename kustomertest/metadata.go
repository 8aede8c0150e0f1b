package kustomertest

import (
	"fmt"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// WithMetadata defines custom attributes as an organisation has: answer is what GET /v1/metadata/conversation answers there,
// so that the fake refuses what that organisation would refuse. Deleted attributes are listed and refused. It is
// [WithAttribute] for each of them, and panics if answer is something else: an embedded or committed file is meant here.
//
//	//go:embed metadata.json
//	var metadata []byte
//
//	srv := kustomertest.NewServer(t, kustomertest.WithMetadata(metadata))
func WithMetadata(answer []byte) Option {
	d, err := definitions.Parse(answer, "conversation")
	if err != nil {
		panic(fmt.Sprintf("kustomertest: WithMetadata: %v", err))
	}
	return func(c *config) {
		c.anyAttribute = false
		for _, a := range d.Attributes {
			c.attributes[a.Name] = Attribute{
				DisplayName: a.DisplayName, List: a.List, Enumeration: a.Enumeration, Target: a.Target,
				Tree: nodesOf(a.Tree), LeafOnly: a.LeafOnly, Deleted: a.Deleted,
			}
		}
	}
}

func nodesOf(tree []definitions.Node) []Node {
	var all []Node
	for _, n := range tree {
		all = append(all, Node{n.ID, n.DisplayName, nodesOf(n.Children)})
	}
	return all
}
