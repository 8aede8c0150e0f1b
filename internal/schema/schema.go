// Package schema holds what the API document allows in a request, as data, and checks values against it.
//
// The data is generated from the document into package gen. Nothing here knows the API.
package schema

// Kind is the JSON type that a [Schema] asks for.
type Kind uint8

// The JSON types; Any asks for none.
const (
	Any Kind = iota
	Object
	Array
	String
	Number
	Integer
	Boolean
)

// A Schema says which JSON values are allowed: the part of OpenAPI's schema object that requests need.
type Schema struct {
	Kind     Kind
	Nullable bool // null is allowed beside Kind

	// Of a string. Lengths count Unicode code points; a MaxLength of 0 is none.
	MinLength, MaxLength int
	Pattern              func() *Regexp // see [Pattern]
	Enum                 []string
	DateTime             bool // RFC 3339, and not Go's zero time

	// Of a number; nil is no bound.
	Min, Max *float64
	Numbers  []float64 // the allowed ones, where they are listed

	// Of an array; a MaxItems of 0 is none.
	MinItems, MaxItems int
	Unique             bool
	Items              *Schema

	// Of an object; a MaxProperties of 0 is none. Open allows properties beyond those listed.
	MinProperties, MaxProperties int
	Open                         bool
	Properties                   []Property

	// Required lists names that must be present; they need not be among Properties.
	Required []string

	// AnyOf holds when one of its schemas does, Not when its schema does not.
	AnyOf []*Schema
	Not   *Schema

	// Explain says Pattern or AnyOf in words.
	Explain string
}

// A Property is one named part of an object.
type Property struct {
	Name   string
	Schema *Schema
}

// An Operation is what the document says about one operation beside its schemas.
type Operation struct {
	ID          string   // operationId
	Method      string   // HTTP method
	Path        string   // path template, as /v1/conversations/{id}
	Success     int      // status of the success answer
	Roles       []string // any one of these permission roles suffices
	LegacyRoles []string // their older names
	MediaTypes  []string // of the request body, the preferred one first
	MaxBody     int      // bytes of the largest request body
	Docs        string   // page of the reference
	PathID      *Schema  // of the path parameter id
	Body        *Schema  // of the request body
}
