package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// Concurrent calls of a client and its clones make one conversation with two requests.
func TestConcurrentEnsuresMakeOneConversation(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault []kustomertest.Fault
		steps string
	}{
		{"nothing fails", nil, "L0 C0"},
		{"lost response", []kustomertest.Fault{creates(kustomertest.CutAfter())}, "L0 C0 L0 L0.25 L0.75 L1.75 L3.75"},
		{"lost request", []kustomertest.Fault{creates(kustomertest.CutBefore())}, "L0 C0" + allLooks + " C10"},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{LookupLag: 3 * time.Second}, unlimited)
			// In the time that the first look-up takes, all calls begin.
			r.srv.Fail(append(test.fault, lookUps(kustomertest.Delay(time.Millisecond)))...)
			clients := []*client.Client{r.Client, clone(t, r.Client), clone(t, r.Client, client.WithAPIKey(kustomertest.APIKey)), clone(t, r.Client, unlimited)}
			start := time.Now()
			var wg sync.WaitGroup
			var mu sync.Mutex
			ids, created := map[string]int{}, 0
			for i := range 40 {
				wg.Go(func() {
					conv, own, err := clients[i%len(clients)].EnsureConversation(t.Context(), r.customer, order)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
						return
					}
					ids[conv.ID]++
					conv.Attributes.Tags = append(conv.Attributes.Tags, "mine") // each caller has a conversation of its own
					if own {
						created++
					}
				})
			}
			wg.Wait()
			if len(ids) != 1 || created != 1 || r.matching("order-7") != 1 || r.steps(start) != test.steps {
				t.Errorf("%d ids, %d times created, %d conversations, %s", len(ids), created, r.matching("order-7"), r.steps(start))
			}
		})
	}
}

// Calls with other externalIds do not wait for each other.
func TestConcurrentEnsuresOfOthersDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(creates(kustomertest.Delay(time.Minute)))
		go r.ensure(t.Context())
		synctest.Wait()
		took, err := took(func() error {
			_, _, err := r.EnsureConversation(t.Context(), r.customer, client.ConversationCreate{ExternalID: new("order-8")})
			return err
		})
		if took != 0 || err != nil {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// When the first call gives up in the middle of its create, the next one continues from there.
func TestEnsureContinuesAfterOneThatGaveUp(t *testing.T) {
	for _, test := range []struct {
		name    string
		fault   kustomertest.Fault
		lag     time.Duration
		steps   string
		created bool
	}{
		{"applied", kustomertest.DelayAfter(time.Minute), 5 * time.Second, "L0 C0 L1 L1.25 L1.75 L2.75 L4.75 L8.75", false},
		{"not applied", kustomertest.Delay(time.Minute), 0, "L0 C0 L1 L1.25 L1.75 L2.75 L4.75 L8.75 L11 C11", true},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{LookupLag: test.lag}, unlimited)
			r.srv.Fail(creates(test.fault))
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var wg sync.WaitGroup
			wg.Go(func() {
				_, _, err := r.ensure(ctx)
				if got, _ := kind(err); got != "unknown" || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the first call: %v", err)
				}
			})
			synctest.Wait()
			conv, created, err := r.ensure(t.Context(), client.CallKnownAbsent())
			if err != nil || conv.Attributes.ExternalID != "order-7" || created != test.created {
				t.Errorf("the second call: created is %t, %v", created, err)
			}
			if steps := r.steps(start); steps != test.steps || r.matching("order-7") != 1 {
				t.Errorf("%d conversations, the steps are %s", r.matching("order-7"), steps)
			}
			wg.Wait()
		})
	}
}

// A call that panics in its transport leaves the turn to the next one, which does not create at once.
func TestEnsureContinuesAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil)
		panics := true
		c := clone(t, r.Client, unlimited, client.WithHTTPClient(&http.Client{Transport: transport(func(req *http.Request) (*http.Response, error) {
			resp, err := r.srv.HTTPClient().Transport.RoundTrip(req)
			if req.Method == "POST" && panics {
				panics = false
				time.Sleep(time.Second)
				panic("transport")
			}
			return resp, err
		})}))
		go func() {
			defer func() { _ = recover() }()
			_, _, _ = c.EnsureConversation(t.Context(), r.customer, order)
		}()
		synctest.Wait()
		r.srv.Fail(lookUps(kustomertest.Status(404, ""))) // it lags
		_, created, err := c.EnsureConversation(t.Context(), r.customer, order)
		if err != nil || created || r.matching("order-7") != 1 {
			t.Errorf("created is %t, %d conversations: %v", created, r.matching("order-7"), err)
		}
	})
}

// A client remembers its creates for as long as look-ups may not find them.
func TestEnsureRemembersItsCreates(t *testing.T) {
	for _, test := range []struct {
		name  string
		lag   time.Duration
		fault []kustomertest.Fault
		first []client.CallOption
		kind  string // of the first call
		pause time.Duration
		count int
		steps string // of the second call
	}{
		{"created", time.Minute, nil, nil, "success", 9 * time.Second, 1, "L9"},
		{"created, visible", 0, nil, nil, "success", 9 * time.Second, 1, "L9"},
		{"created, forgotten", time.Minute, nil, nil, "success", 11 * time.Second, 2, "C11"},
		{"created, remembered for longer", time.Minute, nil, []client.CallOption{client.CallSearchFor(20 * time.Second)}, "success", 19 * time.Second, 1, "L19"},
		{"lost request", 0, []kustomertest.Fault{creates(kustomertest.CutBefore())}, []client.CallOption{client.CallNoWait()}, "unknown", 4 * time.Second, 1, "L4 L4.25 L4.75 L5.75 L7.75 L10 C10"},
		{"lost response", 5 * time.Second, []kustomertest.Fault{creates(kustomertest.CutAfter())}, []client.CallOption{client.CallNoWait()}, "unknown", 4 * time.Second, 1, "L4 L4.25 L4.75 L5.75"},
		{"unreadable response", 5 * time.Second, []kustomertest.Fault{creates(kustomertest.ReplaceBody("{}"))}, []client.CallOption{client.CallNoWait()}, "error", 4 * time.Second, 1, "L4 L4.25 L4.75 L5.75"},
		{"lost response, late error", 20 * time.Second, []kustomertest.Fault{creates(kustomertest.CutAfter()), lookUps(with(retryable, "Retry-After", "30")), lookUps(kustomertest.Status(403, ""))}, []client.CallOption{client.CallKnownAbsent()}, "unknown",
			9 * time.Second, 1, "L39"},
		{"not created", 0, []kustomertest.Fault{creates(kustomertest.Status(403, ""))}, nil, "error", 4 * time.Second, 1, "C4"},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{LookupLag: test.lag}, unlimited)
			r.srv.Fail(test.fault...)
			start := time.Now()
			first, _, err := r.ensure(t.Context(), test.first...)
			if got, _ := kind(err); got != test.kind {
				t.Fatal(err)
			}
			time.Sleep(test.pause)
			synctest.Wait()
			r.srv.ResetRequests()
			second, created, err := clone(t, r.Client).EnsureConversation(t.Context(), r.customer, order, client.CallKnownAbsent())
			if err != nil || test.kind == "success" && (first.ID == second.ID) != (test.count == 1) || created != strings.Contains(test.steps, "C") {
				t.Errorf("created is %t: %v", created, err)
			}
			if r.steps(start) != test.steps || r.matching("order-7") != test.count {
				t.Errorf("%d conversations, the steps are %s", r.matching("order-7"), r.steps(start))
			}
		})
	}
}

// A conversation that look-ups no longer find, although they had the time, is not returned.
func TestEnsureDoesNotReturnWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		gone, _, err := r.ensure(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slow := lookUps(kustomertest.Status(403, ""))
		slow.Delay = 20 * time.Second
		r.srv.Fail(slow, creates(kustomertest.CutBefore()))
		time.Sleep(time.Second)
		go r.ensure(t.Context()) // keeps what the client remembers
		time.Sleep(time.Second)
		if err := r.srv.EditConversation(gone.ID, func(attributes map[string]any) { attributes["externalId"] = "another" }); err != nil {
			t.Fatal(err)
		}
		conv, created, err := r.ensure(t.Context())
		if err != nil || !created || conv.ID == gone.ID || r.matching("order-7") != 1 {
			t.Errorf("created is %t, %d conversations: %v", created, r.matching("order-7"), err)
		}
	})
}

// What a client remembers is for one organisation.
// Time does not pass in a bubble between two calls, so the second must not take what the first has seen for news.
func TestEnsureReturnsTheConversationAsItIs(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		conv, _, err := r.ensure(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.UpdateConversationAttributes(t.Context(), conv.ID, client.ConversationUpdate{Name: client.Value("new")}); err != nil {
			t.Fatal(err)
		}
		if conv, created, err := r.ensure(t.Context()); err != nil || created || conv.Attributes.Name != "new" {
			t.Errorf("got %v, created is %t, %v", conv, created, err)
		}
	})
}

func TestEnsureRemembersForOneOrganisation(t *testing.T) {
	key := client.WithAPIKey(kustomertest.APIKey)
	for name, test := range map[string]struct {
		opts  []client.Option
		count int
	}{
		"another key":                {[]client.Option{key}, 1},
		"another limiter":            {[]client.Option{unlimited}, 1},
		"another key and limiter":    {[]client.Option{key, unlimited}, 2},
		"another host of the server": {[]client.Option{key, unlimited, client.WithBaseURL("https://other.example")}, 2},
	} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, &fakeOptions{LookupLag: time.Minute}, unlimited)
			hc := r.srv.HTTPClient()
			toFake := client.WithHTTPClient(&http.Client{Transport: transport(func(req *http.Request) (*http.Response, error) {
				req.URL.Host = strings.TrimPrefix(r.srv.URL, "https://")
				return hc.Transport.RoundTrip(req)
			})})
			for _, c := range []*client.Client{r.Client, clone(t, r.Client, append(test.opts, toFake)...)} {
				if _, _, err := c.EnsureConversation(t.Context(), r.customer, order); err != nil {
					t.Fatal(err)
				}
			}
			if n := r.matching("order-7"); n != test.count {
				t.Errorf("there are %d conversations", n)
			}
		})
	}
}

// A concurrent call for another customer does not get the conversation, even if responses do not show the customer.
func TestConcurrentEnsureForAnotherCustomer(t *testing.T) {
	for _, bare := range []bool{false, true} {
		bubble(t, fmt.Sprintf("bare %t", bare), func(t *testing.T) {
			r := newHarness(t, &fakeOptions{BareResponses: bare}, unlimited)
			r.srv.Fail(creates(kustomertest.Delay(time.Second)))
			go r.ensure(t.Context())
			synctest.Wait()
			_, created, err := r.EnsureConversation(t.Context(), r.srv.AddCustomer(), order)
			other, ok := errors.AsType[*client.OtherCustomerError](err)
			if !ok || other.CustomerID != r.customer || other.Conversation.ID == "" || created || len(r.srv.Conversations()) != 2 {
				t.Error(err)
			}
		})
	}
}

// The wait for another call with the same externalId ends with the context, and with the wait that the call allows.
func TestEnsureDoesNotWaitTooLongForItsTurn(t *testing.T) {
	for _, test := range []struct {
		name    string
		timeout time.Duration
		opts    []client.CallOption
		took    time.Duration
		text    string // "" for success
	}{
		{"deadline", 3 * time.Second, nil, 3 * time.Second, "not sent: context deadline exceeded [not applied]: it waited for another EnsureConversation with the same externalId"},
		{"no wait", time.Hour, []client.CallOption{client.CallNoWait()}, 0, "not sent: the wait is longer than the call may take [not applied]: another EnsureConversation with the same externalId runs"},
		{"short wait", time.Hour, []client.CallOption{client.CallMaxWait(2 * time.Second)}, 2 * time.Second, "not sent: the wait is longer than the call may take [not applied]"},
		{"long wait", time.Hour, []client.CallOption{client.CallMaxWait(10 * time.Second)}, 5 * time.Second, ""},
	} {
		bubble(t, test.name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			r.srv.Fail(creates(kustomertest.Delay(5 * time.Second)))
			go r.ensure(t.Context())
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
			defer cancel()
			took, err := took(func() error { _, _, err := r.ensure(ctx, test.opts...); return err })
			if took != test.took || test.text == "" && err != nil || test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text)) {
				t.Errorf("after %v: %v", took, err)
			}
			if got, e := kind(err); err != nil && (got != "error" || e.Outcome != client.OutcomeNotApplied) {
				t.Errorf("the error is %s", got)
			}
			time.Sleep(time.Minute)
		})
	}
	// The wait for the turn counts against the limit of all waits.
	bubble(t, "both", func(t *testing.T) {
		r := newHarness(t, nil, unlimited)
		r.srv.Fail(creates(kustomertest.Delay(5*time.Second)), creates(kustomertest.CutBefore()))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second-1)
		defer cancel()
		go r.ensure(ctx)
		synctest.Wait()
		took, err := took(func() error { _, _, err := r.ensure(t.Context(), client.CallMaxWait(6*time.Second)); return err })
		if got, _ := kind(err); got != "error" || took.Round(time.Millisecond) != 5750*time.Millisecond {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// A call that fails leaves what it knows to the next one, however long it took.
func TestEnsureRemembersAfterALongFailure(t *testing.T) {
	for name, first := range map[string]kustomertest.Fault{"created": creates(kustomertest.Delay(0)), "unreadable": creates(kustomertest.ReplaceBody("{}"))} {
		bubble(t, name, func(t *testing.T) {
			r := newHarness(t, nil, unlimited)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			r.srv.Fail(first)
			r.ensure(ctx, client.CallKnownAbsent())
			r.srv.Fail(kustomertest.Delay(time.Minute))
			ctx, cancel = context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if _, _, err := r.ensure(ctx, client.CallKnownAbsent()); err == nil {
				t.Fatal("the second call succeeded")
			}
			if _, created, err := r.ensure(t.Context(), client.CallKnownAbsent()); created || err != nil || r.matching("order-7") != 1 {
				t.Errorf("created %v, %v: there are %d conversations", created, err, r.matching("order-7"))
			}
		})
	}
}

// A client does not keep what it knows about conversations without end.
func TestEnsureForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2000
		name := strings.Repeat("x", 8<<10)
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			if r.Method == "GET" {
				return testResponse{status: 404, body: `{"errors":[{"code":"notfound"}]}`}.response(r), nil
			}
			return testResponse{status: 201, body: `{"data":{"type":"conversation","id":"` + conversationID + `","attributes":{"name":"` + name + `"}}}`}.response(r), nil
		}))
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		run := func(prefix string) {
			for i := range n {
				_, created, err := c.EnsureConversation(t.Context(), customerID, client.ConversationCreate{ExternalID: new(fmt.Sprint(prefix, i))})
				if err != nil || !created {
					t.Fatal(created, err)
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		run("a")
		before := heap()
		run("b")
		if after := heap(); after > before+n<<10 {
			t.Errorf("%d bytes are kept for %d conversations", after-before, n)
		}
		runtime.KeepAlive(c)
	})
}
