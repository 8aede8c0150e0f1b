package client

import (
	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// related has the operations of api/related.yaml until the generated package of that name has them.
var related = struct {
	GetConversationByExternalIdOperation schema.Operation
}{
	GetConversationByExternalIdOperation: schema.Operation{
		ID: "getConversationByExternalId", Method: "GET", Path: "/v1/conversations/externalId={externalId}", Success: 200,
		Roles: []string{"org.permission.conversation.read"}, LegacyRoles: []string{"org.user.conversation.read"},
		Docs:   gen.UpdateConversationAttributesOperation.Docs,
		PathID: &schema.Schema{Kind: schema.String, MinLength: 1, MaxLength: 256},
	},
}
