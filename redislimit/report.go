package redislimit

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// Limits of what is exchanged. The script has them too, because another program may send something else.
const (
	mostEpoch   = 1 << 40
	mostCount   = 1 << 30
	mostRecords = 64
	exact       = 1 << 53 // numbers in Lua are exact up to this
	year        = 366 * 24 * time.Hour
)

// A field is a number of a report, and its limits.
type field struct {
	name               string
	value, least, most int64
}

func counted(name string, n, least int) field { return field{name, int64(n), int64(least), mostCount} }

func flag(name string, is bool) field {
	if is {
		return field{name, 1, 0, 1}
	}
	return field{name, 0, 0, 1}
}

// ahead is a time until something happens. An earlier one than a year ago is the same as a year ago.
func ahead(name string, d, least, most time.Duration) field {
	return field{name, max(d, -year).Microseconds(), least.Microseconds(), most.Microseconds()}
}

// ago is a time since something happened; 0 is never. More than a year is the same as a year.
func ago(name string, d time.Duration) field {
	if d > 0 {
		d = max(min(d, year), time.Microsecond)
	}
	return field{name, d.Microseconds(), 0, year.Microseconds()}
}

// encode returns the arguments of the script: id and name of the member, the numbers of the report, and id and numbers of each
// record.
func (p *pool) encode(r *ratelimit.Report) ([]any, error) {
	w := &r.Window
	if len(r.Records) > mostRecords || w.Epoch > 0 && w.Remaining < 0 {
		return nil, errors.New("the report cannot be true")
	}
	fields := []field{
		{"sequence number", p.seq.Add(1), 1, exact}, {"Epoch", w.Epoch, 0, mostEpoch}, counted("Limit", w.Limit, -1),
		counted("Top", w.Top, 0), counted("Remaining", w.Remaining, -1), flag("SawStart", w.SawStart), flag("NoReset", w.NoReset),
		ahead("Age", w.Age, 0, time.Hour), ahead("Earliest", w.Earliest, -year, 15*time.Minute),
		ahead("Latest", w.Latest, -year, 15*time.Minute), flag("Moved", w.Moved), counted("Own", r.Own, 0),
		counted("InFlight", r.InFlight, 0), counted("Lease", r.Lease, 0), counted("Interactive", r.Interactive, 0),
		counted("Background", r.Background, 0), counted("Reserve", r.Reserve, 0), counted("ReserveBackground", r.ReserveBackground, 0),
		flag("Probe", r.Probe), flag("Probing", r.Probing), ahead("Patience", r.Patience, 0, time.Hour),
		flag("Rejoining", r.Rejoining), counted("People", r.People, 0), ago("PeopleAgo", r.PeopleAgo),
	}
	numbers, err := pack(fields)
	args := []any{hashed(r.Member), p.name, numbers}
	for _, record := range r.Records {
		s := &record.State
		fields := []field{
			flag("Join", record.Join), flag("Release", record.Release), flag("Want", record.Want), counted("Spent", s.Spent, 0),
			ahead("End", s.End, 0, time.Minute), ahead("Try", s.Try, 0, time.Minute), ahead("Blocked", s.Blocked, 0, year),
			counted("Refusals", s.Refusals, 0), ago("Refused", s.Refused), ago("First", s.First),
		}
		numbers, recordErr := pack(fields)
		args = append(args, hashed(p.keys[0], record.Kind, record.ID), numbers)
		err = errors.Join(err, recordErr)
	}
	return args, err
}

// pack returns the numbers, separated by blanks.
func pack(fields []field) (string, error) {
	var text []byte
	var err error
	for i, f := range fields {
		if f.value < f.least || f.value > f.most {
			err = errors.Join(err, fmt.Errorf("%s is %d, which is not between %d and %d", f.name, f.value, f.least, f.most))
		}
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, f.value, 10)
	}
	return string(text), err
}

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
			Epoch: r.number(0, mostEpoch), Limit: r.count(-1), Top: r.count(0), Remaining: r.count(-1),
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
