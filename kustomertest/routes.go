package kustomertest

import (
	"net/url"
	"strings"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A route is one operation. serve is called with the path parameter while the server's mutex is held.
type route struct {
	op    schema.Operation
	serve func(*Server, *call, string) *response
}

// routes lists the operations; the first matching path is used.
var routes = []route{
	{gen.CreateConversationForCustomerOperation, (*Server).createConversation},
	{gen.UpdateConversationAttributesOperation, (*Server).updateConversation},
	{gen.AppendTagsToConversationOperation, (*Server).appendTags},
	{related.RemoveTagsFromConversationOperation, (*Server).removeTags},
	{related.GetConversationByExternalIdOperation, (*Server).findConversation},
	{related.GetConversationOperation, (*Server).getConversation},
	{related.GetConversationsByCustomerOperation, (*Server).listConversations},
	{related.GetCustomerByEmailOperation, (*Server).findCustomer},
	{related.GetCustomerByPhoneOperation, (*Server).findCustomer},
	{related.GetCustomerByExternalIdOperation, (*Server).findCustomer},
	{related.GetCustomerByIdOperation, (*Server).getCustomer},
	{createCustomerOperation, (*Server).createCustomer},
	{schema.Operation{Method: "GET", Path: "/v1/users/current", Success: 200}, (*Server).getCurrentUser},
	{schema.Operation{
		Method: "GET", Path: "/v1/metadata/conversation", Success: 200, Roles: []string{"org.permission.metadata.read"},
		LegacyRoles: []string{"org.user.metadata.read", "org.admin.metadata.read"},
	}, (*Server).metadata},
}

// route serves a call after the checks of key and budget.
func (s *Server) route(c *call) *response {
	path, ok := strings.CutPrefix(c.path, s.cfg.PathPrefix+"/")
	if !ok {
		return notFound("")
	}
	for i := range routes {
		r := &routes[i]
		value, ok := match(r.op.Path, "/"+path)
		if !ok || r.op.Method != c.method {
			continue
		}
		if r.op.PathID != nil && len(schema.Check(r.op.PathID, "", value)) > 0 {
			if strings.Contains(value, ",") {
				return badParameter(parameter(r.op.Path), "the fake takes one id only")
			}
			return notFound(parameter(r.op.Path))
		}
		if !s.permitted(r.op.Roles, r.op.LegacyRoles) {
			return errorResponse(403, errorItem{Code: "forbidden", Title: "Forbidden"})
		}
		c.op = &r.op
		return r.serve(s, c, value)
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
