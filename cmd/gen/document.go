package main

import "path"

// module is the path of the module that the files are generated into.
const module = "github.com/kustomer-go/kustomer"

// A document is an OpenAPI document and the files generated from it. File names are relative to the repository's root,
// with slashes. An empty name means that the file is not generated.
type document struct {
	name    string
	overlay string // how its schemas become Go

	models     string // the Go models
	pkg        string // their package
	pkgDoc     string
	builders   bool   // whether the request builders are generated too
	limits     string // the data for the request check
	aliases    string // the models as package client passes them on
	hasNoAlias map[string]bool
}

// importPath returns that of the models.
func (d document) importPath() string { return path.Join(module, path.Dir(d.models)) }

// documents are all that is generated from. A document may refer to schemas of those before it: `./openapi.yaml#/…`.
var documents = []document{
	{
		name:    "api/openapi.yaml",
		overlay: "api/overlay.yaml",
		models:  "gen/gen.go",
		pkg:     "gen",
		pkgDoc: `
// Package gen is what cmd/gen makes of api/openapi.yaml: the models, the builders of requests, and the limits of the
// document. It is outside the compatibility promise; package client is the way to use it.
`,
		builders: true,
		limits:   "gen/schema.go",
		aliases:  "client/models.go",
		hasNoAlias: map[string]bool{
			"Conversation":       true, // package client has its own, which also carries the response
			"ConversationAnswer": true, // callers get the conversation in it
			"TagsToAppend":       true, // callers pass a slice of strings
			// Package client has its own error types.
			"ErrorAnswer": true, "ErrorItem": true, "ErrorSource": true, "ErrorMeta": true,
		},
	},
	{
		name:    "api/related.yaml",
		overlay: "api/related.overlay.yaml",
		models:  "gen/related/related.go",
		pkg:     "related",
		pkgDoc: `
// Package related is what cmd/gen makes of api/related.yaml: the models of customers, and the limits of the document. It is
// outside the compatibility promise; package client is the way to use it.
`,
		limits:  "gen/related/schema.go",
		aliases: "client/relatedmodels.go",
		hasNoAlias: map[string]bool{
			"Customer":       true,                                                                // package client has its own, which also carries the response
			"CustomerAnswer": true, "ConversationPage": true, "PageLinks": true, "PageMeta": true, // callers get the records in them
		},
	},
	{
		name:    "api/metadata.yaml",
		overlay: "api/metadata.overlay.yaml",
		models:  "gen/metadata/metadata.go",
		pkg:     "metadata",
		pkgDoc: `
// Package metadata is what cmd/gen makes of api/metadata.yaml: the models of the response that defines custom attributes.
// It is outside the compatibility promise.
`,
	},
}
