package kustomertest_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func (r reply) links() map[string]any { return object(r.body["links"]) }

// ids are those of the records of a page.
func (r reply) ids() []string {
	ids := []string{}
	list, _ := r.body["data"].([]any)
	for _, item := range list {
		ids = append(ids, object(item)["id"].(string))
	}
	return ids
}

// withConversations returns a fake with n conversations of one customer, and the path of their list. The first one is c1.
func withConversations(t *testing.T, n int, cfg kustomertest.Config) (*kustomertest.Server, string) {
	t.Helper()
	cfg.OrgLimit, cfg.CreateLimit = -1, -1
	srv := kustomertest.New(cfg)
	path := "/v1/customers/" + srv.AddCustomer() + "/conversations"
	for i := range n {
		want(t, srv, 201, "POST", path, fmt.Sprintf(`{"id":"c%d"}`, i+1))
	}
	return srv, path
}

// follow reads pages until there is no next one, and returns how many records each has, and the last response.
func follow(t *testing.T, srv *kustomertest.Server, path string) (sizes []int, last reply) {
	t.Helper()
	for path != "" {
		last = send(t, srv, "GET", path, "")
		sizes = append(sizes, len(last.ids()))
		path, _ = last.links()["next"].(string)
	}
	return sizes, last
}

func TestListHasTheShapeOfTheSample(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	for range 2 {
		srv.AddConversation(sampleCustomer)
	}
	patch(t, srv, sampleConversation, `{"tags":["vip"],"custom":{"orderNumberStr":"A-10045"}}`)
	err := srv.EditConversation(sampleConversation, func(a map[string]any) { a["sentiment"], a["channels"] = map[string]any{}, []string{"email"} })
	if err != nil {
		t.Fatal(err)
	}
	s, r := replay(t, "responses/get-conversations-by-customer-200.json", srv)
	equal(t, "meta", r.body["meta"], s.Body["meta"])
	equal(t, "links", r.body["links"], s.Body["links"])
	r = want(t, srv, 200, "GET", s.Request.Path[:strings.Index(s.Request.Path, "?")], "")
	s.Body["links"] = r.body["links"]
	sameShape(t, r.body, s.Body, false)
}

func TestPages(t *testing.T) {
	srv, path := withConversations(t, 5, kustomertest.Config{PathPrefix: "gateway"})
	srv.AddConversation(srv.AddCustomer())
	first := want(t, srv, 200, "GET", path+"?pageSize=2", "")
	equal(t, "first page", first.ids(), []string{"c5", "c4"})
	equal(t, "links of the first page", first.links(), map[string]any{
		"self": path + "?page=1&pageSize=2", "first": path + "?page=1&pageSize=2", "prev": nil, "next": path + "?page=2&pageSize=2",
	})
	last := want(t, srv, 200, "GET", path+"?pageSize=2&page=3", "")
	equal(t, "last page", []any{last.ids(), last.body["meta"], last.links()["prev"], last.links()["next"]},
		[]any{[]string{"c1"}, map[string]any{"page": 3, "pageSize": 2}, path + "?page=2&pageSize=2", nil})
	beyond := want(t, srv, 200, "GET", path+"?pageSize=2&page=4", "")
	equal(t, "a page beyond the last one", []any{beyond.ids(), beyond.links()["next"]}, []any{[]string{}, nil})
	all := want(t, srv, 200, "GET", path+"?unknown=1", "")
	equal(t, "all", []any{all.ids(), all.body["meta"]}, []any{[]string{"c5", "c4", "c3", "c2", "c1"}, map[string]any{"page": 1, "pageSize": 100}})
	for query, parameter := range map[string]string{
		"pageSize=101": "pageSize", "pageSize=0": "pageSize", "pageSize=": "pageSize", "page=0": "page", "page=-1": "page", "page=x": "page",
		"page=1.5": "page", "fromDate=yesterday": "fromDate",
	} {
		r := want(t, srv, 400, "GET", path+"?"+query, "")
		equal(t, "error of "+query, []any{object(r.firstError()["source"])["parameter"], r.firstError()["code"], r.firstError()["title"]},
			[]any{parameter, "badparam", "Invalid parameter"})
	}

	srv, path = withConversations(t, 1, kustomertest.Config{BareResponses: true})
	equal(t, "bare", want(t, srv, 200, "GET", path, "").body["data"], []any{map[string]any{"type": "conversation", "id": "c1"}})
	srv, path = withConversations(t, 0, kustomertest.Config{})
	empty := want(t, srv, 200, "GET", path, "")
	equal(t, "empty", []any{empty.body["data"], empty.links()["next"]}, []any{[]any{}, nil})
}

func TestListOfMovedConversations(t *testing.T) {
	srv, path := withConversations(t, 2, kustomertest.Config{})
	other := srv.AddCustomer()
	patch(t, srv, "c1", `{"customer":"`+other+`"}`)
	equal(t, "old customer", want(t, srv, 200, "GET", path, "").ids(), []string{"c2"})
	equal(t, "new customer", want(t, srv, 200, "GET", "/v1/customers/"+other+"/conversations", "").ids(), []string{"c1"})
}

func TestListFromDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, path := withConversations(t, 0, kustomertest.Config{})
		for i := range 4 {
			want(t, srv, 201, "POST", path, `{"id":"c`+strconv.Itoa(i+1)+`"}`)
			time.Sleep(time.Hour)
		}
		// Virtual time begins at midnight UTC, so c3 is created at two.
		r := want(t, srv, 200, "GET", path+"?pageSize=1&fromDate="+time.Now().UTC().Format("2006-01-02")+"T03:00:00%2B01:00", "")
		equal(t, "first page", r.ids(), []string{"c4"})
		next := want(t, srv, 200, "GET", r.links()["next"].(string), "")
		equal(t, "second page", []any{next.ids(), next.links()["next"]}, []any{[]string{"c3"}, nil})
	})
}

func TestListLimit(t *testing.T) {
	srv, path := withConversations(t, 6, kustomertest.Config{ListLimit: 5})
	sizes, last := follow(t, srv, path+"?pageSize=2")
	equal(t, "pages", []any{sizes, last.status, object(last.firstError()["source"])["parameter"]}, []any{[]int{2, 2, 1, 0}, 400, "page"})
	sizes, last = follow(t, srv, path+"?pageSize=5")
	equal(t, "pages", []any{sizes, last.status}, []any{[]int{5, 0}, 400})

	srv, path = withConversations(t, 6, kustomertest.Config{ListLimit: 4, EmptyBeyondListLimit: true})
	sizes, last = follow(t, srv, path+"?pageSize=2")
	equal(t, "pages with an empty one", []any{sizes, last.status}, []any{[]int{2, 2, 0}, 200})

	srv, path = withConversations(t, 6, kustomertest.Config{ListLimit: 6})
	sizes, last = follow(t, srv, path+"?pageSize=3")
	equal(t, "pages at the limit", []any{sizes, last.status}, []any{[]int{3, 3}, 200})
	srv, path = withConversations(t, 6, kustomertest.Config{ListLimit: -1})
	sizes, _ = follow(t, srv, path+"?pageSize=4")
	equal(t, "pages without a limit", sizes, []int{4, 2})
	equal(t, "an enormous page", want(t, srv, 200, "GET", path+"?page=9223372036854775807", "").ids(), []string{})
}

func TestDefaultListLimit(t *testing.T) {
	srv, path := withConversations(t, 1, kustomertest.Config{})
	for query, status := range map[string]int{
		"page=100": 200, "page=101": 400, "page=10000&pageSize=1": 200, "page=10001&pageSize=1": 400, "page=9223372036854775807&pageSize=1": 400,
	} {
		want(t, srv, status, "GET", path+"?"+query, "")
	}
}
