package client_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

var (
	ensures    = flag.Int("ensures", 500, "how many conversations TestEnsureUnderFaults creates")
	ensureSeed = flag.Uint64("ensureseed", 1, "seed of its random source")
)

// 16 workers create many conversations by EnsureConversation while connections are cut, servers fail, look-ups lag, calls are
// canceled and processes are killed. There must be no duplicates. With -ensures 10000 it takes some minutes.
func TestEnsureUnderFaults(t *testing.T) {
	for _, test := range []struct {
		name     string
		unique   bool
		faults   bool
		maxLag   time.Duration
		opts     []client.CallOption
		requests float64 // per conversation, at most; 0 is no limit
		blind    bool    // there must be duplicates, to see that the check finds them
	}{
		{name: "nothing fails", maxLag: 5 * time.Second, requests: 2.05},
		{name: "nothing fails, known absent", maxLag: 5 * time.Second, opts: []client.CallOption{client.CallKnownAbsent()}, requests: 1},
		{name: "faults", faults: true, maxLag: 5 * time.Second},
		{name: "faults, unique externalIds", faults: true, unique: true, maxLag: 5 * time.Second},
		{name: "faults, known absent", faults: true, maxLag: 5 * time.Second, opts: []client.CallOption{client.CallKnownAbsent()}},
		{name: "faults, lags beyond the setting", faults: true, maxLag: 40 * time.Second, blind: true},
	} {
		bubble(t, test.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(*ensureSeed, 0)) // the fake calls its hooks one at a time
			fake := &fakeOptions{
				UniqueExternalIDs: test.unique, CreateLimit: -1, OrgLimit: 2000, BareResponses: true,
				Latency: func() time.Duration { return 20*time.Millisecond + time.Duration(rng.IntN(300))*time.Millisecond },
			}
			fake.LookupLags = func() time.Duration { return time.Duration(rng.Int64N(int64(test.maxLag))) }
			if test.faults {
				fake.Faults = func(r kustomertest.Request) *kustomertest.Fault { return ensureFault(rng, r.Method == "POST") }
			}
			ec := &ensureChecker{t: t, harness: newHarness(t, fake), opts: test.opts, results: make(map[string]*ensureResult)}
			ec.run(*ensures, test.faults)
			ec.check(test.blind)
			perCreate := float64(ec.sent()) / float64(*ensures)
			t.Logf("%d conversations, %.3f requests each, %d calls of unknown outcome, %d failed", *ensures, perCreate, ec.unknown, ec.failed)
			if test.requests != 0 && perCreate > test.requests {
				t.Errorf("%.3f requests per conversation, at most %v", perCreate, test.requests)
			}
			if test.faults && (ec.unknown == 0 || ec.failed == 0) {
				t.Errorf("%d unknown and %d failed calls check nothing", ec.unknown, ec.failed)
			}
		})
	}
}

// ensureFault returns the fault of a request, or nil.
func ensureFault(rng *rand.Rand, create bool) *kustomertest.Fault {
	faults := []kustomertest.Fault{
		kustomertest.CutBefore(), kustomertest.Status(503, ""), kustomertest.EdgeHTML(502), kustomertest.Delay(time.Minute),
		kustomertest.RefuseConnection(), kustomertest.Status(429, ""), kustomertest.TruncateBody(9),
	}
	if create {
		faults = append(faults, kustomertest.CutAfter(), appliedBut(503), appliedBut(500), kustomertest.DelayAfter(time.Minute), kustomertest.ReplaceBody("{}"))
	}
	if i := rng.IntN(5 * len(faults)); i < len(faults) {
		return &faults[i]
	}
	return nil
}

// An ensureResult is what the calls with one externalId returned.
type ensureResult struct {
	ids         map[string]int // of the conversations that calls returned
	created     int            // calls that say so
	unknownAt   time.Time      // when the first call of unknown outcome ended
	notExisting []time.Time    // when calls ended that say that they created nothing
}

// An ensureChecker calls EnsureConversation, and checks the results.
type ensureChecker struct {
	*harness
	t       *testing.T
	opts    []client.CallOption
	mu      sync.Mutex
	results map[string]*ensureResult

	unknown, failed int // calls
}

// run creates n conversations. With faults, some externalIds are used by two workers at once, and some calls are killed.
func (ec *ensureChecker) run(n int, faults bool) {
	for i := range n {
		ec.results[fmt.Sprintf("order-%d", i)] = &ensureResult{ids: make(map[string]int)}
	}
	jobs := make(chan string)
	var wg sync.WaitGroup
	for worker := range 16 {
		rng := rand.New(rand.NewPCG(*ensureSeed, uint64(worker)+1))
		wg.Go(func() {
			for id := range jobs {
				ec.job(rng, id, faults)
			}
		})
	}
	for i := range n {
		id := fmt.Sprintf("order-%d", i)
		jobs <- id
		if faults && i%10 == 0 {
			jobs <- id
		}
	}
	close(jobs)
	wg.Wait()
}

// job calls EnsureConversation until it succeeds.
func (ec *ensureChecker) job(rng *rand.Rand, id string, faults bool) {
	c, opts := ec.Client, ec.opts
	twice := id[len(id)-1] == '0'
	for range 20 {
		ctx, cancel := context.WithCancel(ec.t.Context())
		killed := faults && !twice && rng.IntN(10) == 0
		if faults && rng.IntN(10) == 0 || killed {
			time.AfterFunc(time.Duration(rng.IntN(1000))*time.Millisecond, cancel)
		}
		conv, created, err := c.EnsureConversation(ctx, ec.customer, client.ConversationCreate{ExternalID: &id}, opts...)
		cancel()
		if ec.note(id, conv, created, err) {
			return
		}
		if killed { // another process goes on
			c = newClientOf(ec.t, ec.srv)
			opts = []client.CallOption{client.CallBegunAt(time.Now())}
		}
	}
	ec.t.Errorf("%s: no success in 20 calls", id)
}

func newClientOf(t *testing.T, srv *kustomertest.Server) *client.Client {
	c, err := client.New(client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(&http.Client{Transport: srv.HTTPClient().Transport}))
	if err != nil {
		t.Error(err)
	}
	return c
}

// note notes the result of a call, and reports whether the conversation is known.
func (ec *ensureChecker) note(id string, conv *client.Conversation, created bool, err error) bool {
	ec.mu.Lock()
	defer ec.mu.Unlock()
	r := ec.results[id]
	kind, e := kind(err)
	switch {
	case err == nil:
		r.ids[conv.ID]++
		if created {
			r.created++
		}
		return true
	case kind == "unknown" || kind == "error" && e.Outcome == client.OutcomeApplied:
		ec.unknown++
		if r.unknownAt.IsZero() {
			r.unknownAt = time.Now()
		}
	case (kind == "error" || kind == "rate limit") && e.Outcome == client.OutcomeNotApplied:
		ec.failed++
		if r.unknownAt.IsZero() && id[len(id)-1] != '0' {
			r.notExisting = append(r.notExisting, time.Now())
		}
	default:
		ec.t.Errorf("%s: %v", id, err)
	}
	if errors.Is(err, client.ErrNotFound) {
		ec.t.Errorf("%s: the error says that there is none: %v", id, err)
	}
	return false
}

// check compares what the calls returned with what there is.
func (ec *ensureChecker) check(blind bool) {
	existing := make(map[string][]kustomertest.Conversation)
	for _, conv := range ec.srv.Conversations() {
		existing[conv.Attributes.ExternalID] = append(existing[conv.Attributes.ExternalID], conv)
	}
	duplicates := 0
	for id, r := range ec.results {
		all := existing[id]
		if len(all) == 0 {
			ec.t.Fatalf("%s is lost", id)
		}
		duplicates += len(all) - 1
		if blind {
			continue
		}
		if r.ids[all[0].ID] == 0 || len(r.ids) != 1 || len(all) > 1 {
			ec.t.Errorf("%s: calls returned %v, there are %d", id, r.ids, len(all))
		}
		if r.created > 1 || r.created == 0 && r.unknownAt.IsZero() {
			ec.t.Errorf("%s: %d calls say that they created it", id, r.created)
		}
		for _, at := range r.notExisting {
			if all[0].Attributes.CreatedAt.Before(at) {
				ec.t.Errorf("%s: a call failed at %v, although it had created it at %v", id, at, all[0].Attributes.CreatedAt)
			}
		}
	}
	if blind != (duplicates > 0) {
		ec.t.Errorf("%d duplicates", duplicates)
	}
}
