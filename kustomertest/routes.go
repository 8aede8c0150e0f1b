package kustomertest

import (
	"net/url"
	"strings"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A route is one operation. serve is called with the path parameter while the server's mutex is held.
type route struct {
	op    schema.Operation
	serve func(*Server, *call, string) *response
}

// routes lists the operations; the first matching path is used. The roles of the reads are assumed, except those of the
// metadata.
var routes = []route{
	{gen.CreateConversationForCustomerOperation, (*Server).createConversation},
	{gen.UpdateConversationAttributesOperation, (*Server).updateConversation},
	{gen.AppendTagsToConversationOperation, (*Server).appendTags},
	{read("/v1/conversations/externalId={externalId}", conversationReaders), (*Server).findConversation},
	{read("/v1/conversations/{id}", conversationReaders), (*Server).getConversation},
	{read("/v1/customers/email={email}", customerReaders), (*Server).findCustomer},
	{read("/v1/customers/phone={phone}", customerReaders), (*Server).findCustomer},
	{read("/v1/customers/externalId={externalId}", customerReaders), (*Server).findCustomer},
	{read("/v1/customers/{id}", customerReaders), (*Server).getCustomer},
	{createCustomerOperation, (*Server).createCustomer},
	{read("/v1/users/current", nil), (*Server).getCurrentUser},
	{read("/v1/metadata/conversation", metadataReaders), (*Server).metadata},
}

var (
	conversationReaders = []string{"org.permission.conversation.read", "org.user.conversation.read"}
	customerReaders     = []string{"org.permission.customer.read", "org.user.customer.read"}
	metadataReaders     = []string{"org.permission.metadata.read", "org.user.metadata.read", "org.admin.metadata.read"}
)

func read(path string, roles []string) schema.Operation {
	return schema.Operation{Method: "GET", Path: path, Roles: roles}
}

// route serves a call after the checks of key and budget.
func (s *Server) route(c *call) *response {
	path, ok := strings.CutPrefix(c.path, s.cfg.PathPrefix+"/")
	if !ok {
		return notFound("")
	}
	for i := range routes {
		r := &routes[i]
		id, ok := match(r.op.Path, "/"+path)
		if !ok || r.op.Method != c.method {
			continue
		}
		if strings.HasSuffix(r.op.Path, "{id}") || strings.Contains(r.op.Path, "{id}/") {
			if !isPathID(id) {
				return notFound("id")
			}
		}
		if !s.permitted(r.op.Roles, r.op.LegacyRoles) {
			return errorResponse(403, errorItem{Code: "forbidden", Title: "Forbidden"})
		}
		c.op = &r.op
		return r.serve(s, c, id)
	}
	// This includes a known path with another method (assumed).
	return notFound("")
}

// match compares an escaped path with a template, and returns the unescaped path parameter.
func match(template, path string) (string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return "", false
	}
	param := ""
	for i := range want {
		segment, err := url.PathUnescape(got[i])
		if err != nil {
			return "", false
		}
		fixed, _, variable := strings.Cut(want[i], "{")
		rest, ok := strings.CutPrefix(segment, fixed)
		if !ok || variable == (rest == "") {
			return "", false
		}
		if variable {
			param = rest
		}
	}
	return param, true
}

// parameter returns the name of the parameter in a path template, or "".
func parameter(template string) string {
	_, rest, _ := strings.Cut(template, "{")
	name, _, _ := strings.Cut(rest, "}")
	return name
}
