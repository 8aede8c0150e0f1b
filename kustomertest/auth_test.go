package kustomertest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestKeys(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{APIKey: "first-key"})
	status := func(authorization string) (int, any) {
		req := newRequest(t.Context(), srv, "GET", "/v1/users/current", "")
		req.Header.Set("Authorization", authorization)
		if authorization == "" {
			req.Header.Del("Authorization")
		}
		r := do(t, srv, req)
		return r.status, r.firstError()["title"]
	}
	expect := func(authorization string, want int, title any) {
		t.Helper()
		if got, why := status(authorization); got != want || why != title {
			t.Errorf("%q: %d %v, want %d %v", authorization, got, why, want, title)
		}
	}
	expect("Bearer first-key", 200, nil)
	expect("", 401, "Unauthorized")
	expect("Bearer ", 401, "Unauthorized")
	expect("Bearer other", 401, "Unauthorized")
	expect("Bearer "+kustomertest.APIKey, 401, "Unauthorized")
	expect("Basic first-key", 401, "Unauthorized")
	expect("first-key", 401, "Unauthorized")
	expect("Bearerfirst-key", 401, "Unauthorized")
	srv.ExpireKey("first-key")
	srv.AcceptKey("second-key")
	expect("Bearer first-key", 401, "Expired token")
	expect("Bearer second-key", 200, nil)
	srv.AcceptKey("")
	expect("Bearer ", 401, "Unauthorized")
	expect("", 401, "Unauthorized")
}

func TestPods(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Pod: "prod2"})
	equal(t, "pod", current(t, srv, 200).header.Get("x-kustomer-pod"), "prod2")
	srv = kustomertest.New(kustomertest.Config{Pod: "prod4", KeyPod: "prod1"})
	equal(t, "title", current(t, srv, 401).firstError()["title"],
		"Auth token associated with pod prod1 but request is being handled by prod4")
}

func TestRoles(t *testing.T) {
	calls := map[string]string{
		"create":   "POST /v1/customers/" + sampleCustomer + "/conversations {}",
		"update":   "PATCH /v1/conversations/" + sampleConversation + " {}",
		"append":   "POST /v1/conversations/" + sampleConversation + "/tags []",
		"remove":   "DELETE /v1/conversations/" + sampleConversation + "/tags []",
		"read":     "GET /v1/conversations/" + sampleConversation,
		"find":     "GET /v1/conversations/externalId=a",
		"list":     "GET /v1/customers/" + sampleCustomer + "/conversations",
		"customer": "GET /v1/customers/" + sampleCustomer,
		"email":    "GET /v1/customers/email=a",
		"phone":    "GET /v1/customers/phone=a",
		"external": "GET /v1/customers/externalId=a",
		"person":   "POST /v1/customers {}",
		"metadata": "GET /v1/metadata/conversation",
		"current":  "GET /v1/users/current",
	}
	for _, tt := range []struct {
		roles   []string
		allowed string
	}{
		{nil, "create update append remove read find list customer email phone external person metadata current"},
		{[]string{}, "current"},
		{[]string{"org.permission.conversation.update"}, "update append current"},
		{[]string{"org.permission.conversation.create"}, "create current"},
		{[]string{"org.permission.conversation.delete"}, "remove current"},
		{[]string{"org.permission.conversation.read"}, "read find list current"},
		{[]string{"org.permission.customer.read"}, "customer email phone external current"},
		{[]string{"org.permission.customer.create"}, "person current"},
		{[]string{"org.user.conversation.write"}, "create update append remove current"},
		{[]string{"org.user.customer.read"}, "customer email phone external current"},
		{[]string{"org.user.conversation.read", "org.permission.metadata.read"}, "read find list metadata current"},
	} {
		srv := kustomertest.New(kustomertest.Config{Roles: tt.roles})
		for name := range maps.Keys(calls) {
			parts := strings.SplitN(calls[name], " ", 3)
			r := send(t, srv, parts[0], parts[1], strings.Join(parts[2:], ""))
			if allowed := slices.Contains(strings.Fields(tt.allowed), name); allowed == (r.status == http.StatusForbidden) {
				t.Errorf("roles %q: %s gets %d", tt.roles, name, r.status)
			}
		}
	}
}
