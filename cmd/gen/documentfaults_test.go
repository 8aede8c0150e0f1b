package main

const (
	toSentiment   = "'#/components/schemas/Sentiment'"
	tagLength     = "      maxLength: 64\n"
	createAnswers = "      responses:\n        '201':\n          $ref: '#/components/responses/Created'\n"
	createBad     = "        '400':\n          $ref: '#/components/responses/BadRequest'\n"
	createRefused = "        '401':\n          $ref: '#/components/responses/Unauthorized'\n" +
		"        '403':\n          $ref: '#/components/responses/Forbidden'\n" +
		"        '404':\n          $ref: '#/components/responses/NotFound'\n"
	createFailed = "        '409':\n          $ref: '#/components/responses/Conflict'\n" +
		"        '413':\n          $ref: '#/components/responses/TooLarge'\n"
	createRoles   = "      x-required-roles: [org.permission.conversation.create]\n"
	createLegacy  = "      x-legacy-roles: [org.user.conversation.write]\n"
	createContent = "        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/ConversationCreate'\n"
	createBegins  = "    post:\n      operationId: createConversationForCustomer\n"
	createMarked  = "    post:◀\n      operationId: createConversationForCustomer\n"
)

func one(from, to string) []edit { return []edit{{from, to}} }

var documentFaults = []fault{
	{name: "bad YAML", edits: one("openapi: 3.0.3", "openapi: [3.0.3◀"),
		want: []string{"is not valid YAML: did not find expected ',' or ']'"}},
	{name: "wrong indentation", edits: one("\n  version: 1.0.0", "\n version: 1.0.0◀"),
		want: []string{"is not valid YAML: did not find expected key"}},
	{name: "duplicate key", edits: one(tagLength, "      maxLength: 64◁\n      maxLength: 65◀\n"),
		want: []string{`duplicate key "maxLength", first in line {there}`}},
	{name: "anchor", edits: one(tagLength, "      maxLength: &many 64◀\n"),
		want: []string{"YAML anchors and aliases are not supported; repeat the text or use $ref"}},
	{name: "merge key", edits: one(tagLength, "      <<: {maxLength: 64}◀◀\n"),
		want: []string{"YAML merge keys are not supported; repeat the text or use $ref", `unknown keyword "<<" in a schema`}},
	{name: "text cut off by a comment", edits: one("  title: Kustomer conversations", "  title: Kustomer #1◀"),
		want: []string{"the text ends before its #, which begins a comment; quote the text or move the comment"}},
	{name: "second document", edits: one("openapi: 3.0.3", "openapi: 3.0.3\n---◀\na: b"),
		want: []string{"a second YAML document in one file"}},

	{name: "unresolved $ref", edits: one(toSentiment, "'#/components/schemas/Nowhere'◀"),
		want: []string{`$ref "#/components/schemas/Nowhere" leads nowhere`}},
	{name: "$ref in a circle", edits: one(tagLength, tagLength+"    Snake:\n      $ref: '#/components/schemas/Snake'◀\n    Rest:\n"),
		want: []string{`$ref "#/components/schemas/Snake" leads to a reference that leads nowhere or in a circle`}},
	{name: "$ref to another sort", edits: one(toSentiment, "'#/components/responses/Created'◀◀"),
		want: []string{`$ref "#/components/responses/Created" does not lead to a schema`,
			"a schema of a request must be in place or in #/components/schemas"}},
	{name: "unresolved $ref of a header", edits: one("      description: The new conversation.\n      headers:\n        x-ratelimit-limit:\n          $ref: '#/components/headers/RateLimitLimit'",
		"      description: The new conversation.\n      headers:\n        x-ratelimit-limit:\n          $ref: '#/components/headers/Nowhere'◀"),
		want: []string{`$ref "#/components/headers/Nowhere" leads nowhere`}},
	{name: "remote $ref", edits: one(toSentiment, "'https://example.com/a.yaml#/A'◀"),
		want: []string{`$ref "https://example.com/a.yaml#/A" leaves the document; only references within it (#/...) are allowed`}},
	{name: "$ref to a file", edits: one(toSentiment, "'other.yaml#/A'◀"),
		want: []string{`$ref "other.yaml#/A" leaves the document; only references within it (#/...) are allowed`}},
	{name: "$ref with company", edits: one(toSentiment, toSentiment+"\n          nullable: true◀"),
		want: []string{`"nullable" beside a $ref has no effect`}},

	{name: "unknown keyword", edits: one(tagLength, "      maxLenght: 64◀\n"),
		want: []string{`unknown keyword "maxLenght" in a schema`}},
	{name: "unknown keyword at the top", edits: one("openapi: 3.0.3", "openapi: 3.0.3\nwebhooks: {}◀"),
		want: []string{`unknown keyword "webhooks" in the document`}},
	{name: "wrong type", edits: one(tagLength, "      maxLength: abc◀\n"),
		want: []string{`must be an integer from 0 to 2147483647, is the string "abc"`}},
	{name: "negative count", edits: one(tagLength, "      maxLength: -64◀\n"),
		want: []string{"must be an integer from 0 to 2147483647, is the number -64"}},
	{name: "unknown type", edits: one("How sure the proposal is.\n          type: number\n    SuggestedShortcut:", "How sure the proposal is.\n          type: nomber◀\n    SuggestedShortcut:"),
		want: []string{`unknown type "nomber"`}},
	{name: "unknown format", edits: one(tagLength, tagLength+"      format: tag◀\n"),
		want: []string{`unknown format "tag" of type string; known: date, date-time, object-id, uri`}},
	{name: "enum of another type", edits: one("          enum: [scheduled, canceled, elapsed]\n", "          enum: [scheduled, 7, scheduled]◀◀\n"),
		want: []string{"enum lists scheduled twice", "the value of the enum does not fit its schema: value must be a string"}},
	{name: "enum with null", edits: one("          enum: [scheduled, canceled, elapsed]\n", "          enum: [scheduled, null]◀\n"),
		want: []string{"the value of the enum does not fit its schema: Value is not nullable"}},
	{name: "enum of nothing", edits: one("          enum: [scheduled, canceled, elapsed]\n", "          enum: []◀\n"),
		want: []string{"enum lists nothing"}},
	{name: "bad pattern", edits: one(tagLength+"      pattern: '^[0", tagLength+"      pattern: '◀(?!a)^[0"),
		want: []string{"the pattern does not work in Go: error parsing regexp: invalid or unsupported Perl syntax: `(?!`"}},

	{name: "duplicate operationId", edits: []edit{
		{"operationId: appendTagsToConversation", "operationId: appendTagsToConversation◁"},
		{"operationId: updateConversationAttributes", "operationId: appendTagsToConversation◀"}},
		want: []string{`duplicate operationId "appendTagsToConversation", first in line {there}`}},
	{name: "missing operationId", edits: one(createBegins, "    post:◀\n"),
		want: []string{"POST /v1/customers/{id}/conversations has no operationId"}},
	{name: "missing response", edits: one(createAnswers+createBad, "      responses:◀\n"+createAnswers[len("      responses:\n"):]),
		want: []string{"createConversationForCustomer has no answer 400"}},
	// Reads do without these two.
	{name: "missing responses of a write", edits: one(createAnswers+createBad+createRefused+createFailed,
		"      responses:◀\n"+createAnswers[len("      responses:\n"):]+createBad+createRefused),
		want: []string{"createConversationForCustomer has no answer 409, 413"}},
	{name: "no success", edits: one("      responses:\n        '201':\n", "      responses:◀\n        '301':\n"),
		want: []string{"createConversationForCustomer has no 2xx answer"}},
	{name: "two successes", edits: one("      responses:\n        '201':\n", "      responses:◀\n        '202':\n          $ref: '#/components/responses/Tagged'\n        '201':\n"),
		want: []string{"createConversationForCustomer has several 2xx answers (202, 201), must have one"}},
	{name: "missing role", edits: []edit{{createRoles, ""}, {createBegins, createMarked}},
		want: []string{"createConversationForCustomer has no x-required-roles, the permission roles that it needs"}},
	{name: "role of a wrong type", edits: []edit{{createRoles, "      x-required-roles: create◀\n"}, {createBegins, createMarked}},
		want: []string{"createConversationForCustomer has no x-required-roles, the permission roles that it needs",
			`must be a list, is the string "create"`}},
	{name: "missing limit of the body", edits: []edit{
		{createRoles + createLegacy + "      requestBody:\n", createRoles + createLegacy + "      requestBody:◀\n"},
		{"        x-max-body-bytes: 102400\n" + createContent, createContent}},
		want: []string{"the request body of createConversationForCustomer has no x-max-body-bytes"}},
	{name: "limit of the body of nothing", edits: []edit{
		{createRoles + createLegacy + "      requestBody:\n", createRoles + createLegacy + "      requestBody:◀\n"},
		{"        x-max-body-bytes: 102400\n" + createContent, "        x-max-body-bytes: 0\n" + createContent}},
		want: []string{"the request body of createConversationForCustomer has no x-max-body-bytes"}},
	{name: "missing page", edits: []edit{
		{"    post:\n      operationId: appendTagsToConversation", "    post:◀\n      operationId: appendTagsToConversation"},
		{"      externalDocs:\n        description: Kustomer's reference of this operation\n        url: https://developer.kustomer.com/api/core-resources/append-tags-to-conversation\n", ""}},
		want: []string{"appendTagsToConversation has no externalDocs, the page that describes it"}},
	{name: "undefined security scheme", edits: one("  - apiKey: []", "  - password: []◀"),
		want: []string{`security requirement /security/0/password refers to undefined security scheme "password"`}},
	{name: "missing title", edits: []edit{{"  title: Kustomer conversations\n", ""}, {"\ninfo:", "\ninfo:◀"}},
		want: []string{"value of title must be a non-empty string"}},

	{name: "another version", edits: one("openapi: 3.0.3", "openapi: 3.2.0◀"),
		want: []string{"OpenAPI 3.2.0 is not supported; only 3.0 is"}},
	{name: "bad media type", edits: one("examples/serverError'\n        text/html:\n", "examples/serverError'\n        text html:◀\n"),
		want: []string{`"text html" is not a media type`}},
	{name: "bad path", edits: one("\n  /v1/customers/", "\n  v1/customers/◀"),
		want: []string{`path "v1/customers/{id}/conversations" does not start with a forward slash (/)`}},
	{name: "bad security scheme", edits: one("      scheme: bearer\n", "      scheme: b r◀\n"),
		want: []string{`security scheme of type 'http' has invalid 'scheme' value "b r"`}},
	{name: "bad server", edits: one("https://api.prod2.kustomerapp.com", "https://{region}.kustomerapp.com◀"),
		want: []string{"server has undeclared variables"}},

	{name: "bad example", edits: one("value: [vip, damaged parcel]", "value: [vip, 7]◀"),
		want: []string{"the example does not fit its schema at /1: value must be a string"}},
	{name: "bad example over several lines", edits: one("                  externalId: legacy-7\n                  status: done", "                  externalId: legacy-7\n                  status: gone◀"),
		want: []string{`the example does not fit its schema at /status: value is not one of the allowed values ["open","done"]`}},
	{name: "bad example of a header", edits: one("example: 1000\n", "example: -1000◀\n"),
		want: []string{"the example does not fit its schema: number must be at least 0"}},

	{name: "unsupported keyword in a request", edits: one(tagLength, tagLength+"      allOf: [{type: string}]◀\n"),
		want: []string{"allOf in a schema of a request: the limits cannot express it"}},
	{name: "reference with a limit of its own in a request", edits: one("the campaign that the conversation belongs to.\n          allOf:", "the campaign that the conversation belongs to.\n          minLength: 3◀\n          allOf:◀"),
		want: []string{"minLength in a schema of a request: the limits cannot express it for a schema without a type", "allOf in a schema of a request: the limits cannot express it"}},
	{name: "unsupported bound in a request", edits: one("          maximum: 10\n", "          maximum: 10\n          exclusiveMaximum: true◀\n"),
		want: []string{"exclusiveMaximum in a schema of a request: the limits cannot express it"}},
	{name: "keyword of another type in a request", edits: one(tagLength, tagLength+"      maxItems: 3◀\n"),
		want: []string{"maxItems in a schema of a request: the limits cannot express it for type string"}},
	{name: "unchecked format in a request", edits: one(tagLength, tagLength+"      format: uri◀\n"),
		want: []string{"format uri in a schema of a request: the limits can express only date-time, object-id"}},
	{name: "bound of zero in a request", edits: one("        firstAnswer:\n          description: The first answer, in words.\n          type: string\n          maxLength: 1024",
		"        firstAnswer:\n          description: The first answer, in words.\n          type: string\n          maxLength: 0◀"),
		want: []string{"maxLength: 0 in a schema of a request: the limits take 0 for no limit"}},
	{name: "schema for other properties in a request", edits: one("      maxProperties: 100\n      additionalProperties: true", "      maxProperties: 100\n      additionalProperties: {nullable: true}◀"),
		want: []string{"additionalProperties in a schema of a request: the limits can express true and false, not a schema"}},
	{name: "schema within itself in a request", edits: one(toSentiment, "'#/components/schemas/ConversationUpdate'◀"),
		want: []string{"the schema ConversationUpdate contains itself, which the limits cannot express"}},

	{name: "media types with different schemas", edits: one("          application/json-patch+json:\n            schema:\n              $ref: '#/components/schemas/ConversationUpdate'",
		"          application/json-patch+json:◀\n            schema:\n              $ref: '#/components/schemas/CustomAttributes'"),
		want: []string{"all media types of a request body need the same schema, by $ref"}},
	{name: "parameter other than id", edits: one(createRoles, createRoles+"      parameters:\n        - name: id◀\n          in: query\n          schema: {type: string}\n"),
		want: []string{"the limits can express only a path parameter that is called id"}},
	{name: "several at once", edits: []edit{
		{"  - apiKey: []", "  - password: []◀"},
		{"operationId: appendTagsToConversation", "operationId: appendTagsToConversation◁"},
		{"value: [vip, damaged parcel]", "value: [vip, 7]◀"},
		{"operationId: updateConversationAttributes", "operationId: appendTagsToConversation◀"},
		{createRoles, ""}, {createBegins, createMarked},
		{tagLength, "      maxLenght: 64◀\n"},
		{"          maximum: 10\n", "          maximum: 10\n          multipleOf: 2◀\n"}},
		want: []string{
			`security requirement /security/0/password refers to undefined security scheme "password"`,
			"the example does not fit its schema at /1: value must be a string",
			`duplicate operationId "appendTagsToConversation", first in line {there}`,
			"createConversationForCustomer has no x-required-roles, the permission roles that it needs",
			`unknown keyword "maxLenght" in a schema`,
			"multipleOf in a schema of a request: the limits cannot express it",
		}},
	{name: "several that stop a loader", edits: []edit{
		{"operationId: appendTagsToConversation", "operationId: appendTagsToConversation◁"},
		{"operationId: updateConversationAttributes", "operationId: appendTagsToConversation◀"},
		{tagLength, "      maxLength: abc◀\n"},
		{"          maximum: 10\n", "          maximum: ten◀\n"},
		{"'#/components/schemas/Snooze'", "'#/components/schemas/Snoze'◀"},
		{toSentiment, "'#/components/schemas/Nowhere'◀"}},
		want: []string{
			`duplicate operationId "appendTagsToConversation", first in line {there}`,
			`must be an integer from 0 to 2147483647, is the string "abc"`,
			`must be a number, is the string "ten"`,
			`$ref "#/components/schemas/Snoze" leads nowhere`,
			`$ref "#/components/schemas/Nowhere" leads nowhere`,
		}},
}
