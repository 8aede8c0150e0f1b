package kustomertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/webhook"
)

// received collects events by way of package webhook.
type received struct{ events []webhook.Event }

func (r *received) add(_ context.Context, e webhook.Event) error {
	r.events = append(r.events, e)
	return nil
}

func handler(t *testing.T, handle func(context.Context, webhook.Event) error, secret string) http.Handler {
	t.Helper()
	h, err := webhook.Handler(handle, []string{secret})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// withStatus responds with one status after the other, and then with the last one.
func withStatus(statuses ...int) http.Handler {
	n := 0
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(statuses[min(n, len(statuses)-1)])
		n++
	})
}

func deliver(t *testing.T, srv *kustomertest.Server) {
	t.Helper()
	if err := srv.DeliverWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// deliveryTimes returns when each delivery was made, in minutes since start, and its status.
func deliveryTimes(srv *kustomertest.Server, start time.Time) []string {
	var list []string
	for _, d := range srv.Deliveries() {
		list = append(list, fmt.Sprintf("%v %d", d.Time.Sub(start).Minutes(), d.Status))
	}
	return list
}

func TestEventsOfEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got received
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: handler(t, got.add, kustomertest.WebhookSecret)}}})
		user := current(t, srv, 200).id()
		customer := srv.AddCustomer()
		id := want(t, srv, 201, "POST", "/v1/customers/"+customer+"/conversations", `{"name":"a"}`).id()
		time.Sleep(time.Second)
		update := patch(t, srv, id, `{"name":"b","queue":{"id":"65f0a1b2c3d4e5f600000007"},"custom":{"aStr":"x"}}`)
		want(t, srv, 200, "POST", "/v1/conversations/"+id+"/tags", `["vip"]`)
		want(t, srv, 200, "POST", "/v1/conversations/"+id+"/tags", `["vip"]`) // changes nothing
		want(t, srv, 409, "PATCH", "/v1/conversations/"+id, `{"rev":1}`)
		srv.Fail(kustomertest.CutAfter())
		if _, err := try(srv, newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+id, `{"name":"c"}`)); err == nil {
			t.Error("the connection is not cut")
		}
		if err := srv.EditConversation(id, func(a map[string]any) { a["name"] = "d" }); err != nil {
			t.Fatal(err)
		}
		other := srv.AddConversation(customer)
		equal(t, "events before their delivery", len(got.events), 0)
		deliver(t, srv)

		const create, change = "kustomer.conversation.create", "kustomer.conversation.update"
		for i, want := range []struct {
			name, conversation string
			rev                int
			byUser             bool
		}{{create, id, 1, true}, {change, id, 2, true}, {change, id, 3, true}, {change, id, 4, true}, {change, id, 5, false}, {create, other, 1, false}} {
			if i >= len(got.events) {
				t.Fatalf("%d events", len(got.events))
			}
			e := got.events[i]
			equal(t, fmt.Sprintf("event %d", i), []any{e.Name, e.Conversation.ID, e.Conversation.Attributes.Rev, e.ModifiedBy(user), e.DecodeError()},
				[]any{want.name, want.conversation, want.rev, want.byUser, nil})
		}
		equal(t, "events", len(got.events), 6)

		e := got.events[1]
		var body struct{ Data any }
		if err := json.Unmarshal(e.Raw, &body); err != nil {
			t.Fatal(err)
		}
		equal(t, "record of the event", body.Data, update.data())
		equal(t, "changed attributes", slices.Sorted(maps.Keys(e.Changes.Attributes)),
			[]string{"custom", "locale", "modificationHistory", "modifiedAt", "name", "rev", "updatedAt"})
		equal(t, "changed relationships", slices.Sorted(maps.Keys(e.Changes.Relationships)), []string{"queue"})
		equal(t, "changed name", e.Changes.Attributes["name"], webhook.Change{Op: "replace", Before: []byte(`"a"`), After: []byte(`"b"`)})
		if c := e.Changes.Attributes["custom"]; c.Before != nil || string(c.After) != `{"aStr":"x"}` {
			t.Errorf("custom has changed from %s to %s", c.Before, c.After)
		}
		if string(got.events[0].Raw) == "" || got.events[0].Changes.Attributes != nil || !e.CreatedAt.Equal(time.Now()) {
			t.Errorf("create: %s", got.events[0].Raw)
		}
		for _, d := range srv.Deliveries() {
			equal(t, "header", d.Header.Get("X-Kustomer-Webhook-Event"), d.Event)
			if err := webhook.Verify(d.Body, d.Header.Get(webhook.SignatureHeader), kustomertest.WebhookSecret); err != nil || d.EventID == "" {
				t.Errorf("event %s: %v", d.EventID, err)
			}
		}
	})
}

// The observed events have a few more fields, about which nothing is known.
func TestEventHasTheShapeOfTheObserved(t *testing.T) {
	srv := sampleServer(t, kustomertest.Config{})
	srv.AddWebhook(kustomertest.Webhook{Handler: withStatus(200)})
	err := srv.EditConversation(sampleConversation, func(a map[string]any) {
		a["status"], a["tags"], a["updatedAt"], a["locale"] = "snoozed", []string{"65f0a1b2c3d4e5f600000010"}, "2026-03-02T09:20:11.424Z", nil
		a["custom"] = map[string]any{"orderNumberStr": "A-10045", "refundNum": 12.5}
		object(a["modificationHistory"])["statusAt"] = a["updatedAt"]
	})
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, srv)
	text, err := os.ReadFile("../webhook/testdata/conversation-update.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, observed map[string]any
	if err := errors.Join(json.Unmarshal(srv.Deliveries()[0].Body, &got), json.Unmarshal(text, &observed)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"persist", "client", "dataId", "meta", "snsFilters"} {
		delete(observed, name)
	}
	sameShape(t, got, observed, false)
}

func TestRedelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: withStatus(500, 302, 199, 404, 204, 200)}}})
		customer := srv.AddCustomer()
		srv.AddConversation(customer)
		start := time.Now()
		deliver(t, srv)
		equal(t, "deliveries", deliveryTimes(srv, start), []string{"0 500", "1 302", "2 199", "4 404", "9 204"})
		srv.AddConversation(customer)
		deliver(t, srv)
		all := srv.Deliveries()
		if all[0].EventID != all[4].EventID || string(all[0].Body) != string(all[4].Body) || all[4].EventID == all[5].EventID {
			t.Errorf("deliveries %v", all)
		}
	})
}

func TestFailingWebhookIsDisabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: withStatus(500), URL: "/failing"}}})
		customer := srv.AddCustomer()
		srv.AddConversation(customer)
		start := time.Now()
		err := srv.DeliverWebhooks(t.Context())
		if err == nil || !strings.Contains(err.Error(), "/failing is disabled") || !strings.Contains(err.Error(), "status 500") {
			t.Errorf("error %v", err)
		}
		equal(t, "deliveries", deliveryTimes(srv, start),
			[]string{"0 500", "1 500", "2 500", "4 500", "9 500", "19 500", "34 500", "64 500"})
		srv.AddConversation(customer)
		deliver(t, srv)
		equal(t, "deliveries", len(srv.Deliveries()), 8)
	})
}

// An event that has to be delivered again does not delay the others. A disabled webhook drops what it has not delivered.
func TestEventsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got received
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{
			{Handler: withStatus(500)}, {Handler: handler(t, got.add, "s"), Secret: "s"},
		}})
		customer := srv.AddCustomer()
		srv.AddConversation(customer)
		srv.AddConversation(customer)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := srv.DeliverWebhooks(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		equal(t, "deliveries", deliveryTimes(srv, start), []string{"0 500", "0 200", "0 500", "0 200"})
		equal(t, "events of the second webhook", len(got.events), 2)
		if err := srv.DeliverWebhooks(t.Context()); err == nil {
			t.Error("the webhook is not disabled")
		}
		equal(t, "deliveries", len(srv.Deliveries()), 2+8+7)
	})
}

func TestSlowReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := true
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if slow {
				time.Sleep(6 * time.Second)
			}
			slow = false
		})}}})
		srv.AddConversation(srv.AddCustomer())
		deliver(t, srv)
		all := srv.Deliveries()
		equal(t, "status", []int{all[0].Status, all[1].Status}, []int{0, 200})
		if !errors.Is(all[0].Err, context.DeadlineExceeded) || all[1].Time.Sub(all[0].Time) != 66*time.Second {
			t.Errorf("deliveries %v", all)
		}
	})
}

// A handler that panics does not lose the event for the test, which may recover.
func TestPanickingReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panics := true
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if panics {
				panic("broken")
			}
		})}}})
		srv.AddConversation(srv.AddCustomer())
		start := time.Now()
		func() {
			defer func() { equal(t, "panic", recover(), any("broken")) }()
			_ = srv.DeliverWebhooks(t.Context())
		}()
		panics = false
		deliver(t, srv)
		equal(t, "deliveries", deliveryTimes(srv, start), []string{"0 0", "1 200"})
		if all := srv.Deliveries(); len(all) == 0 || all[0].Err == nil {
			t.Error("the first delivery has no error")
		}
	})
}

// A delivery that the test interrupts is no failure of the webhook.
func TestInterruptedDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if n++; n <= 10 {
				<-r.Context().Done()
			}
		})}}})
		srv.AddConversation(srv.AddCustomer())
		start := time.Now()
		for range 10 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := srv.DeliverWebhooks(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			cancel()
		}
		deliver(t, srv)
		if all := srv.Deliveries(); len(all) != 11 || all[10].Status != 200 || all[10].Time.Sub(start) != 10*time.Second {
			t.Errorf("deliveries %v", deliveryTimes(srv, start))
		}
	})
}

func TestTwice(t *testing.T) {
	var got received
	srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{Handler: handler(t, got.add, kustomertest.WebhookSecret), Twice: true}}})
	srv.AddConversation(srv.AddCustomer())
	deliver(t, srv)
	equal(t, "deliveries", len(srv.Deliveries()), 2)
	equal(t, "events after package webhook has recognised the repetition", len(got.events), 1)
}

// A receiver that updates the record of each event would do so forever.
func TestReceiverThatReactsToItself(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	srv.AddWebhook(kustomertest.Webhook{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if err := srv.EditConversation(id, func(a map[string]any) { a["priority"] = 5 }); err != nil {
			t.Error(err)
		}
	})})
	patch(t, srv, id, `{"priority":4}`)
	if err := srv.DeliverWebhooks(t.Context()); err == nil || !strings.Contains(err.Error(), "still makes events") {
		t.Errorf("error %v", err)
	}
}

func TestWebhookURL(t *testing.T) {
	type request struct{ method, path, contentType, body, signature string }
	var got []request
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, request{r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(body), r.Header.Get(webhook.SignatureHeader)})
		fmt.Fprint(w, "ok")
	}))
	defer receiver.Close()
	srv := kustomertest.NewServer(t, kustomertest.Config{Webhooks: []kustomertest.Webhook{{URL: receiver.URL + "/kustomer", Secret: "other"}}})
	srv.AddConversation(srv.AddCustomer())
	deliver(t, srv)
	d := srv.Deliveries()[0]
	if len(got) != 1 || got[0] != (request{"POST", "/kustomer", "application/json", string(d.Body), d.Header.Get(webhook.SignatureHeader)}) {
		t.Errorf("received %q", got)
	}
	if err := webhook.Verify(d.Body, got[0].signature, "other"); err != nil {
		t.Error(err)
	}
	if text := fmt.Sprintf(badVerb, srv); strings.Contains(text, "other") {
		t.Errorf("printing the server shows the secret: %s", text)
	}
}

func TestUnreachableWebhook(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv := kustomertest.New(kustomertest.Config{Webhooks: []kustomertest.Webhook{{URL: "http://127.0.0.1:1"}}})
	srv.AddConversation(srv.AddCustomer())
	time.AfterFunc(50*time.Millisecond, cancel)
	err := srv.DeliverWebhooks(ctx)
	if d := srv.Deliveries(); !errors.Is(err, context.Canceled) || len(d) != 1 || d[0].Err == nil || d[0].Status != 0 {
		t.Errorf("%v, deliveries %v", err, d)
	}
}
