package redislimit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// A FleetStatus is what the members of an organisation's pool have told each other.
type FleetStatus struct {
	// Window is the current window of the budget, relative to the time of the call. Its Epoch is 0 if nothing is known.
	Window  ratelimit.Window
	Members []Member // by name
}

// A Member is a limiter that has reported within the last 2 minutes.
type Member struct {
	Name        string        // see [WithMemberName]
	Sent        int           // requests in this window whose responses were counted
	Outstanding int           // requests in flight and the lease: those that it may still send
	Wanted      int           // requests that it waited to send in the next quarter of a second
	LastSeen    time.Duration // since its last report
	// Idle: it has not reported for 3 seconds, because it has nothing to send, waits for the next window, has ended, or does
	// not reach the store. Outstanding and Wanted are then 0.
	Idle bool
}

// memberKept is how long a member is listed after its last report.
const memberKept = 2 * time.Minute

// fleetScript reads the store's time on the server that has the keys.
var fleetScript = redis.NewScript(`return {redis.call('TIME'), redis.call('HGETALL', KEYS[1])}`)

// Fleet returns the state of the pool that [New] uses with the same arguments. It only reads, so any program may call it. Its
// time grows with the number of members: it is for a dashboard. Of the options, only [WithKeyPrefix] matters. It returns as
// soon as ctx is done, even if the client waits for longer.
func Fleet(ctx context.Context, rdb redis.UniversalClient, org string, opts ...Option) (FleetStatus, error) {
	s, err := newSettings(rdb, org, opts)
	if err != nil {
		return FleetStatus{}, err
	}
	reply, err := run(ctx, rdb, fleetScript, s.keys[:1], nil, func() {})
	if err != nil {
		return FleetStatus{}, fmt.Errorf("redislimit: %w", err)
	}
	var f FleetStatus
	if err := f.read(reply); err != nil {
		return FleetStatus{}, fmt.Errorf("redislimit: the state in the store cannot be read: %w", err)
	}
	slices.SortFunc(f.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}

func (f *FleetStatus) read(reply []any) error {
	var state, clock []string
	for i, to := range []*[]string{&clock, &state} {
		list, _ := reply[i].([]any)
		for _, value := range list {
			text, _ := value.(string)
			*to = append(*to, text)
		}
	}
	packed := map[string]string{}
	for pair := range slices.Chunk(state, 2) {
		packed[pair[0]] = pair[1]
	}
	pool, ok := packed["pool"]
	if !ok {
		f.Window = ratelimit.Window{Limit: -1, Remaining: -1}
		return nil
	}
	delete(packed, "pool")
	t, err := numbers(clock, 2)
	if err != nil {
		return err
	}
	// The order of the numbers is that in packPool and packMember in state.lua.
	_, pool, _ = strings.Cut(pool, " ") // the prober
	n, err := numbers(strings.Fields(pool), 11)
	if err != nil {
		return err
	}
	now := max(t[0]*1e6+t[1]+n[1], n[0])
	since := func(from, to int64) time.Duration { return time.Duration(to-from) * time.Microsecond }
	f.Window = ratelimit.Window{
		Epoch: n[2], Limit: int(n[3]), Top: int(n[4]), Remaining: int(n[5]), SawStart: n[6] == 1, NoReset: n[7]%2 == 1,
		Age: since(n[8], now), Earliest: since(now, n[9]), Latest: since(now, n[10]),
	}
	for _, member := range packed {
		name, rest, _ := strings.Cut(member, " ")
		n, err := numbers(strings.Fields(rest), 9)
		if err != nil {
			return err
		}
		m := Member{Name: name, Outstanding: int(n[3]), Wanted: int(n[5]), LastSeen: since(n[8], now)}
		if m.LastSeen >= memberKept {
			continue // only an exchange removes it from the store
		}
		if n[1] == f.Window.Epoch {
			m.Sent = int(n[2])
		}
		if m.Idle = m.LastSeen >= 3*time.Second; m.Idle {
			m.Outstanding, m.Wanted = 0, 0
		}
		f.Members = append(f.Members, m)
	}
	return nil
}

// numbers reads the first n of some numbers.
func numbers(texts []string, n int) ([]int64, error) {
	if len(texts) < n {
		return nil, fmt.Errorf("%d numbers instead of %d", len(texts), n)
	}
	all := make([]int64, n)
	for i := range all {
		var err error
		if all[i], err = strconv.ParseInt(texts[i], 10, 64); err != nil {
			return nil, err
		}
	}
	return all, nil
}
