package redislimit

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// encode returns the arguments of the script: id, name and numbers of the member, then id and numbers of each record. The
// script checks all of them again, because another program may send something else.
func (p *pool) encode(r *ratelimit.Report) ([]any, error) {
	w := &r.Window
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("the report is not valid: %w", err)
	}
	args := []any{hashed(r.Member), p.name, pack(
		p.seq.Add(1), w.Epoch, int64(w.Limit), int64(w.Top), int64(w.Remaining), flag(w.SawStart), flag(w.NoReset), micros(w.Age),
		micros(w.Earliest), micros(w.Latest), flag(w.Moved), int64(r.Own), int64(r.InFlight), int64(r.Lease), int64(r.Interactive),
		int64(r.Background), int64(r.Reserve), int64(r.ReserveBackground), flag(r.Probe), flag(r.Probing), micros(r.Patience),
		flag(r.Rejoining), int64(r.People), micros(r.PeopleAgo), micros(r.PeopleSince),
	)}
	for _, record := range r.Records {
		s := &record.State
		args = append(args, hashed(p.keys[0], record.Kind, record.ID), pack(
			flag(record.Join), flag(record.Release), flag(record.Want), int64(record.Sent), int64(s.Spent), micros(s.End),
			micros(s.Try), micros(s.Blocked), int64(s.Refusals), micros(s.Refused), micros(s.First),
		))
	}
	return args, nil
}

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// micros returns a duration in microseconds. Only 0 is 0, because that may mean that something is not known.
func micros(d time.Duration) int64 {
	if d > 0 {
		d = max(d, time.Microsecond)
	}
	return d.Microseconds()
}

// pack returns the numbers, separated by blanks.
func pack(numbers ...int64) string {
	var text []byte
	for _, n := range numbers {
		text = append(strconv.AppendInt(text, n, 10), ' ')
	}
	return string(text[:len(text)-1])
}

// exact is the largest number in a reply. Lua computes with float64.
const exact = 1 << 53

// A reader reads the numbers of a reply. Its error is about the first one that cannot be true.
type reader struct {
	rest []any
	err  error
}

func (r *reader) number(least, most int64) int64 {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	n, ok := r.rest[0].(int64)
	r.rest = r.rest[1:]
	if !ok || n < least || n > most {
		r.fail()
	}
	return n
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = errors.New("the reply of the script cannot be true")
	}
}

func (r *reader) count(least int64) int { return int(r.number(least, exact)) }

func (r *reader) flag() bool { return r.number(0, 1) == 1 }

func (r *reader) duration(least, most int64) time.Duration {
	return time.Duration(r.number(least, most)) * time.Microsecond
}

// decode reads the reply of the script.
func decode(reply []any, records int) (ratelimit.Grant, error) {
	r := reader{rest: reply}
	g := ratelimit.Grant{
		Window: ratelimit.Window{
			Epoch: r.number(0, exact), Limit: r.count(-1), Top: r.count(0), Remaining: r.count(-1),
			SawStart: r.flag(), NoReset: r.flag(),
			Age: r.duration(0, exact), Earliest: r.duration(-exact, exact), Latest: r.duration(-exact, exact),
		},
		Lease: r.count(0), Background: r.count(0), Probe: r.flag(), Wait: r.duration(0, exact), Busy: r.flag(),
		Members: r.count(1), Used: r.count(0), People: r.count(0), PeopleBefore: r.count(0),
		PeopleSince: r.duration(0, exact), PeopleAgo: r.duration(0, exact),
	}
	for range records {
		record := ratelimit.RecordGrant{Held: r.flag()}
		record.State = ratelimit.RecordState{
			Spent: r.count(0), End: r.duration(0, exact), Try: r.duration(0, exact), Blocked: r.duration(0, exact),
			Refusals: r.count(0), Refused: r.duration(0, exact), First: r.duration(0, exact),
		}
		g.Records = append(g.Records, record)
	}
	if len(r.rest) > 0 {
		r.fail()
	}
	return g, r.err
}
