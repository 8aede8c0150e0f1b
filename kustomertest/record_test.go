package kustomertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestRecords(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		id := srv.AddConversation(srv.AddCustomer())
		req := newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+id+"?a=1&a=2", `{"name":"a"}`)
		req.Header.Set("User-Agent", "test/1")
		do(t, srv, req)
		want(t, srv, 404, "GET", "/v1/conversations/a%20b", "")
		all := srv.Requests()
		if len(all) != 2 || all[0].Time.IsZero() || all[0].Time.After(all[1].Time) {
			t.Fatalf("records %+v", all)
		}
		r := all[0]
		equal(t, "record", []any{r.Method, r.Path, r.Query, string(r.Body), r.Status, r.Applied, r.Fault, r.Header.Get("User-Agent")},
			[]any{"PATCH", "/v1/conversations/" + id, map[string][]string{"a": {"1", "2"}}, `{"name":"a"}`, 200, true, "", "test/1"})
		equal(t, "path", all[1].Path, "/v1/conversations/a%20b")
		equal(t, "read", []any{all[1].Applied, all[1].Status}, []any{false, 404})

		r.Header.Set("User-Agent", "changed")
		r.Body[0] = 'X'
		if again := srv.Requests()[0]; again.Header.Get("User-Agent") != "test/1" || again.Body[0] != '{' {
			t.Error("changing a returned record changed the fake's record")
		}
		srv.ResetRequests()
		equal(t, "records after a reset", len(srv.Requests()), 0)
	})
}

// badVerb makes fmt print the fields, because String methods do not apply to it.
var badVerb = "%d"

func TestKeysAreNowhere(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		const other = "another-secret-key"
		srv.AcceptKey(other)
		for _, key := range []string{kustomertest.APIKey, other, "a-wrong-secret-key"} {
			req := newRequest(t.Context(), srv, "POST", "/v1/conversations/"+key+"/tags?key="+key, `["`+key+`"]`)
			req.Header["Authorization"] = []string{"Bearer " + key}
			req.Header.Set("X-Debug", "key "+key)
			r := do(t, srv, req)
			for what, text := range map[string]string{
				"records": fmt.Sprintf("%+v %#v", srv.Requests(), srv.Requests()), "bodies": bodies(srv),
				"server": fmt.Sprintf("%v %+v %#v %s", srv, srv, srv, srv), "server, part by part": fmt.Sprintf(badVerb, srv), "response": r.text,
			} {
				if strings.Contains(text, key) {
					t.Errorf("%s show the key %s", what, key)
				}
			}
		}
		if !strings.Contains(fmt.Sprint(srv.Requests()), kustomertest.Redacted) {
			t.Error("the records do not show that there was a key")
		}
		if fmt.Sprint(srv) != "kustomertest.Server("+srv.URL+")" {
			t.Errorf("the server is printed as %v", srv)
		}
	})
}

func bodies(srv *kustomertest.Server) string {
	var b strings.Builder
	for _, r := range srv.Requests() {
		b.Write(r.Body)
	}
	return b.String()
}
