package main

import (
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// An operation is one method of one path.
type operation struct {
	id, method, path string
	item, node       *yaml.Node
	pointer          string
	line             int
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// operations returns all of them in the order of the document.
func operations(root *yaml.Node) []operation {
	var all []operation
	for path, item := range pairs(get(root, "paths")) {
		for key, node := range pairs(item) {
			for _, method := range methods {
				if key.Value == method {
					all = append(all, operation{
						id: text(get(node, "operationId")), method: strings.ToUpper(method), path: path.Value,
						item: item, node: node, line: key.Line,
						pointer: "/paths/" + escape.Replace(path.Value) + "/" + method,
					})
				}
			}
		}
	}
	return all
}

// success returns the status of the answer that reports success, with its node and pointer.
func (o operation) success(root *yaml.Node) (int, *yaml.Node, string) {
	for status, answer := range pairs(get(o.node, "responses")) {
		if isSuccess(status.Value) {
			code, _ := strconv.Atoi(status.Value)
			node, pointer := deref(root, answer, o.pointer+"/responses/"+status.Value)
			return code, node, pointer
		}
	}
	return 0, nil, ""
}

var isSuccess = regexp.MustCompile(`^2[0-9][0-9]$`).MatchString

// body returns the request body with its pointer, or nil.
func (o operation) body(root *yaml.Node) (*yaml.Node, string) {
	body := get(o.node, "requestBody")
	if body == nil {
		return nil, ""
	}
	return deref(root, body, o.pointer+"/requestBody")
}

// A payload is the schema of one media type, not yet dereferenced.
type payload struct {
	mediaType *yaml.Node
	schema    *yaml.Node
	pointer   string
}

// payloads returns what a request body or an answer may hold.
func payloads(n *yaml.Node, pointer string) []payload {
	var all []payload
	for mediaType, content := range pairs(get(n, "content")) {
		if schema := get(content, "schema"); schema != nil {
			all = append(all, payload{mediaType, schema,
				pointer + "/content/" + escape.Replace(mediaType.Value) + "/schema"})
		}
	}
	return all
}

// parameters returns those of the path and of the operation, dereferenced.
func (o operation) parameters(root *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for _, list := range []*yaml.Node{get(o.item, "parameters"), get(o.node, "parameters")} {
		for _, item := range items(list) {
			if parameter, _ := deref(root, item, ""); parameter != nil {
				all = append(all, parameter)
			}
		}
	}
	return all
}
