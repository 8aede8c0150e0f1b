package kustomertest_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func rate(r reply) []string {
	return []string{r.header.Get("x-ratelimit-limit"), r.header.Get("x-ratelimit-remaining"), r.header.Get("x-ratelimit-reset")}
}

func current(t *testing.T, srv *kustomertest.Server, status int) reply {
	t.Helper()
	return want(t, srv, status, "GET", "/v1/users/current", "")
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func TestOrgLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(7 * time.Second)
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 4})
		equal(t, "first", rate(current(t, srv, 200)), []string{"4", "3", ""})
		end := time.Now().Add(time.Minute)
		time.Sleep(10 * time.Second)
		equal(t, "404", rate(want(t, srv, 404, "GET", "/v1/conversations/x", "")), []string{"4", "2", ""})
		equal(t, "spent", srv.Spend(1), 1)
		equal(t, "last", rate(current(t, srv, 200)), []string{"4", "0", ""})
		for range 2 {
			equal(t, "refused", rate(current(t, srv, 429)), []string{"4", "0", unix(end)})
		}
		equal(t, "spent", srv.Spend(100), 0)
		time.Sleep(time.Until(end) - time.Nanosecond)
		current(t, srv, 429)
		time.Sleep(time.Nanosecond)
		equal(t, "new window", rate(current(t, srv, 200)), []string{"4", "3", ""})
	})
}

func TestEachCallUsesOneRequestOfTheBudget(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	for i, call := range []string{
		"GET /v1/conversations/" + sampleConversation, "GET /v1/conversations/externalId=order-10045",
		"DELETE /v1/conversations/" + sampleConversation + "/tags", "GET /v1/customers/" + sampleCustomer + "/conversations?pageSize=1",
		"GET /v1/customers/" + sampleCustomer, "GET /v1/customers/email=a", "GET /v1/customers/phone=a", "GET /v1/customers/externalId=a",
	} {
		method, path, _ := strings.Cut(call, " ")
		equal(t, call, rate(send(t, srv, method, path, "")), []string{"1000", strconv.Itoa(1000 - 2 - i), ""})
	}
}

func TestAlignedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 1, AlignedWindows: true})
		time.Sleep(59 * time.Second)
		current(t, srv, 200)
		equal(t, "refused", rate(current(t, srv, 429)), []string{"1", "0", unix(time.Now().Add(time.Second))})
		time.Sleep(time.Second)
		current(t, srv, 200)
		time.Sleep(59 * time.Second)
		current(t, srv, 429)
	})
}

func TestWindowLengthAndSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 1, Window: 2500 * time.Millisecond, ClockSkew: -time.Hour})
		current(t, srv, 200)
		r := current(t, srv, 429)
		// The window ends at half past a second, which rounds up.
		equal(t, "reset", rate(r)[2], unix(time.Now().Add(3*time.Second-time.Hour)))
		equal(t, "Date", r.header.Get("Date"), time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		time.Sleep(2500 * time.Millisecond)
		current(t, srv, 200)
	})
}

func TestObjectLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, id := newConversation(t, kustomertest.Config{ObjectLimit: 2})
		other := srv.AddConversation(srv.AddCustomer())
		patch(t, srv, id, `{"name":"a"}`)
		want(t, srv, 400, "PATCH", "/v1/conversations/"+id, `{"name":1}`)
		want(t, srv, 200, "POST", "/v1/conversations/"+id+"/tags", `["a"]`)
		r := want(t, srv, 429, "PATCH", "/v1/conversations/"+id, `{"name":"b"}`)
		equal(t, "refused", rate(r), []string{"1000", "996", ""})
		want(t, srv, 429, "POST", "/v1/conversations/"+id+"/tags", `["b"]`)
		get(t, srv, id)
		patch(t, srv, other, `{"name":"a"}`)
		equal(t, "name", get(t, srv, id).attributes()["name"], "a")
		time.Sleep(time.Minute)
		patch(t, srv, id, `{"name":"b"}`)
	})
}

func TestCreateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: -1})
		path, other := "/v1/customers/"+srv.AddCustomer()+"/conversations", "/v1/customers/"+srv.AddCustomer()+"/conversations"
		for range 120 {
			want(t, srv, 201, "POST", path, `{}`)
		}
		r := want(t, srv, 429, "POST", path, `{}`)
		equal(t, "no budget", rate(r), []string{"", "", ""})
		want(t, srv, 201, "POST", path, `{"importedAt":"2026-03-02T09:15:04Z"}`)
		want(t, srv, 201, "POST", other, `{}`)
		time.Sleep(time.Minute)
		want(t, srv, 201, "POST", path, `{}`)
	})
	srv := kustomertest.New(kustomertest.Config{CreateLimit: -1})
	path := "/v1/customers/" + srv.AddCustomer() + "/conversations"
	for range 121 {
		want(t, srv, 201, "POST", path, `{}`)
	}
}

func TestRateHeaderModes(t *testing.T) {
	for mode, has := range map[kustomertest.ResetHeader][2]bool{
		kustomertest.ResetOnRefusal: {false, true}, kustomertest.ResetAlways: {true, true}, kustomertest.ResetNever: {false, false},
	} {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 1, ResetHeader: mode})
		got := [2]bool{rate(current(t, srv, 200))[2] != "", rate(current(t, srv, 429))[2] != ""}
		if got != has {
			t.Errorf("mode %d: reset on 200 and on 429 is %v, want %v", mode, got, has)
		}
	}
	for _, srv := range []*kustomertest.Server{kustomertest.New(kustomertest.Config{OmitDate: true}), kustomertest.NewServer(t, kustomertest.Config{OmitDate: true})} {
		if v, ok := current(t, srv, 200).header["Date"]; ok {
			t.Errorf("Date is %v", v)
		}
	}
	srv := kustomertest.New(kustomertest.Config{OmitRateHeaders: func(r kustomertest.Request) bool { return r.Status == 404 }})
	equal(t, "kept", rate(current(t, srv, 200)), []string{"1000", "999", ""})
	r := want(t, srv, 404, "GET", "/v1/none", "")
	equal(t, "dropped", rate(r), []string{"", "", ""})
	if r.header.Get("Date") == "" {
		t.Error("there is no Date")
	}
}

func TestBudget(t *testing.T) {
	budget := func(srv *kustomertest.Server) []any {
		spent, end := srv.Budget()
		return []any{spent, end.UTC()}
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(7 * time.Second)
		srv := kustomertest.New(kustomertest.Config{OrgLimit: 5, ClockSkew: time.Hour})
		equal(t, "before", budget(srv), []any{0, time.Time{}})
		end := time.Now().Add(time.Minute).UTC()
		current(t, srv, 200)
		equal(t, "more than there are", srv.Spend(9), 4)
		time.Sleep(time.Minute - time.Nanosecond)
		equal(t, "spent", budget(srv), []any{5, end})
		time.Sleep(time.Nanosecond)
		equal(t, "after", budget(srv), []any{0, time.Time{}})
	})
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{AlignedWindows: true, ClockSkew: -45 * time.Second})
		end := time.Now().Add(45 * time.Second).UTC()
		equal(t, "before", budget(srv), []any{0, end})
		current(t, srv, 200)
		equal(t, "spent", budget(srv), []any{1, end})
	})
}
