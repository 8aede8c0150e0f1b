package client

import "github.com/kustomer-go/kustomer/internal/limits"

// checkID refuses an id that could lead to another path than the operation's own. Unlike other checks it cannot be
// turned off: with the id ".." a PATCH would reach another live endpoint.
func checkID(op *limits.Operation, name, id string) []Violation {
	return violations(limits.Check(op.PathID, name, id), true)
}
