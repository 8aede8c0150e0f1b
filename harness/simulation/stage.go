package simulation

import (
	"net/http"
	"testing"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A stage is a scenario set up: server, clients and records to work on.
type stage struct {
	Scenario
	srv           *kustomertest.Server
	ledger        *ledger
	clients       []*client.Client
	customers     []string   // for Many
	conversations []string   // for Many
	own           []string   // by pool: its one conversation or customer
	creates       [][]create // by pool: what was meant to be created
}

// manyRecords is how many conversations and customers calls of the target Many go around.
const manyRecords = 300

func newStage(t *testing.T, s Scenario, r Regime, seed uint64) *stage {
	t.Helper()
	st := &stage{Scenario: s, ledger: newLedger(nil)}
	st.srv = kustomertest.New(s.serverConfig(r, seed, st.ledger))
	st.ledger.srv = st.srv
	for range manyRecords {
		customer := st.srv.AddCustomer()
		st.customers = append(st.customers, customer)
		st.conversations = append(st.conversations, st.srv.AddConversation(customer))
	}
	for _, p := range s.Pools {
		own := ""
		switch p.Target {
		case OneConversation:
			own = st.srv.AddConversation(st.customers[0])
		case OneCustomer:
			own = st.srv.AddCustomer()
		}
		if own != "" {
			st.ledger.objects = append(st.ledger.objects, own)
		}
		st.own = append(st.own, own)
		st.creates = append(st.creates, make([]create, p.Calls))
	}
	for range s.clients() {
		c, err := client.New(s.clientOptions(st.srv)...)
		if err != nil {
			t.Fatal(err)
		}
		st.clients = append(st.clients, c)
	}
	return st
}

// clientOptions are those of each client.
func (s Scenario) clientOptions(srv *kustomertest.Server) []client.Option {
	opts := []client.Option{
		client.WithBaseURL(srv.URL), client.WithAPIKey(kustomertest.APIKey), client.WithHTTPClient(srv.HTTPClient()),
	}
	if s.Naive {
		opts = append(opts, client.WithLimiter(ratelimit.Unlimited), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	} else {
		config := ratelimit.Config{Reserve: s.Reserve}
		if s.Reserve == 0 {
			config.Reserve = -1 // none; 0 is the default
		}
		limiter, err := ratelimit.New(config)
		if err != nil {
			panic(err)
		}
		opts = append(opts, client.WithLimiter(limiter))
	}
	return append(opts, s.Options...)
}

func (s Scenario) serverConfig(r Regime, seed uint64, l *ledger) kustomertest.Config {
	headers := stream(seed, "headers")
	return kustomertest.Config{
		BareResponses: true, // saves a third of the time of a run
		OrgLimit:      s.limit(),
		ObjectLimit:   s.ObjectLimit,
		ResetHeader:   r.Reset,
		ClockSkew:     s.Skew,
		Latency:       latencies(seed, s.pace()),
		Faults:        s.Faults.hook(seed, l),
		OmitRateHeaders: func(r kustomertest.Request) bool {
			l.handled(r)
			return headers.Float64() < s.Faults.NoRateHeaders
		},
		AlignedWindows:        r.Aligned,
		IdempotentExternalIDs: s.ExternalIDs == Idempotent,
		UniqueExternalIDs:     s.ExternalIDs == Unique,
	}
}

// hook draws what goes wrong with each call.
func (f Faults) hook(seed uint64, l *ledger) func(kustomertest.Request) *kustomertest.Fault {
	rng := stream(seed, "faults")
	return func(r kustomertest.Request) *kustomertest.Fault {
		p := rng.Float64()
		pick := func(share float64) bool {
			p -= share
			return p < 0
		}
		var fault kustomertest.Fault
		switch {
		case pick(f.Unavailable):
			fault = kustomertest.Status(http.StatusServiceUnavailable, "")
		case pick(f.CutBefore):
			fault = kustomertest.CutBefore()
		case pick(f.CutAfter):
			fault = kustomertest.CutAfter()
		case pick(f.NoDate):
			return &kustomertest.Fault{Header: http.Header{"Date": nil}}
		default:
			return nil
		}
		l.spoilt(r)
		return &fault
	}
}
