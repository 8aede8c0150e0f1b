package client

import "github.com/kustomer-go/kustomer/internal/schema"

// checkID refuses an id that could lead to another path than the operation's own. Unlike other checks it cannot be
// turned off: with the id ".." a PATCH would reach another live endpoint.
func checkID(op *schema.Operation, name, id string) []Violation {
	return violations(schema.Check(op.PathID, name, id), true)
}
