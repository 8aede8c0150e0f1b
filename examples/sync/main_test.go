package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

const (
	searchFor = 200 * time.Millisecond
	lookupLag = searchFor / 4
)

// writeOrders writes a file of n orders for 10 customers.
func writeOrders(t *testing.T, srv *server, n int) string {
	t.Helper()
	text, customer := header+"\n", ""
	for i := range n {
		if i%max(1, n/10) == 0 {
			customer = srv.AddCustomer()
		}
		text += fmt.Sprintf("A-%d,%s,Order %d,%d.50,paid;web shop\n", i, customer, i, i)
	}
	return writeFile(t, text)
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantConversations checks that there is exactly one conversation, with all its attributes, of each of n orders.
func wantConversations(t *testing.T, srv *server, n int) {
	t.Helper()
	of := make(map[string]int)
	for _, conv := range srv.Conversations() {
		id := conv.Attributes.ExternalID
		of[id]++
		number := strings.TrimPrefix(id, "A-")
		amountNum, _, err := custom.Decimal("amount").Get(conv.Attributes.Custom)
		if err != nil || amountNum.String() != number+".50" || conv.Attributes.Name != "Order "+number ||
			!slices.Equal(conv.TagNames, []string{"paid", "web shop"}) {
			t.Errorf("order %q has the name %q, the amount %v (error: %v) and the tags %q", id, conv.Attributes.Name, amountNum, err, conv.TagNames)
		}
	}
	for i := range n {
		if id := fmt.Sprintf("A-%d", i); of[id] != 1 {
			t.Errorf("order %s has %d conversations, want 1", id, of[id])
		}
	}
	if len(of) != n {
		t.Errorf("%d orders have conversations, want %d", len(of), n)
	}
}

func TestKilledJobMakesNoDuplicates(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random, faults := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
	srv := newServer(t, kustomertest.Config{
		LookupLag: lookupLag,
		Faults: func(r kustomertest.Request) *kustomertest.Fault {
			var fault kustomertest.Fault
			switch n := faults.IntN(40); {
			case r.Method == "POST" && n == 0:
				fault = kustomertest.CutBefore()
			case r.Method == "POST" && n == 1:
				fault = kustomertest.CutAfter()
			}
			return &fault
		},
	})
	const orders, kills, most = 300, 10, 50 // fewer requests than the orders need
	path := writeOrders(t, srv, orders)
	for range kills {
		stop := srv.stopAt(random.IntN(most))
		p := start(t, srv, path)
		p.waitStop(t, stop)
		p.Process.Kill()
		<-p.ended
		srv.settle(t)
	}
	start(t, srv, path).waitEnd(t, 0)
	wantConversations(t, srv, orders)

	srv.ResetRequests()
	start(t, srv, path).waitEnd(t, 0)
	if sent := srv.Requests(); len(sent) > 0 {
		t.Errorf("sync sent %d requests for orders that are done", len(sent))
	}
}

func TestFirstSignalFinishesWhatIsUnderWay(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			srv := newServer(t, kustomertest.Config{})
			path := writeOrders(t, srv, 100)
			stop, release := srv.holdAt(t, 60)
			p := start(t, srv, path)
			p.waitStop(t, stop)
			p.Process.Signal(signal)
			p.waitFor(t, "finishing")
			release()
			p.waitEnd(t, 1)

			count := make(map[string]int)
			for _, step := range lastSteps(path) {
				count[step]++
			}
			if n := count["done"]; n == 0 || n == 100 || n != len(srv.Conversations()) || len(count) != 1 {
				t.Errorf("the last steps of the orders are %v, and there are %d conversations", count, len(srv.Conversations()))
			}
			start(t, srv, path).waitEnd(t, 0)
			wantConversations(t, srv, 100)
		})
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	srv := newServer(t, kustomertest.Config{LookupLag: lookupLag})
	path := writeOrders(t, srv, 50)
	stop, release := srv.holdAt(t, 30)
	p := start(t, srv, path)
	p.waitStop(t, stop)
	p.Process.Signal(os.Interrupt)
	p.waitFor(t, "finishing")
	p.Process.Signal(syscall.SIGTERM) // a shell may have started this test with SIGINT ignored, which sync inherits
	<-p.ended
	if got := p.ProcessState.String(); got != "signal: terminated" {
		t.Errorf("sync ended with %q, want the signal", got)
	}
	release()
	srv.settle(t)
	start(t, srv, path).waitEnd(t, 0)
	wantConversations(t, srv, 50)
}

func TestSecondProcessIsRefused(t *testing.T) {
	srv := newServer(t, kustomertest.Config{})
	path := writeOrders(t, srv, 20)
	stop, release := srv.holdAt(t, 1)
	first := start(t, srv, path)
	first.waitStop(t, stop)
	second := start(t, srv, path)
	second.waitFor(t, "orders.csv.journal is locked, probably by another sync")
	second.waitEnd(t, 1)
	release()
	first.waitEnd(t, 0)
	wantConversations(t, srv, 20)
}

func TestRejects(t *testing.T) {
	srv := newServer(t, kustomertest.Config{})
	customer := srv.AddCustomer()
	err := srv.EditConversation(srv.AddConversation(srv.AddCustomer()), func(attributes map[string]any) { attributes["externalId"] = "A-5" })
	if err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "\ufeff"+header+"\n"+
		"A-1,"+customer+",Fine,1,\n"+
		"A-2,two words,Several mistakes,12 EUR,#vip;paid;paid\n"+
		"A-3,nobody,No such customer,3,\n"+
		","+customer+",No order,4,\n"+
		"A-5,"+customer+",Taken,5,\n")
	for range 2 { // the second run rejects them again
		start(t, srv, path).waitEnd(t, 0)
		rows, err := csv.NewReader(strings.NewReader(readFile(t, path+".rejects.csv"))).ReadAll()
		if err != nil || len(rows) != 5 || rows[0][5] != "reason" {
			t.Fatalf("the file of rejects has the rows %q (error: %v), want a header and 4 rows", rows, err)
		}
		slices.SortFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[3], b[3]) })
		for i, reasons := range [][]string{
			{"customerID", "tags[0]", "tags", "custom.amountNum"}, {"404 Not Found"}, {"externalId"}, {"belongs to another customer"},
		} {
			for _, reason := range reasons {
				if !strings.Contains(rows[i+1][5], reason) {
					t.Errorf("row %q does not have the reason %q", rows[i+1], reason)
				}
			}
		}
	}
	if n := len(srv.Conversations()); n != 2 {
		t.Errorf("there are %d conversations, want 2", n)
	}
}

func TestBadKeyEndsTheJob(t *testing.T) {
	srv := newServer(t, kustomertest.Config{APIKey: "another"})
	p := start(t, srv, writeOrders(t, srv, 100))
	p.waitEnd(t, 1)
	p.waitFor(t, "401")
	if n := len(srv.Requests()); n > 16 {
		t.Errorf("sync sent %d requests with a bad key, want at most one of each worker", n)
	}
}

func TestJournalSurvivesAKill(t *testing.T) {
	path := writeFile(t, "")
	order := func(id string) order { return order{id: id, row: 2} }
	j := openJournal(path + ".journal")
	for _, id := range []string{"A-1", `two words "quoted"`, "zwei\nZeilen", ""} {
		j.write("begun", order(id))
	}
	j.write("done", order("A-1"))
	j.file.Close()
	whole := readFile(t, path+".journal")
	last := strings.LastIndex(whole, "\n")
	for end := last; end <= len(whole); end++ { // a kill cuts off the last line
		if err := os.WriteFile(path+".journal", []byte(whole[:end]), 0o600); err != nil {
			t.Fatal(err)
		}
		j := openJournal(path + ".journal")
		if step := j.last["A-1"]; step != "begun" && step != "done" || len(j.last) != 4 {
			t.Fatalf("the last steps after %q are %q", whole[last:end], j.last)
		}
		j.write("rejected", order("A-2"))
		j.file.Close()
		if steps := lastSteps(path); steps["A-2"] != "rejected" || len(steps) != 5 {
			t.Fatalf("the last steps after %q and another line are %q", whole[last:end], steps)
		}
	}
}

// lastSteps returns the last step of each order in the journal.
func lastSteps(path string) map[string]string {
	j := openJournal(path + ".journal")
	defer j.file.Close()
	return j.last
}

func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		c, path, err := demo(0.02) // with 5 %, all four attempts of some look-up fail in one of 1,000 runs
		if err != nil {
			t.Fatal(err)
		}
		run(t.Context(), c, path, 10*time.Second)
		if steps := lastSteps(path); steps["A-1"] != "rejected" || steps["A-2"] != "rejected" || steps["A-3"] != "done" || len(steps) != 300 {
			t.Errorf("%d orders have steps: %q", len(steps), steps)
		}
	})
}
