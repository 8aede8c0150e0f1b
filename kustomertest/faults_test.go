package kustomertest_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// both runs a test in memory and over a socket.
func both(t *testing.T, test func(t *testing.T, srv *kustomertest.Server)) {
	t.Run("in memory", func(t *testing.T) { test(t, kustomertest.New(kustomertest.Config{})) })
	t.Run("over a socket", func(t *testing.T) { test(t, kustomertest.NewServer(t, kustomertest.Config{})) })
}

func TestStatusFault(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		id := srv.AddConversation(srv.AddCustomer())
		custom := kustomertest.Status(429, `{"errors":[]}`)
		custom.Header = http.Header{"retry-after": {"3"}, "x-ratelimit-limit": nil}
		srv.Fail(kustomertest.Status(503, ""), custom, kustomertest.Fault{Status: 500, Apply: true}, kustomertest.Status(42, ""))
		path := "/v1/conversations/" + id

		r := want(t, srv, 503, "PATCH", path, `{"name":"a"}`)
		equal(t, "title", r.firstError()["title"], "Service Unavailable")
		equal(t, "headers", rate(r), []string{"1000", "999", ""})
		r = want(t, srv, 429, "PATCH", path, `{"name":"a"}`)
		equal(t, "headers", append(rate(r), r.header.Get("Retry-After"), r.text), []string{"", "998", "", "3", `{"errors":[]}`})
		if snap, _ := srv.Conversation(id); snap.Rev != 1 {
			t.Error("a call with a fault's status was applied")
		}
		want(t, srv, 500, "PATCH", path, `{"name":"a"}`)
		if snap, _ := srv.Conversation(id); snap.Rev != 2 {
			t.Error("the call was not applied")
		}
		want(t, srv, 500, "GET", path, "") // 42 is not a valid status
		want(t, srv, 200, "GET", path, "")

		var applied []bool
		for _, rec := range srv.Requests() {
			applied = append(applied, rec.Applied)
		}
		equal(t, "applied", applied, []bool{false, false, true, false, false})
		equal(t, "fault", srv.Requests()[2].Fault, "status 500, applied")
	})
}

func TestEdgeFault(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		srv.Fail(kustomertest.EdgeHTML(502))
		r := current(t, srv, 502)
		if !strings.HasPrefix(r.text, "<html>") || r.header.Get("Content-Type") != "text/html" {
			t.Errorf("response %q %v", r.text, r.header)
		}
		for name := range r.header {
			if name == "X-Kustomer-Pod" || strings.HasPrefix(name, "X-Ratelimit") {
				t.Errorf("the edge sends %s", name)
			}
		}
		equal(t, "budget", rate(current(t, srv, 200))[1], "999")
	})
}

func TestLostConnections(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		id := srv.AddConversation(srv.AddCustomer())
		srv.Fail(kustomertest.RefuseConnection(), kustomertest.CutBefore(), kustomertest.CutAfter())
		for i, rev := range []int{1, 1, 2} {
			_, err := try(srv, newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+id, `{"name":"a"}`))
			if err == nil {
				t.Fatalf("call %d got a response", i)
			}
			if snap, _ := srv.Conversation(id); snap.Rev != rev {
				t.Errorf("after call %d rev is %d, want %d", i, snap.Rev, rev)
			}
			if rec := srv.Requests()[i]; rec.Applied != (rev == 2) || rec.Status != 0 || rec.Fault == "" {
				t.Errorf("record of call %d: %+v", i, rec)
			}
		}
		equal(t, "budget", rate(current(t, srv, 200))[1], "998")
	})
}

func TestErrorsOfLostConnections(t *testing.T) {
	own := errors.New("the error of the test")
	dial := func(err error) bool {
		op, ok := errors.AsType[*net.OpError](err)
		return ok && op.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED)
	}
	for _, tt := range []struct {
		fault kustomertest.Fault
		is    func(error) bool
	}{
		{kustomertest.RefuseConnection(), dial},
		{kustomertest.CutBefore(), func(err error) bool {
			op, ok := errors.AsType[*net.OpError](err)
			return ok && op.Op == "read" && errors.Is(err, syscall.ECONNRESET)
		}},
		{kustomertest.CutAfter(), func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		{kustomertest.Fault{Connection: kustomertest.ConnectionCutAfter, Err: own}, func(err error) bool { return errors.Is(err, own) }},
	} {
		srv := kustomertest.New(kustomertest.Config{})
		srv.Fail(tt.fault)
		if _, err := try(srv, newRequest(t.Context(), srv, "GET", "/v1/users/current", "")); !tt.is(err) {
			t.Errorf("%s: error %v", tt.fault.String(), err)
		}
	}
}

func TestChangedBodies(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		id := srv.AddConversation(srv.AddCustomer())
		srv.Fail(kustomertest.TruncateBody(20), kustomertest.TruncateBody(0), kustomertest.TruncateBody(1<<20),
			kustomertest.ReplaceBody("\x00"), kustomertest.ReplaceBody(""))
		for i, tt := range []struct {
			length int
			err    error
		}{{20, io.ErrUnexpectedEOF}, {0, io.ErrUnexpectedEOF}, {-1, nil}, {1, nil}, {0, nil}} {
			r, err := try(srv, newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+id, `{"name":"a"}`))
			if !errors.Is(err, tt.err) || tt.length >= 0 && len(r.text) != tt.length {
				t.Errorf("call %d: %q, %v; want %d bytes, %v", i, r.text, err, tt.length, tt.err)
			}
			if r.status != 200 {
				t.Errorf("call %d: status %d", i, r.status)
			}
		}
		equal(t, "rev", get(t, srv, id).attributes()["rev"], 6)
	})
}

func TestWhichCallsFail(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	tagging := kustomertest.Status(500, "")
	tagging.Times = 2
	tagging.Match = func(r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		return r.Method == "POST" && strings.HasSuffix(r.URL.Path, "/tags") && bytes.Contains(body, []byte("vip")) &&
			r.Header.Get("Authorization") == kustomertest.Redacted && len(srv.Requests()) >= 0
	}
	srv.Fail(tagging)
	path := "/v1/conversations/" + id + "/tags"
	get(t, srv, id)
	want(t, srv, 200, "POST", path, `["other"]`)
	want(t, srv, 500, "POST", path, `["vip"]`)
	want(t, srv, 500, "POST", path, `["vip"]`)
	want(t, srv, 200, "POST", path, `["vip"]`)

	srv.Fail(kustomertest.Fault{Status: 502, Times: -1}, kustomertest.Status(503, ""))
	for range 3 {
		current(t, srv, 502)
	}
	srv.ClearFaults()
	current(t, srv, 200)
}

func TestFaultHook(t *testing.T) {
	run := func() []int {
		random := rand.New(rand.NewPCG(1, 2))
		srv := kustomertest.New(kustomertest.Config{Faults: func(r kustomertest.Request) *kustomertest.Fault {
			if r.Path != "/v1/users/current" || random.IntN(2) == 0 {
				return nil
			}
			return &kustomertest.Fault{Status: 500}
		}})
		srv.Fail(kustomertest.Status(503, ""))
		var all []int
		for range 20 {
			all = append(all, send(t, srv, "GET", "/v1/users/current", "").status)
		}
		return all
	}
	first := run()
	equal(t, "second run", run(), first)
	if first[0] != 503 || !slices.Contains(first, 500) || !slices.Contains(first, 200) {
		t.Errorf("statuses %v", first)
	}
}

func TestDelaysAndLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := time.Duration(0)
		srv, id := newConversation(t, kustomertest.Config{Latency: func() time.Duration { n++; return n * 10 * time.Second }})
		srv.Fail(kustomertest.Delay(time.Second), kustomertest.DelayAfter(2*time.Second))
		begin := time.Now()
		patch(t, srv, id, `{"name":"a"}`)
		get(t, srv, id)
		if took := time.Since(begin); took != 33*time.Second {
			t.Errorf("two calls took %s, want 33s", took)
		}
		// Half of the latency passes before the call is handled.
		equal(t, "changed at", get(t, srv, id).attributes()["updatedAt"], "2000-01-01T00:00:06.000Z")
	})
}

func TestConcurrentCalls(t *testing.T) {
	both(t, func(t *testing.T, srv *kustomertest.Server) {
		id := srv.AddConversation(srv.AddCustomer())
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if i%5 == 0 {
					srv.Fail(kustomertest.Delay(time.Microsecond))
					srv.Spend(1)
				}
				if r, err := try(srv, newRequest(t.Context(), srv, "PATCH", "/v1/conversations/"+id, `{"custom":{"aNum":1}}`)); err != nil || r.status != 200 {
					t.Errorf("status %d, error %v", r.status, err)
				}
				srv.Requests()
				srv.Conversations()
			})
		}
		wg.Wait()
		equal(t, "rev", get(t, srv, id).attributes()["rev"], 21)
	})
}

func TestRandomFaults(t *testing.T) {
	for share, want := range map[float64][2]int{0: {0, 0}, 0.05: {20, 80}, 1: {1000, 1000}} {
		srv := kustomertest.New(kustomertest.Config{OrgLimit: -1, Faults: kustomertest.RandomFaults(share, 7)})
		kinds := map[string]int{}
		for range 1000 {
			r, err := try(srv, newRequest(t.Context(), srv, "GET", "/v1/users/current", ""))
			if err != nil {
				kinds["cut"]++
			} else if r.status != 200 {
				kinds[strconv.Itoa(r.status)]++
			}
		}
		if n := kinds["cut"] + kinds["429"] + kinds["503"]; n < want[0] || n > want[1] {
			t.Errorf("a share of %v: %d of 1000 calls failed, want %d to %d", share, n, want[0], want[1])
		}
		if share == 1 && (kinds["cut"] < 400 || kinds["429"] < 200 || kinds["503"] < 200) {
			t.Errorf("the faults are not equally likely: %v", kinds)
		}
	}
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a share of %v is accepted", share)
				}
			}()
			kustomertest.RandomFaults(share, 1)
		}()
	}
}
