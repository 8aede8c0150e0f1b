package main

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// An operation is one method of one path.
type operation struct {
	id, method, path string
	node             *yaml.Node
	line             int
	parameters       []*yaml.Node // of the path and of the operation, dereferenced
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// operations returns the operations of a document in its order.
func operations(root *yaml.Node) []operation {
	var all []operation
	for path, item := range pairs(get(root, "paths")) {
		for key, node := range pairs(item) {
			if !slices.Contains(methods, key.Value) {
				continue
			}
			op := operation{id: text(get(node, "operationId")), method: strings.ToUpper(key.Value), path: path.Value, node: node, line: key.Line}
			for _, parameter := range slices.Concat(items(get(item, "parameters")), items(get(node, "parameters"))) {
				op.parameters = append(op.parameters, deref(root, parameter))
			}
			all = append(all, op)
		}
	}
	return all
}

var isSuccess = regexp.MustCompile(`^2[0-9][0-9]$`).MatchString

// successes returns the documented statuses of success.
func (o operation) successes() []string {
	var all []string
	for status := range pairs(get(o.node, "responses")) {
		if isSuccess(status.Value) {
			all = append(all, status.Value)
		}
	}
	return all
}
