package clients

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

const (
	ready    = "KUSTOMER_CLIENTS" // set by make, when the programs can be run
	customer = "65f0a1b2c3d4e5f600000002"
)

// Each program creates a conversation, updates it twice, tags it, reads the definitions of attributes, looks up conversation and
// customer, removes a tag, causes every error, and asserts the responses. checkState checks the conversation that it leaves.
func TestOtherClients(t *testing.T) {
	if os.Getenv(ready) == "" {
		t.Skipf("needs Node, curl and a generated client: make test-clients sets %s when it has them", ready)
	}
	for name, command := range map[string][]string{
		"TypeScript": {"node", "../node/build/js/src/roundtrip.js"},
		"curl":       {"bash", "curl.sh"},
	} {
		t.Run(name, func(t *testing.T) {
			known := []string{customer}
			fake := kustomertest.NewServer(t, kustomertest.Config{Customers: known, Attributes: kustomertest.Attributes("orderNumberStr", "refundNum", "vipBool", "notesTxt", "@acmeReturnsRmaStr")})
			fake.AddCustomerWith(kustomertest.Customer{ID: customer, Emails: []string{"jane/doe+orders@shop.example"}, Phones: []string{"+14155550123"}})
			// Fakes that refuse or fail, by status.
			trouble := map[string]*kustomertest.Server{
				"403": kustomertest.NewServer(t, kustomertest.Config{Customers: known, Roles: []string{"org.permission.customer.read"}}),
				"429": kustomertest.NewServer(t, kustomertest.Config{Customers: known, OrgLimit: 1}),
				"500": kustomertest.NewServer(t, kustomertest.Config{Customers: known}),
				"502": kustomertest.NewServer(t, kustomertest.Config{Customers: known}),
			}
			trouble["429"].Spend(1)
			trouble["500"].Fail(kustomertest.Status(http.StatusInternalServerError, ""))
			trouble["502"].Fail(kustomertest.EdgeHTML(http.StatusBadGateway))

			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, command[0], command[1:]...)
			cmd.WaitDelay = 5 * time.Second
			cmd.Env = append(os.Environ(), "KUSTOMER_URL="+fake.URL, "KUSTOMER_API_KEY="+kustomertest.APIKey, "KUSTOMER_CUSTOMER="+customer,
				"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
			for status, srv := range trouble {
				cmd.Env = append(cmd.Env, "KUSTOMER_URL_"+status+"="+srv.URL)
			}
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Fatal(err)
			}
			checkState(t, fake)
			for status, srv := range trouble {
				if n := len(srv.Requests()); n != 1 || len(srv.Conversations()) != 0 {
					t.Errorf("the fake with status %s got %d requests and has %v", status, n, srv.Conversations())
				}
			}
		})
	}
}

// checkState checks the conversation that a program leaves.
func checkState(t *testing.T, fake *kustomertest.Server) {
	t.Helper()
	var statuses []int
	for _, r := range fake.Requests() {
		statuses = append(statuses, r.Status)
	}
	if want := []int{201, 200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 400, 400, 400, 401, 404, 409, 413}; !slices.Equal(statuses, want) {
		t.Errorf("the statuses are %v, want %v", statuses, want)
	}
	all := fake.Conversations()
	if len(all) != 1 {
		t.Fatalf("there are %d conversations", len(all))
	}
	c := all[0]
	a := c.Attributes
	if c.CustomerID != customer || c.Rev != 5 || a.ExternalID != "order-10045" || a.Name != "" || a.Status != client.StatusSnoozed ||
		!a.Snooze.Time.Equal(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)) || a.Priority != 5 || a.ExternalQueue != "amazon-connect" ||
		a.Sentiment.Polarity != -1 || a.Sentiment.Confidence != 0.8 {
		t.Errorf("the conversation is %s", c.Raw)
	}
	if !slices.Equal(c.TagNames, []string{"damaged parcel"}) {
		t.Errorf("its tags are %q", c.TagNames)
	}
	custom := map[string]string{"refundNum": "12.5", "@acmeReturnsRmaStr": `"RMA-7"`, "vipBool": "true"}
	for name, value := range custom {
		if string(a.Custom[name].Raw()) != value {
			t.Errorf("%s is %s", name, a.Custom[name].Raw())
		}
	}
	if len(a.Custom) != len(custom) {
		t.Errorf("its custom attributes are %v", a.Custom)
	}
}
