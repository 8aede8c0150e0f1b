package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const openapi, metadata = "api/openapi.yaml", "api/metadata.yaml"

func TestBreakingChangesOfDocuments(t *testing.T) {
	const (
		created  = "`createConversationForCustomer`"
		updated  = "`updateConversationAttributes`"
		appended = "`appendTagsToConversation`"
		notFound = "        '404':\n          $ref: '#/components/responses/NotFound'\n"
		failed   = "        '5XX':\n          $ref: '#/components/responses/ServerError'\n"
		reset    = "        x-ratelimit-reset:\n          $ref: '#/components/headers/RateLimitReset'\n"
	)
	for _, test := range []struct {
		name   string
		edit   edit
		want   string
		silent bool // oasdiff does not call it breaking
	}{
		{"operationId", edit{openapi, "\npaths:", "appendTagsToConversation", "addTags"}, appended + ": ", false},
		{"path", edit{openapi, "\npaths:", "/v1/conversations/{id}/tags", "/v1/conversations/{id}/labels"}, appended + ": api path removed", false},
		{"method", edit{openapi, "\npaths:", "    patch:", "    put:"}, updated + ": api removed", false},
		{"other document", edit{metadata, "\npaths:", "operationId: ", "operationId: x"}, "api operation id", false},
		{"media type of a request", edit{openapi, "\npaths:", "application/json-patch+json:", "application/merge-patch+json:"}, updated + " `application/json-patch+json`: removed the media type", false},
		{"media type of an answer", edit{openapi, "\n    Tagged:", "application/json:", "application/vnd.api+json:"}, appended + " `application/json`: media type", false},
		{"status", edit{openapi, "\npaths:", notFound, ""}, appended + " `404`: removed the non-success response", false},
		{"status of success", edit{openapi, "\npaths:", "'201':", "'202':"}, created + " `201`: removed the success response", false},
		{"range of statuses", edit{openapi, "\npaths:", failed, ""}, appended + " `5XX`: answers of this range", true},
		{"header of an answer", edit{openapi, "\n    Tagged:", reset, ""}, appended + " `x-ratelimit-reset`: the optional response header", false},
		{"answer field removed", edit{openapi, "\n    Conversation:", "        links:\n", "        linkz:\n"}, created + " `data/links`: removed the optional property", false},
		{"answer field not always there", edit{openapi, "\n    Conversation:", "required: [type, id]", "required: [type]"}, updated + " `data/id`: the response property `data/id` became optional", false},
		{"answer field of another type", edit{openapi, "\n    RelationshipData:", "type: string", "type: integer"}, "` `data/relationships/", false},
		{"request field removed", edit{openapi, "\n    ConversationUpdate:", "        locked:\n", "        closed:\n"}, updated + " `locked`: ", false},
		{"request field required", edit{openapi, "\n    ConversationUpdate:", "minProperties: 1\n", "minProperties: 1\n      required: [name]\n"}, updated + " `name`: the request property `name` became required", false},
		{"new required request field", edit{openapi, "\n    ConversationCreate:", "      properties:\n", "      required: [team]\n      properties:\n        team: {type: string}\n"}, created + " `team`: added the new required request property", false},
		{"request field of another type", edit{openapi, "\n    ConversationUpdate:", "type: boolean", "type: string"}, updated + " `ended`: ", false},
		{"enum narrowed", edit{openapi, "\n    Direction:", "enum: [in, out]", "enum: [in]"}, created + " `direction`: removed the enum value `out`", false},
		{"nullable off", edit{openapi, "\n    ConversationUpdate:", "          nullable: true\n", ""}, updated + " `externalId`: the request property `externalId` became not nullable", false},
		{"maxLength", edit{openapi, "\n    ConversationUpdate:", "maxLength: 256", "maxLength: 255"}, updated + " `externalId`: ", false},
		{"maxItems of a body", edit{openapi, "\n    TagsToAppend:", "maxItems: 20", "maxItems: 19"}, appended + ": the request's body maxItems", false},
		{"maximum", edit{openapi, "\n    ConversationUpdate:", "maximum: 5", "maximum: 4"}, updated + " `priority`: ", false},
		{"maxProperties", edit{openapi, "\n    CustomAttributes:", "maxProperties: 100", "maxProperties: 99"}, updated + " `custom`: ", false},
		{"minProperties of a body", edit{openapi, "\n    ConversationUpdate:", "minProperties: 1", "minProperties: 2"}, updated + ": the request's body minProperties", false},
		{"pattern", edit{openapi, "\n    Tag:", "pattern: '^", "pattern: '^(?=x)"}, appended + " `items`: ", false},
		{"parameter of a path", edit{openapi, "\n    PathId:", "type: string", "type: integer"}, updated + " `id`: ", false},
		{"limit of the body", edit{openapi, "\npaths:", "x-max-body-bytes: 102400", "x-max-body-bytes: 102399"}, appended + " `x-max-body-bytes`: limit lowered from 102400 to 102399", true},
		{"role", edit{openapi, "\npaths:", "x-required-roles: [org.permission.conversation.update]", "x-required-roles: [org.admin]"}, appended + " `x-required-roles`: org.permission.conversation.update does not suffice", true},
		{"server", edit{openapi, "\nservers:", "https://api.prod4.kustomerapp.com", "https://api.prod5.kustomerapp.com"}, "`https://api.prod4.kustomerapp.com`: server removed", true},
		{"scheme of authentication", edit{openapi, "\n  securitySchemes:", "scheme: bearer", "scheme: basic"}, "`apiKey`: the way to authenticate changed", true},
		{"sort of authentication", edit{openapi, "\n  securitySchemes:", "type: http\n      scheme: bearer", "type: apiKey\n      in: header\n      name: X-Key"}, "`apiKey`: ", false},
		{"authentication twice", edit{openapi, "\nsecurity:", "- apiKey: []", "- apiKey: []\n    other: []"}, "`apiKey`: the security scheme `apiKey` was removed", false},
		{"other fields refused", edit{openapi, "\n    CustomAttributes:", "additionalProperties: true", "additionalProperties: false"}, updated + " `custom`: other fields are not allowed", true},
		{"branch of anyOf", edit{openapi, "\n    Queue:", "- required: [id]", "- required: [id, extra]"}, created + " `queue`: extra became required", true},
		{"not", edit{openapi, "\n    ConversationUpdate:", "- not:\n            required: [customer]", "- not:\n            required: [rev]"}, updated + ": what is not allowed changed", true},
		{"type of a header", edit{openapi, "\n    RequestId:", "      schema:\n        type: string\n", ""}, created + " `x-amz-cf-id`: the header's type is not described", true},
		{"request field that is only read", edit{openapi, "\n    ConversationUpdate:", "type: boolean", "type: boolean\n          readOnly: true"}, updated + " `ended`: it became readOnly", true},
		{"answer field that is only written", edit{openapi, "\n    ConversationSnooze:", "type: string", "type: string\n          writeOnly: true"}, "it became writeOnly", true},
		{"items of an answer", edit{openapi, "\n    ErrorAnswer:", "          items:\n            $ref: '#/components/schemas/ErrorItem'", "          items: {}"}, " `errors/items`: ", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			old, _ := state()
			now := edited(t, old, test.edit)
			got, ours := documentLines(t, old, now, test.edit.file)
			contains(t, got, test.want)
			got = slices.DeleteFunc(got, func(line string) bool { return slices.Contains(ours, line) })
			if (len(got) == 0) != test.silent {
				t.Errorf("oasdiff says %q", got)
			}
		})
	}
}

// documentLines are all breaking changes of one document, and those that are found without oasdiff.
func documentLines(t *testing.T, old, now files, name string) (all, ours []string) {
	t.Helper()
	before, err := loadDocument(old, name)
	if err != nil {
		t.Fatal(err)
	}
	after, err := loadDocument(now, name)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := compareDocument(&r, before, after); err != nil {
		t.Fatal(err)
	}
	return lines(r.breaking), lines(compareStructure(before.Spec, after.Spec))
}

func TestCompatibleChangesOfDocuments(t *testing.T) {
	for _, test := range []struct {
		name string
		edit edit
	}{
		{"new optional request field", edit{openapi, "\n    ConversationUpdate:", "      properties:\n", "      properties:\n        colour: {type: string}\n"}},
		{"new answer field", edit{openapi, "\n    ConversationAttributes:", "      properties:\n", "      properties:\n        colour: {type: string}\n"}},
		{"new value of a request", edit{openapi, "\n    Direction:", "enum: [in, out]", "enum: [in, out, both]"}},
		{"nullable on in a request", edit{openapi, "\n    ConversationUpdate:", "          maxLength: 128\n", "          maxLength: 128\n          nullable: true\n"}},
		{"greater limit", edit{openapi, "\n    ConversationUpdate:", "maxLength: 256", "maxLength: 257"}},
		{"greater limit of the body", edit{openapi, "\npaths:", "x-max-body-bytes: 102400", "x-max-body-bytes: 102401"}},
		{"another role suffices too", edit{openapi, "\npaths:", "x-required-roles: [", "x-required-roles: [org.admin, "}},
		{"new media type of a request", edit{openapi, "\npaths:", "          application/json:\n", "          text/plain:\n            schema: {type: string}\n          application/json:\n"}},
		{"new status", edit{openapi, "\npaths:", "        '404':\n", "        '418':\n          $ref: '#/components/responses/NotFound'\n        '404':\n"}},
		{"new server", edit{openapi, "\nservers:\n", "", "  - url: https://api.prod3.kustomerapp.com\n"}},
		{"new operation", edit{openapi, "\npaths:\n", "", "  /v1/ping:\n    get:\n      operationId: ping\n      responses:\n        '204': {description: Fine.}\n"}},
		{"request field that is only written, as before", edit{openapi, "\n    ConversationUpdate:", "type: boolean", "type: boolean\n          writeOnly: true"}},
		{"wording", edit{openapi, "\n    ConversationUpdate:", "Title in the agents' app", "Title"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			old, _ := state()
			if got, _ := documentLines(t, old, edited(t, old, test.edit), test.edit.file); len(got) > 0 {
				t.Errorf("breaking:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestNewValueOfAnAnswerPasses(t *testing.T) {
	old, _ := state()
	anchor, status := "\n    ConversationSnooze:", "type: string"
	before := edited(t, old, edit{openapi, anchor, status, status + "\n          enum: [a]"})
	after := edited(t, old, edit{openapi, anchor, status, status + "\n          enum: [a, b]"})
	if got := documentChanges(t, before, after).breaking; len(got) > 0 {
		t.Errorf("breaking:\n%s", strings.Join(lines(got), "\n"))
	}
}

func TestRemovedDocument(t *testing.T) {
	old, _ := state()
	now := maps.Clone(old)
	delete(now, metadata)
	contains(t, lines(documentChanges(t, old, now).breaking), fmt.Sprintf("`%s`: document removed", metadata))
}
