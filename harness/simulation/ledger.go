package simulation

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A ledger is what happened at the server, written down at the moment a request is handled.
type ledger struct {
	srv     *kustomertest.Server
	objects []string // in the paths of calls that a limit of their own refuses

	mu          sync.Mutex // guards all below
	began       time.Time  // when the first request was handled
	firstEnd    time.Time  // of the first window
	accepted    int
	first       int               // refusals in the first window
	after       int               // and in all later ones
	object      map[time.Time]int // refusals of another limit than the organisation's, by when the window ends
	created     map[string]int    // conversations made, by external id
	suspect     map[string]bool   // external ids of creates that may have been applied although they failed
	lostApplied map[string]bool   // and of those that were
}

func newLedger(objects []string) *ledger {
	return &ledger{
		objects: objects, object: make(map[time.Time]int), created: make(map[string]int),
		suspect: make(map[string]bool), lostApplied: make(map[string]bool),
	}
}

// handled takes in a request and the status of its answer.
func (l *ledger) handled(r kustomertest.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	_, end := l.srv.Budget()
	if l.began.IsZero() {
		l.began, l.firstEnd = now, end
	}
	switch {
	case r.Status == http.StatusTooManyRequests && l.ofObject(r.Path):
		l.object[end]++
	case r.Status == http.StatusTooManyRequests && now.Before(l.firstEnd):
		l.first++
	case r.Status == http.StatusTooManyRequests:
		l.after++
	case r.Status >= 200 && r.Status <= 299:
		l.accepted++
	}
	if r.Applied && isCreate(r) {
		id := externalID(r)
		l.created[id]++
		if strings.Contains(r.Fault, "cut after") {
			l.lostApplied[id] = true
		}
	}
}

// spoilt takes in a request that is going to fail in a way that does not tell whether it was applied.
func (l *ledger) spoilt(r kustomertest.Request) {
	if isCreate(r) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.suspect[externalID(r)] = true
	}
}

// refused returns how often the organisation's limit refused a request so far.
func (l *ledger) refused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first + l.after
}

// objectMost returns the most refusals of other limits in one window.
func (l *ledger) objectMost() (most, all int) {
	for _, n := range l.object {
		most = max(most, n)
		all += n
	}
	return most, all
}

func (l *ledger) ofObject(path string) bool {
	for _, id := range l.objects {
		if strings.Contains(path, id) {
			return true
		}
	}
	return false
}

func isCreate(r kustomertest.Request) bool { return strings.HasPrefix(r.Path, "/v1/customers/") }

func externalID(r kustomertest.Request) string {
	var body struct{ ExternalID string }
	_ = json.Unmarshal(r.Body, &body) // the client wrote it
	return body.ExternalID
}
