package main

// The checks are those of the first document, so one fault of each stage shows that the second goes through all of
// them; what concerns requests alone is not asked of it.

const (
	metadataGet   = "    get:\n"
	metadataRoles = "      x-required-roles: [org.permission.metadata.read]\n"
	metadata429   = "        '429':\n          $ref: '#/components/responses/TooManyRequests'\n"
	toTree        = "        tree:\n          $ref: '#/components/schemas/Tree'"
)

var metadataFaults = []fault{
	{name: "bad YAML", edits: one("openapi: 3.0.3", "openapi: [3.0.3◀"),
		want: []string{"is not valid YAML: did not find expected ',' or ']'"}},
	{name: "unknown keyword", edits: []edit{{"          pattern: '^(company", "          patern: '^(company" + here}, {"x-explain: must be company", "x-explain: must be company◀"}},
		want: []string{`unknown keyword "patern" in a schema`, "x-explain has nothing to explain: it goes with pattern, anyOf or not"}},
	{name: "unresolved $ref", edits: one(toTree, toTree[:len(toTree)-1]+"s'◀"),
		want: []string{`$ref "#/components/schemas/Trees" leads nowhere`}},
	{name: "$ref into the other document", edits: one(toTree, "        tree:\n          $ref: 'openapi.yaml#/components/schemas/Tag'◀"),
		want: []string{`$ref "openapi.yaml#/components/schemas/Tag" leaves the document; only references within it (#/...) are allowed`}},
	{name: "bad example", edits: one("                array: true\n", "                array: yes, many◀\n"),
		want: []string{"the example does not fit its schema at /data/attributes/properties/damagesStr/array: value must be a boolean"}},
	{name: "bad example of a parameter", edits: one("          example: conversation\n", "          example: conversations◀\n"),
		want: []string{"the example does not fit its schema: string doesn't match the regular expression \"^(company|conversation|customer|message|kobject\\.[^/?#%\\\\\\s]+)$\""}},
	{name: "undefined security scheme", edits: one("  - apiKey: []", "  - password: []◀"),
		want: []string{`security requirement /security/0/password refers to undefined security scheme "password"`}},
	{name: "missing role", edits: []edit{{metadataRoles, ""}, {metadataGet, "    get:◀\n"}},
		want: []string{"getCustomAttributeMetadata has no x-required-roles, the permission roles that it needs"}},
	{name: "missing response", edits: []edit{{metadata429, ""}, {"      responses:\n", "      responses:◀\n"}},
		want: []string{"getCustomAttributeMetadata has no answer 429"}},
	{name: "several that stop a loader", edits: []edit{
		{"          pattern: '^(company", "          pattern: 7◀ #'^(company"},
		{toTree, toTree[:len(toTree)-1] + "s'◀"}},
		want: []string{"must be a string, is the number 7", `$ref "#/components/schemas/Trees" leads nowhere`}},
}

const enumeration = "  - target: $.components.schemas.Attribute.properties.enumeration\n"

var metadataOverlayFaults = []fault{
	{name: "update of nothing", edits: one(enumeration, "  - target: $.components.schemas.Attribute.properties.enum◀\n"),
		want: []string{"the target $.components.schemas.Attribute.properties.enum matches nothing in api/metadata.yaml"}},
	{name: "update without effect", edits: one(enumeration+"    update:\n      x-go-type: json.RawMessage\n", enumeration[:len(enumeration)-1]+"◀\n    update: {}\n"),
		want: []string{"the action for $.components.schemas.Attribute.properties.enumeration changes nothing"}},
	{name: "result that cannot be Go", edits: one(enumeration+"    update:\n", enumeration[:len(enumeration)-1]+"◀\n    update:\n      x-go-type-name: Allowed Values\n"),
		want: []string{`gives no Go: x-go-type-name in property "enumeration" in schema "Attribute" must be a valid Go identifier: "Allowed Values"`}},
	// Without its first actions this document gives an import that nothing uses, which is not what is wrong then.
	{name: "type that is not there", edits: one(enumeration+"    update:\n      x-go-type: json.RawMessage\n", enumeration[:len(enumeration)-1]+"◀\n    update:\n      x-go-type: Nowhere\n"),
		want: []string{"gives no Go: undefined: Nowhere"}},
	{name: "older paths", edits: []edit{{"x-speakeasy-jsonpath: rfc9535\n", ""}, {"overlay: 1.0.0", "overlay: 1.0.0◀"}},
		want: []string{"needs `x-speakeasy-jsonpath: rfc9535`, without which filters match nothing"}},
}
