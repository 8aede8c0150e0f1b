// Package schema holds the request schemas of the API document as data and checks values against them.
//
// The data is generated into package gen. This package does not know the API.
package schema

import (
	"regexp"
	"sync"
)

// Kind is the JSON type that a [Schema] requires.
type Kind uint8

// The JSON types. Any allows every type.
const (
	Any Kind = iota
	Object
	Array
	String
	Number
	Integer
	Boolean
)

// A Schema describes the allowed JSON values. It has the keywords of OpenAPI's schema object that requests need.
type Schema struct {
	Kind     Kind
	Nullable bool // null is allowed in addition to Kind

	// For strings. Lengths count Unicode code points. A MaxLength of 0 means no maximum.
	MinLength, MaxLength int
	Pattern              func() *regexp.Regexp // see [Pattern]
	Enum                 []string
	DateTime             bool // RFC 3339, but not Go's zero time

	// For numbers. nil means no bound.
	Min, Max *float64
	Numbers  []float64 // the allowed values; nil allows all

	// For arrays. A MaxItems of 0 means no maximum.
	MinItems, MaxItems int
	Unique             bool
	Items              *Schema

	// For objects. A MaxProperties of 0 means no maximum. Open allows properties other than Properties.
	MinProperties, MaxProperties int
	Open                         bool
	Properties                   []Property

	// Required lists properties that must be present. They need not be in Properties.
	Required []string

	// AllOf requires that all of its schemas match, AnyOf at least one. Not requires that its schema does not match.
	AllOf []*Schema
	AnyOf []*Schema
	Not   *Schema

	// Explain describes Pattern, AnyOf or Not in words, for messages.
	Explain string
}

// Pattern returns a function that compiles expr on first use, so that importing package gen does not slow down program
// start.
func Pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// A Property is a named property of an object.
type Property struct {
	Name   string
	Schema *Schema
}

// An Operation holds what the document states about one operation.
type Operation struct {
	ID          string   // operationId
	Method      string   // HTTP method
	Path        string   // path template, such as /v1/conversations/{id}
	Success     int      // status of a successful response
	Roles       []string // permission roles; one of them is enough
	LegacyRoles []string // their older names
	MediaTypes  []string // media types of the request body, preferred first
	MaxBody     int      // maximum size of the request body in bytes
	Docs        string   // URL of the reference page
	PathID      *Schema  // of the path parameter
	Query       *Schema  // of the query parameters, as an object; nil if there are none
	Body        *Schema  // of the request body
}
