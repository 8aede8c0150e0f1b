package main

import "strings"

const (
	directionOf  = "  - target: $.components.schemas.ConversationAttributes.properties.direction\n    update:\n      x-go-type: Direction\n"
	customIn     = "  - target: $.components.schemas.CustomAttributes\n    update:\n      x-go-type: custom.Attributes\n      x-go-type-import:\n        name: custom\n        path: github.com/kustomer-go/kustomer/custom\n"
	namesOf      = "x-enum-varnames: [Negative, Neutral, Positive]"
	snoozeStatus = "  - target: $.components.schemas.Snooze.properties.status\n"
	polarity     = "  - target: $.components.schemas.Sentiment.properties.polarity\n"
)

var overlayFaults = []fault{
	{name: "bad YAML", edits: one("x-go-type-name: SnoozeStatus", "x-go-type-name: [SnoozeStatus◀"),
		want: []string{"is not valid YAML: did not find expected ',' or ']'"}},
	{name: "duplicate key", edits: one("      x-go-type-name: SnoozeStatus\n", "      x-go-type-name: A◁\n      x-go-type-name: B◀\n"),
		want: []string{`duplicate key "x-go-type-name", first in line {there}`}},
	{name: "unknown keyword", edits: one(snoozeStatus, "  - traget: $.components◀\n"),
		want: []string{`unknown keyword "traget" in an action`}},
	{name: "wrong type", edits: one("overlay: 1.0.0", "overlay: 1.0◀"),
		want: []string{"must be a string, is the number 1.0"}},
	{name: "missing title", edits: []edit{{"  title: Go shaping\n", ""}, {"\ninfo:", "\ninfo:◀"}},
		want: []string{"overlay info title must be defined"}},
	{name: "older paths", edits: []edit{{"x-speakeasy-jsonpath: rfc9535\n", ""}, {"overlay: 1.0.0", "overlay: 1.0.0◀"}},
		want: []string{"needs `x-speakeasy-jsonpath: rfc9535`, without which filters match nothing"}},
	{name: "no path", edits: one(snoozeStatus, "  - target: $.components[?◀\n"),
		want: []string{"the target $.components[? is not a JSONPath: Error at line 1, column 14: unexpected token"}},
	{name: "update of nothing", edits: one(snoozeStatus, "  - target: $.components.schemas.Snooze.properties.state◀\n"),
		want: []string{"the target $.components.schemas.Snooze.properties.state matches nothing in api/openapi.yaml"}},
	{name: "removal of nothing", edits: one("  - target: $.components.schemas.Queue.properties.external.enum[1]\n", "  - target: $.components.schemas.Queue.properties.external.enum[7]◀\n"),
		want: []string{"the target $.components.schemas.Queue.properties.external.enum[7] matches nothing in api/openapi.yaml"}},
	{name: "update without effect", edits: one(snoozeStatus+"    update:\n      x-go-type-name: SnoozeStatus\n", snoozeStatus[:len(snoozeStatus)-1]+"◀\n    update:\n      type: string\n"),
		want: []string{"the action for $.components.schemas.Snooze.properties.status changes nothing"}},
	{name: "neither update nor removal", edits: one(snoozeStatus+"    update:\n      x-go-type-name: SnoozeStatus\n", snoozeStatus[:len(snoozeStatus)-1]+"◀\n"),
		want: []string{"the action for $.components.schemas.Snooze.properties.status neither updates nor removes"}},
	{name: "result that is not valid", edits: one(snoozeStatus+"    update:\n", snoozeStatus[:len(snoozeStatus)-1]+"◀\n    update:\n      type: text\n"),
		want: []string{"gives no Go: invalid components: schema \"ConversationUpdate\": unsupported 'type' value \"text\""}},
	{name: "result that cannot be Go", edits: one(snoozeStatus+"    update:\n      x-go-type-name: SnoozeStatus\n", snoozeStatus[:len(snoozeStatus)-1]+"◀\n    update:\n      x-go-type-name: Snooze Status\n"),
		want: []string{`gives no Go: x-go-type-name in property "status" in schema "Snooze" must be a valid Go identifier: "Snooze Status"`}},
	{name: "type that is not there", edits: one(directionOf, marked(directionOf, "Direction\n", "Nowhere\n")),
		want: []string{"gives no Go: undefined: Nowhere"}},
	{name: "type of a package that is not imported", edits: one(directionOf, marked(directionOf, "Direction\n", "foo.Bar\n")),
		want: []string{"gives no Go: undefined: foo"}},
	{name: "type that a package of the standard library has not", edits: one(directionOf, marked(directionOf, "Direction\n", "json.RawMassage\n")),
		want: []string{"gives no Go: undefined: json.RawMassage"}},
	{name: "type that a package of this module has not", edits: one(customIn, marked(customIn, "custom.Attributes", "custom.Attributs")),
		want: []string{"gives no Go: undefined: custom.Attributs"}},
	{name: "package that this module has not", edits: one(customIn, marked(customIn, "kustomer/custom", "kustomer/costum")),
		want: []string{"gives no Go: could not import github.com/kustomer-go/kustomer/costum (there is no package github.com/kustomer-go/kustomer/costum)"}},
	{name: "fewer names than values", edits: []edit{{namesOf, "x-enum-varnames: [Negative]"}, {polarity, polarity[:len(polarity)-1] + "◀\n"}},
		want: []string{"gives no Go: x-enum-varnames lists 1 for 3 values"}},
	{name: "more names than values", edits: []edit{{namesOf, "x-enum-varnames: [Negative, Neutral, Positive, Glad]"}, {polarity, polarity[:len(polarity)-1] + "◀\n"}},
		want: []string{"gives no Go: x-enum-varnames lists 4 for 3 values"}},
	{name: "a name for two values", edits: []edit{{namesOf, "x-enum-varnames: [Negative, Neutral, Neutral]"}, {polarity, polarity[:len(polarity)-1] + "◀\n"}},
		want: []string{"gives no Go: x-enum-varnames lists Neutral twice"}},
	{name: "several at once", edits: []edit{
		{snoozeStatus, "  - target: $.components.schemas.Snooze.properties.state◀\n"},
		{polarity, "  - target: $.components.schemas.Sentiment.properties[◀\n"},
		{"    remove: true\n  - target: $.paths.*.patch", "    remove: true\n  - target: $.webhooks◀\n    remove: true\n  - target: $.paths.*.patch"}},
		want: []string{
			"the target $.webhooks matches nothing in api/openapi.yaml",
			"the target $.components.schemas.Sentiment.properties[ is not a JSONPath: Error at line 1, column 42: unexpected token",
			"the target $.components.schemas.Snooze.properties.state matches nothing in api/openapi.yaml",
		}},
}

// marked changes an action, and marks its target.
func marked(action, from, to string) string {
	target, rest, _ := strings.Cut(action, "\n")
	return target + here + "\n" + strings.Replace(rest, from, to, 1)
}

var configFaults = []fault{
	{name: "unknown option", edits: one("    nullable-type: true", "    nullable-types: true◀"),
		want: []string{"field nullable-types not found in type codegen.OutputOptions"}},
	{name: "contradictory options", edits: []edit{{"    name-normalizer: ToCamelCaseWithInitialisms\n", ""}, {"\nmodels:", "\nmodels:◀"}},
		want: []string{"failed to validate configuration: `output-options` configuration for additional-initialisms was incorrect: " +
			"You have specified `additional-initialisms`, but the `name-normalizer` is not set to `ToCamelCaseWithInitialisms`. " +
			"Please specify `name-normalizer: ToCamelCaseWithInitialisms` or remove the `additional-initialisms` configuration"}},
	{name: "alias of a schema that does not exist", edits: one("    TagsToAppend:", "    TagsToPrepend:◀"),
		want: []string{`api/openapi.yaml has no schema "TagsToPrepend"`}},
}
