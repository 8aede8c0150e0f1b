package kustomertest_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestLookupLag(t *testing.T) {
	const lag = 3 * time.Second
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{LookupLag: lag, ClockSkew: time.Hour, UniqueExternalIDs: true})
		begin := time.Now()
		customer := want(t, srv, 201, "POST", "/v1/customers", `{"externalId":"a","emails":[{"email":"a@shop.example"}],"phones":[{"phone":"+1"}]}`).id()
		list := "/v1/customers/" + customer + "/conversations"
		id := want(t, srv, 201, "POST", list, `{"externalId":"order-1"}`).id()
		// The times are those since the creates.
		at := func(d time.Duration, found int, externalID string) {
			t.Helper()
			time.Sleep(time.Until(begin.Add(d)))
			status := map[bool]int{true: 200, false: 404}[found > 0]
			want(t, srv, status, "GET", "/v1/conversations/externalId="+externalID, "")
			want(t, srv, 200, "GET", "/v1/conversations/"+id, "")
			want(t, srv, 200, "GET", "/v1/customers/"+customer, "")
		}
		customers := func(status, listed int) {
			t.Helper()
			for _, lookup := range []string{"externalId=a", "email=a@shop.example", "phone=%2B1"} {
				want(t, srv, status, "GET", "/v1/customers/"+lookup, "")
			}
			equal(t, "listed conversations", len(want(t, srv, 200, "GET", list, "").ids()), listed)
		}
		at(0, 0, "order-1")
		customers(404, 0)
		want(t, srv, 409, "POST", list, `{"externalId":"order-1"}`)
		want(t, srv, 409, "POST", "/v1/customers", `{"externalId":"a"}`)
		at(lag-time.Nanosecond, 0, "order-1")
		customers(404, 0)
		at(lag, 1, "order-1")
		customers(200, 1)
		patch(t, srv, id, `{"externalId":"order-2","name":"b"}`)
		at(lag, 0, "order-1")
		at(2*lag-time.Nanosecond, 0, "order-2")
		customers(200, 1)
		at(2*lag, 1, "order-2")
		patch(t, srv, id, `{"externalId":"order-2","name":"c"}`)
		at(2*lag, 1, "order-2")
		err := srv.EditConversation(id, func(a map[string]any) { a["externalId"] = "order-3" })
		if err != nil {
			t.Fatal(err)
		}
		at(2*lag, 1, "order-3")
		equal(t, "listed conversations", len(want(t, srv, 200, "GET", "/v1/customers/"+srv.AddCustomer()+"/conversations", "").ids()), 0)
	})
}

// An edit may have given an externalId another type.
func TestOddExternalID(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	if err := srv.EditConversation(id, func(a map[string]any) { a["externalId"] = []string{"masked"} }); err != nil {
		t.Fatal(err)
	}
	want(t, srv, 404, "GET", "/v1/conversations/externalId=masked", "")
	equal(t, "externalId", patch(t, srv, id, `{"name":"a"}`).attributes()["externalId"], []string{"masked"})
	patch(t, srv, id, `{"externalId":"order-1"}`)
	want(t, srv, 200, "GET", "/v1/conversations/externalId=order-1", "")
}

// What a test adds is found at once.
func TestRecordsOfTheTestHaveNoLag(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{LookupLag: time.Hour})
	customer := want(t, srv, 201, "POST", "/v1/customers", `{"externalId":"a"}`).id()
	want(t, srv, 404, "GET", "/v1/customers/externalId=a", "")
	srv.AddCustomerWith(kustomertest.Customer{ID: customer, ExternalID: "a"})
	want(t, srv, 200, "GET", "/v1/customers/externalId=a", "")
	id := srv.AddConversation(customer)
	if err := srv.EditConversation(id, func(a map[string]any) { a["externalId"] = "order-1" }); err != nil {
		t.Fatal(err)
	}
	want(t, srv, 200, "GET", "/v1/conversations/externalId=order-1", "")
	equal(t, "list", want(t, srv, 200, "GET", "/v1/customers/"+customer+"/conversations", "").ids(), []string{id})
}

func TestRandomLookupLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		var lags []time.Duration
		srv := kustomertest.New(kustomertest.Config{LookupLag: time.Hour, LookupLags: func() time.Duration {
			lags = append(lags, time.Duration(r.Int64N(int64(5*time.Second))))
			return lags[len(lags)-1]
		}})
		path := "/v1/customers/" + srv.AddCustomer() + "/conversations"
		for i := range 20 {
			want(t, srv, 201, "POST", path, `{"externalId":"a`+string(rune('a'+i))+`"}`)
			lookup := "/v1/conversations/externalId=a" + string(rune('a'+i))
			time.Sleep(lags[i] - time.Nanosecond)
			want(t, srv, 404, "GET", lookup, "")
			time.Sleep(time.Nanosecond)
			want(t, srv, 200, "GET", lookup, "")
		}
		equal(t, "lags", len(lags), 20)
	})
}
