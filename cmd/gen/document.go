package main

// A document is one of the descriptions of the API, with what becomes of it. The names of files are relative to the
// root, with slashes; one that is empty is not made.
type document struct {
	name    string // written by hand
	overlay string // how its schemas become Go

	models  string
	pkg     string // the Go package of the models
	about   string // the comment of that package
	builds  bool   // whether the builders of requests go with the models
	limits  string // what requests are checked against, for package gen
	aliases string // the models as package client passes them on
}

// documents are independent of each other: none refers to another, and each has a package of its own.
var documents = []document{
	{
		name:    "api/openapi.yaml",
		overlay: "api/overlay.yaml",
		models:  "gen/gen.go",
		pkg:     "gen",
		about: "Package gen is what cmd/gen makes of api/openapi.yaml: the models, the builders of requests, and the " +
			"limits of the document. It is outside the compatibility promise; package client is the way to use it.",
		builds:  true,
		limits:  "gen/schema.go",
		aliases: "client/models.go",
	},
	{
		name:    "api/metadata.yaml",
		overlay: "api/metadata.overlay.yaml",
		models:  "gen/metadata/metadata.go",
		pkg:     "metadata",
		about: "Package metadata is what cmd/gen makes of api/metadata.yaml: the models of the answer that defines " +
			"custom attributes. It is outside the compatibility promise.",
	},
}
