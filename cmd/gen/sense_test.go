package main

const (
	rating    = "          type: integer\n          minimum: 0\n          maximum: 10\n"
	score     = "          type: number\n          enum: [0, 1]\n"
	endReason = "          description: Why it ended.\n          type: string\n          maxLength: 128\n"
	ended     = "          description: When it ended.\n          type: string\n          format: date-time\n"
	endedBy   = "          enum: [user, customer]\n"
	shortcut  = "      required: [shortcutId, confidence]\n"
	queueOr   = "      anyOf:\n        - required: [id]\n        - required: [external]\n      x-explain: needs id or external\n"
	queueNull = "          nullable: true\n          enum: [amazon-connect, null]\n"
	tags      = "      minItems: 1\n      maxItems: 20\n      uniqueItems: true\n      items:\n        $ref: '#/components/schemas/Tag'\n"
	sentiment = "      required: [polarity, confidence]\n"
	unshown   = `the example does not fit its schema at /queue: doesn't match any schema from "anyOf"`
	allowsAll = "the part allows everything"
)

// queueShown is an example of a queue, which does not fit a broken schema either.
var queueShown = edit{"queue: {external: amazon-connect}", "queue: {external: amazon-connect}◀"}

// Each fault is a limit that nothing keeps, one that everything keeps, or one that the check of requests would not see.
var senseFaults = []fault{
	{name: "required without a property", edits: one(sentiment, "      required: [polarity, confidense]◀\n"),
		want: []string{"required lists confidense, which is not among the properties"}},
	{name: "required without a property in a part", edits: []edit{queueShown, {"        - required: [external]\n", "        - required: [externals]◀\n"}},
		want: []string{unshown, "required lists externals, which is not among the properties"}},
	{name: "required without a property in what is not allowed", edits: one("            required: [customer]\n", "            required: [costumer]◀\n"),
		want: []string{"required lists costumer, which is not among the properties"}},
	{name: "required twice", edits: one(sentiment, "      required: [polarity, confidence, polarity]◀\n"),
		want: []string{"required lists polarity twice"}},
	{name: "required of nothing", edits: one(sentiment, "      required: []◀\n"), want: []string{"required lists nothing"}},
	{name: "more required than allowed", edits: one(shortcut, "      maxProperties: 1\n      required: [shortcutId, confidence]◀\n"),
		want: []string{"required lists more than maxProperties"}},
	{name: "more properties than there are", edits: one(shortcut, shortcut+"      minProperties: 3◀\n"),
		want: []string{"minProperties is greater than the number of properties"}},

	{name: "lengths", edits: one(endReason, endReason+"          minLength: 129◀\n"), want: []string{"nothing lies between minLength and maxLength"}},
	{name: "bounds", edits: one(rating, "          type: integer\n          minimum: 10.5◀\n          maximum: 10\n"),
		want: []string{"nothing lies between minimum and maximum"}},
	{name: "bounds without an integer", edits: one(rating, "          type: integer\n          minimum: 0.2◀\n          maximum: 0.8\n"),
		want: []string{"nothing lies between minimum and maximum"}},
	{name: "counts", edits: one(shortcut, shortcut+"      minProperties: 3◀◀\n      maxProperties: 2\n"),
		want: []string{"minProperties is greater than the number of properties", "nothing lies between minProperties and maxProperties"}},
	{name: "a count beyond Go's int", edits: one(tagLength, "      maxLength: 2147483648◀\n"),
		want: []string{"must be an integer from 0 to 2147483647, is the number 2147483648"}},
	{name: "more items than can differ", edits: one(endedBy, endedBy+"        endings:\n          description: E.\n          type: array\n          minItems: 3◀\n          uniqueItems: true\n          items: {type: string, enum: [a, b]}\n"),
		want: []string{"minItems is greater than the number of items that can differ"}},

	{name: "enum without null", edits: one(endedBy, endedBy+"          nullable: true◀\n"),
		want: []string{"nullable has no effect: the enum does not list null"}},
	{name: "enum of a number twice", edits: one(score, "          type: number\n          enum: [0, 1, 1.0]◀\n"), want: []string{"enum lists 1 twice"}},
	{name: "enum beyond a bound", edits: one(score, "          type: number\n          enum: [0, 1]◀\n          maximum: 0\n"),
		want: []string{"the value of the enum does not fit its schema: number must be at most 0"}},
	{name: "enum beyond a length", edits: one(endedBy, "          enum: [user, customer]◀\n          maxLength: 4\n"),
		want: []string{"the value of the enum does not fit its schema: maximum string length is 4"}},
	{name: "default beyond a length", edits: one(endReason, "          default: sold out◀\n"+endReason[:len(endReason)-len("128\n")]+"4\n"),
		want: []string{"the default does not fit its schema: maximum string length is 4"}},

	{name: "combination of nothing", edits: one(queueOr, "      anyOf: []◀\n      x-explain: needs id or external\n"), want: []string{"anyOf lists nothing"}},
	{name: "combination with anything", edits: one(queueOr, "      anyOf:\n        - required: [id]\n        - description: The other.◀\n      x-explain: needs id or external\n"),
		want: []string{allowsAll}},
	{name: "combination with the type alone", edits: one(queueOr, "      anyOf:\n        - required: [id]\n        - type: object◀\n      x-explain: needs id or external\n"),
		want: []string{allowsAll}},
	{name: "combination with another type", edits: []edit{queueShown, {queueOr, "      anyOf:\n        - required: [id]\n        - type: string◀\n      x-explain: needs id or external\n"}},
		want: []string{unshown, "the part is of type string, the schema around it of type object"}},
	{name: "not anything", edits: []edit{queueShown, {queueOr, "      not: {}◀\n" + queueOr}}, want: []string{"the example does not fit its schema at /queue: does not satisfy not", allowsAll}},
	{name: "a part twice", edits: []edit{queueShown, {queueOr, "      anyOf:\n        - required: [id]\n        - required: [id]◀\n      x-explain: needs id or external\n"}},
		want: []string{unshown, "anyOf lists the same twice"}},
	{name: "words for nothing", edits: one(endReason, endReason+"          x-explain: is brief◀\n"),
		want: []string{"x-explain has nothing to explain: it goes with pattern, anyOf or not"}},

	{name: "length of a time", edits: one(ended, ended+"          minLength: 20◀\n"),
		want: []string{"minLength beside format date-time in a schema of a request: the limits do not look at the text of a time"}},
	{name: "bound of another draft", edits: one(rating, "          type: integer\n          exclusiveMinimum: 0◀◀\n          maximum: 10\n"),
		want: []string{"exclusiveMinimum in a schema of a request: the limits cannot express it", "must be true or false, is the number 0"}},
	{name: "readOnly", edits: one(endReason, endReason+"          readOnly: true◀\n"),
		want: []string{"readOnly in a schema of a request: the limits cannot express it"}},
	{name: "union", edits: one(endedBy, endedBy+"        why:\n          type: object\n          properties: {a: {type: string}}\n          anyOf: [{required: [a]}, {maxProperties: 0}]◀◀\n"),
		want: []string{"anyOf becomes a Go type that marshals to {}: let the overlay remove it or give the schema an x-go-type",
			"maxProperties: 0 in a schema of a request: the limits take 0 for no limit"}},
	{name: "misspelt extension", edits: one("      x-explain: needs id or external\n", "      x-explian: needs id or external◀\n"),
		want: []string{`unknown keyword "x-explian" in a schema`}},
	{name: "extension out of place", edits: one("      x-explain: needs id or external\n", "      x-explain: needs id or external\n      x-max-body-bytes: 100◀\n"),
		want: []string{`unknown keyword "x-max-body-bytes" in a schema`}},

	{name: "media type without a schema", edits: one(createContent, "        content:\n          application/json:◀\n"),
		want: []string{"the media type has no schema"}},
	{name: "media type of an answer without a schema", edits: one("        text/html:\n          schema:\n            type: string\n          example: <html><body><h1>502 Bad Gateway</h1></body></html>\n", "        text/html: {}◀\n"),
		want: []string{"the media type has no schema"}},
	{name: "parameter without a schema", edits: one("      description: The customer's id.\n      schema:\n        $ref: '#/components/schemas/PathId'\n      example: 65f0a1b2c3d4e5f600000002\n",
		"      description: The customer's id.\n      content:◀\n        application/json:\n          schema:\n            $ref: '#/components/schemas/PathId'\n"),
		want: []string{"a parameter needs a schema, not content"}},
	{name: "range of successes", edits: one("      responses:\n        '201':\n", "      responses:◀\n        '2XX':◀\n"),
		want: []string{"createConversationForCustomer has no 2xx answer", `"2XX" is no status such as 200, 5XX or default; that of a success has three digits`}},
}
