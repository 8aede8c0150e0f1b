package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

const listPath = "/v1/customers/" + customerID + "/conversations"

// A listServer serves bodies by the path with query of a request. It counts requests to it.
type listServer struct {
	pages map[string]string
	asked []string
}

func (s *listServer) client(t *testing.T, opts ...client.Option) *client.Client {
	return newClient(t, transport(s.respond), opts...)
}

func (s *listServer) respond(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r.URL.RequestURI())
	body, ok := s.pages[r.URL.RequestURI()]
	if !ok {
		return testResponse{status: 400, body: `{"errors":[{"title":"Invalid parameter"}]}`}.response(r), nil
	}
	return testResponse{status: 200, body: body}.response(r), nil
}

// page returns the body of a page with records of these ids. next is JSON, or empty for no such link.
func page(next string, ids ...string) string {
	records := make([]string, len(ids))
	for i, id := range ids {
		records[i] = fmt.Sprintf(`{"type":"conversation","id":%q,"attributes":{"name":"n"}}`, id)
	}
	links := ""
	if next != "" {
		links = `,"links":{"next":` + next + `}`
	}
	return `{"data":[` + strings.Join(records, ",") + `]` + links + `}`
}

// readAll reads the ids of a customer's conversations, up to the first error.
func readAll(ctx context.Context, c *client.Client, opts ...client.CallOption) (ids []string, err error) {
	for conv, err := range c.CustomerConversations(ctx, customerID, opts...) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, conv.ID)
	}
	return ids, nil
}

func TestCustomerConversations(t *testing.T) {
	for _, last := range []string{`null`, ``, `""`} {
		s := listServer{pages: map[string]string{
			listPath:                        page(`"`+listPath+`?page=2&pageSize=2"`, "a", "b"),
			listPath + "?page=2&pageSize=2": page(`"https://acme.api.kustomerapp.com`+listPath+`?page=3&pageSize=2"`, "c", "d"),
			listPath + "?page=3&pageSize=2": page(last, "e"),
		}}
		c := s.client(t)
		for range 2 { // the loop can run again
			ids, err := readAll(t.Context(), c)
			if err != nil || !slices.Equal(ids, []string{"a", "b", "c", "d", "e"}) {
				t.Errorf("next %s: got %v, %v", last, ids, err)
			}
		}
		if len(s.asked) != 6 {
			t.Errorf("next %s: asked for %v", last, s.asked)
		}
	}
}

func TestEmptyList(t *testing.T) {
	s := listServer{pages: map[string]string{listPath: `{"data":[],"meta":{"page":1}}`}}
	if ids, err := readAll(t.Context(), s.client(t)); err != nil || ids != nil {
		t.Errorf("got %v, %v", ids, err)
	}
	pages := 0
	for page, err := range s.client(t).Pages(t.Context(), listPath) {
		all, decodeErr := client.DecodeConversations(page)
		if pages++; err != nil || decodeErr != nil || len(all) != 0 {
			t.Errorf("got %v, %v, %v", all, err, decodeErr)
		}
	}
	if pages != 1 {
		t.Errorf("%d pages", pages)
	}
}

// Leaving the loop sends nothing more.
func TestLeavingTheLoop(t *testing.T) {
	s := listServer{pages: map[string]string{listPath: page(`"`+listPath+`?page=2"`, "a", "b")}}
	c := s.client(t)
	for range c.CustomerConversations(t.Context(), customerID) {
		break
	}
	for range c.Pages(t.Context(), listPath) {
		break
	}
	if len(s.asked) != 2 {
		t.Errorf("asked for %v", s.asked)
	}
}

func TestLinks(t *testing.T) {
	const first = "/v1/notes?pageSize=2"
	for _, test := range []struct {
		next string // JSON
		goes string // to which path; empty if the link is refused
		text string // of the error
	}{
		{`"/v1/notes?page=2&q=a%20b"`, "/v1/notes?page=2&q=a%20b", ""},
		{`"?page=2"`, "/v1/notes?page=2", ""},
		{`"notes?page=2"`, "/v1/notes?page=2", ""},
		{`"https://acme.api.kustomerapp.com/v1/notes?page=2"`, "/v1/notes?page=2", ""},
		{`"https://ACME.api.kustomerapp.com:443/v1/notes?page=2"`, "/v1/notes?page=2", ""},
		{`"//acme.api.kustomerapp.com/v1/notes?page=2"`, "/v1/notes?page=2", ""},
		{`"https://user:pass@acme.api.kustomerapp.com/v1/notes?page=2#x"`, "/v1/notes?page=2", ""},
		{`"/v1/customers/email=a%2Fb%2B@c.example/notes?page=2"`, "/v1/customers/email=a%2Fb%2B@c.example/notes?page=2", ""},
		{`"https://evil.example/v1/notes?page=2"`, "", "another host"},
		{`"//evil.example/v1/notes?page=2"`, "", "another host"},
		{`"http://acme.api.kustomerapp.com/v1/notes?page=2"`, "", "another host"},
		{`"https://acme.api.kustomerapp.com:8443/v1/notes?page=2"`, "", "another host"},
		{`"https://acme.api.kustomerapp.com.evil.example/v1/notes"`, "", "another host"},
		{`"https://acme.api.kustomerapp.com@evil.example/v1/notes"`, "", "another host"},
		{`"/v2/notes?page=2"`, "", "must begin with /v1/"},
		{`"/v1/../admin"`, "", "must begin with /v1/"},
		{`"/v1/a/%2e%2e/b"`, "", "no segment that is ."},
		{`"/v1/notes?q=a b"`, "", "must be escaped"},
		{`"javascript:x"`, "", "another host"},
		{`"https://%zz/"`, "", "not a URL"},
		{`"/v1/notes?page=2&access_token=` + apiKey + `"`, "", "has the API key"},
		{`"/v1/` + apiKey + `/notes?page=2"`, "", "has the API key"},
		{`"/v1/notes?page=2&access_token=%65` + apiKey[1:] + `"`, "", "has the API key"},
		{`7`, "", "not a text"},
		{`{"href":"/v1/notes?page=2"}`, "", "not a text"},
		{`"/v1/notes?pageSize=2"`, "", "already read"},
	} {
		s := listServer{pages: map[string]string{first: page(test.next, "a"), test.goes: page("", "b")}}
		n := 0
		var err error
		for _, e := range s.client(t).Pages(t.Context(), first) {
			if err = e; err == nil {
				n++
			}
		}
		if test.goes != "" {
			if err != nil || n != 2 || s.asked[1] != test.goes {
				t.Errorf("%s: %d pages of %v, %v", test.next, n, s.asked, err)
			}
			continue
		}
		failed, ok := err.(*client.PageError)
		if !ok || n != 1 || len(s.asked) != 1 || failed.Page != 2 || failed.Path != first || !strings.Contains(err.Error(), "page 2: ") || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %d pages of %v, %v", test.next, n, s.asked, err)
		}
	}
}

// A gateway has a path of its own, which the links of the API lack or have.
func TestLinksBehindAGateway(t *testing.T) {
	for _, next := range []string{`"/v1/notes?page=2"`, `"/k/v1/notes?page=2"`, `"https://gateway.example/k/v1/notes?page=2"`, `"?page=2"`} {
		s := listServer{pages: map[string]string{"/k/v1/notes": page(next, "a"), "/k/v1/notes?page=2": page("", "b")}}
		n := 0
		c := over(t, "https://gateway.example/k", client.WithHTTPClient(&http.Client{Transport: transport(s.respond)}))
		for _, err := range c.Pages(t.Context(), "/v1/notes") {
			if n++; err != nil {
				t.Errorf("%s: %v", next, err)
			}
		}
		if n != 2 {
			t.Errorf("%s: %d pages", next, n)
		}
	}
}

func TestListThatBeginsAgain(t *testing.T) {
	for name, pages := range map[string]map[string]string{
		"with the same path": {"/v1/notes": page(`"/v1/notes?page=2"`), "/v1/notes?page=2": page(`"/v1/notes"`)},
		"in another order":   {"/v1/notes": page(`"/v1/notes?page=2&a=1"`), "/v1/notes?page=2&a=1": page(`"/v1/notes?a=1&page=2"`)},
		"known by links.self": {
			"/v1/notes":        `{"data":[],"links":{"self":"/v1/notes?page=1","next":"/v1/notes?page=2"}}`,
			"/v1/notes?page=2": `{"data":[],"links":{"self":"/v1/notes?page=2","next":"/v1/notes?page=1"}}`,
		},
	} {
		s := listServer{pages: pages}
		n := 0
		var err error
		for _, err = range s.client(t).Pages(t.Context(), "/v1/notes") {
			n++
		}
		if failed, ok := err.(*client.PageError); !ok || failed.Page != 3 || n != 3 || len(s.asked) != 2 || !strings.Contains(err.Error(), "already read") {
			t.Errorf("%s: %d results for %v, %v", name, n, s.asked, err)
		}
	}
}

// A list that ends at the API's own limit is an error if there is more. A list below the limit is read to its end.
func TestListLongerThanTheAPIReturns(t *testing.T) {
	full := page("", slices.Repeat([]string{"a"}, 100)...)
	half := page("", slices.Repeat([]string{"a"}, 50)...)
	list := func(body string, meta string, count int, then string) map[string]string {
		pages := map[string]string{}
		for n := 1; n <= count; n++ {
			next := fmt.Sprintf(`"/v1/notes?page=%d"`, n+1)
			if n == count && then == "" {
				next = "null"
			}
			pages[fmt.Sprintf("/v1/notes?page=%d", n)] = strings.TrimSuffix(body, "}") + `,"links":{"next":` + next + `}` + meta + `}`
		}
		if then != "" && then != "400" {
			pages[fmt.Sprintf("/v1/notes?page=%d", count+1)] = then
		}
		return pages
	}
	for _, test := range []struct {
		name  string
		pages map[string]string
		read  int
		cut   bool
		asked int
	}{
		{"100 full pages and a link", list(full, "", 100, page("", "b")), 100, true, 100},
		{"100 full pages, and no link", list(full, "", 100, ""), 100, false, 100},
		{"100 full pages, no link, and a total that was not reached", list(full, `,"meta":{"total":25000}`, 100, ""), 100, true, 100},
		{"100 full pages, no link, and a total that was reached", list(full, `,"meta":{"total":10000}`, 100, ""), 100, false, 100},
		{"fewer pages than a total says", list(full, `,"meta":{"total":25000}`, 3, ""), 3, false, 3},
		{"more than 100 small pages", list(half, "", 150, ""), 150, false, 150},
		{"200 small pages and a link", list(half, "", 200, page("", "b")), 200, true, 200},
		{"100 small pages and an empty one", list(half, "", 100, page("")), 100, true, 101},
		{"100 small pages and a 400", list(half, "", 100, "400"), 100, true, 101},
		{"99 small pages and an empty one", list(half, "", 99, page("")), 100, false, 100},
		{"99 small pages and a 400", list(half, "", 99, "400"), 99, false, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := listServer{pages: test.pages}
			read := 0
			var err error
			for _, err = range s.client(t).Pages(t.Context(), "/v1/notes?page=1") {
				if err == nil {
					read++
				}
			}
			if read != test.read || errors.Is(err, client.ErrListCut) != test.cut || len(s.asked) != test.asked {
				t.Errorf("%d pages read, %d asked for, %v", read, len(s.asked), err)
			}
			if failed, ok := err.(*client.PageError); test.cut && (!ok || failed.Page != read+1) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// A page is a call like any other: repeated, paced, with the options of the list, and its error keeps its type.
func TestPagesAreCalls(t *testing.T) {
	bubble(t, "repeated", func(t *testing.T) {
		attempts := map[string]int{}
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			uri := r.URL.RequestURI()
			if attempts[uri]++; attempts[uri] == 1 {
				return testResponse{status: 503}.response(r), nil
			}
			if r.Header.Get("X-Trace") != "t-1" {
				t.Errorf("%s was sent without the option's header", uri)
			}
			if uri == listPath {
				return testResponse{status: 200, body: page(`"?page=2"`, "a")}.response(r), nil
			}
			return testResponse{status: 200, body: page("", "b")}.response(r), nil
		}), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 2}))
		for _, err := range c.Pages(t.Context(), "/v1/notes", client.CallHeader("X-Trace", "t-1")) {
			if err != nil {
				t.Error(err)
			}
		}
		ids, err := readAll(t.Context(), c, client.CallHeader("X-Trace", "t-1"))
		if err != nil || len(ids) != 2 || attempts[listPath] != 2 {
			t.Errorf("got %v, %v after %v", ids, err, attempts)
		}
	})
	for name, test := range map[string]struct {
		a  testResponse
		is error
	}{
		"absent":    {jsonError(404, `{"title":"Not Found"}`), client.ErrNotFound},
		"forbidden": {jsonError(403, `{"title":"Forbidden"}`), client.ErrForbidden},
		"limited":   {testResponse{status: 429}, client.ErrRateLimited},
	} {
		c, _ := responding(t, test.a)
		ids, err := readAll(t.Context(), c)
		e, isCall := errors.AsType[*client.Error](err)
		if failed, ok := err.(*client.PageError); !ok || failed.Page != 1 || failed.Path != listPath || !errors.Is(err, test.is) || ids != nil {
			t.Errorf("%s: got %v, %v", name, ids, err)
		}
		if !isCall || e.Op != "getConversationsByCustomer" || e.ID != customerID || strings.Count(err.Error(), "kustomer: ") != 1 {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	for _, id := range []string{"", "a,b", "email=x", "a/b"} {
		c, sent := responding(t, testResponse{status: 200, body: page("")})
		for _, err := range c.CustomerConversations(t.Context(), id, nil) {
			if v, ok := errors.AsType[*client.ValidationError](err); !ok || len(v.Violations) != 2 || sent.count > 0 {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	c, sent := responding(t, testResponse{status: 200, body: page("")})
	for _, err := range c.Pages(t.Context(), "https://evil.example/v1/notes") {
		if v, ok := errors.AsType[*client.ValidationError](err); !ok || v.Violations[0].Field != "path" || sent.count > 0 {
			t.Errorf("error is %v", err)
		}
	}
}

func TestPagesEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := listServer{pages: map[string]string{listPath: page(`"?page=2"`, "a")}}
	var last error
	for _, err := range s.client(t).CustomerConversations(ctx, customerID) {
		last = err
		cancel()
	}
	if failed, ok := last.(*client.PageError); !ok || failed.Page != 2 || !errors.Is(last, context.Canceled) || len(s.asked) != 1 {
		t.Errorf("error is %v after %v", last, s.asked)
	}
}

// Pages wait for the budget one by one, as separate calls.
func TestPagesWaitForTheBudget(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		limiter, err := ratelimit.New(ratelimit.Config{MaxRate: 1, Reserve: -1})
		if err != nil {
			t.Fatal(err)
		}
		s := listServer{pages: map[string]string{listPath: page(`"?page=2"`, "a"), listPath + "?page=2": page("", "b")}}
		c := s.client(t, client.WithLimiter(limiter))
		elapsed, err := took(func() error { _, err := readAll(t.Context(), c, client.CallMaxWait(70*time.Second)); return err })
		if err != nil || elapsed != time.Minute {
			t.Errorf("took %s, %v", elapsed, err)
		}
		ids, err := readAll(t.Context(), c, client.CallNoWait())
		if failed, ok := err.(*client.PageError); !ok || failed.Page != 1 || ids != nil || !errors.Is(err, client.ErrRateLimited) {
			t.Errorf("got %v, %v", ids, err)
		}
	})
}

// A page that is not a list is an error, and so is a record without an id. The records before are there.
func TestPagesThatAreNoLists(t *testing.T) {
	for body, want := range map[string]struct{ ids, text string }{
		`{}`:                         {"", "page 1: the response has no list of records in data"},
		`{"data":null}`:              {"", "page 1: the response has no list of records in data"},
		`{"data":{"id":"a"}}`:        {"", "data is an object, not a list"},
		`{"data":[{"id":"a"},{}]}`:   {"a", "page 1: data[1] is not a conversation: the response has no data.id"},
		`{"data":[{"id":"a"},7]}`:    {"a", "page 1: data[1] is not a conversation"},
		`{"data":[7,{"id":"a"}]}`:    {"a", "page 1: data[0] is not a conversation"},
		`{"data":[],"errors":["x"]}`: {"", "lists errors"},
		`{"data":[{"id":"a"}],"errors":[{"title":"part of it failed"}]}`: {"a", "page 1: the response has errors in addition to its data; part of it failed"},
		`[]`:     {"", "page 1: getConversationsByCustomer"},
		`<html>`: {"", "does not come from the API"},
	} {
		c, _ := responding(t, testResponse{status: 200, body: body})
		ids, err := readAll(t.Context(), c)
		if _, ok := err.(*client.PageError); !ok || strings.Join(ids, ",") != want.ids || !strings.Contains(err.Error(), want.text) {
			t.Errorf("%s: got %v, %v", body, ids, err)
		}
	}
}

// A link that repeats the API key is neither followed nor shown.
func TestLinkWithTheKey(t *testing.T) {
	s := &listServer{pages: map[string]string{listPath: page(`"/v1/`+apiKey+`/notes?page=2"`, "c1")}}
	ids, err := readAll(t.Context(), s.client(t))
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); err == nil || strings.Contains(text, apiKey) || len(ids) != 1 || len(s.asked) != 1 {
		t.Errorf("read %v with %d requests: %s", ids, len(s.asked), text)
	}
}
