package ratelimit

import (
	"context"
	"time"
)

// A Pool is a store through which the limiters of several processes share one budget. Each limiter is a member of the
// pool. It reports what it knows and what it needs, and gets back what all members know and a lease: the right to send
// so many requests. [MemoryPool] is a pool for the limiters of one process, and the model for pools of a store.
//
// A report is the whole state of its member, not a change. So a report may be repeated, and a pool may forget
// everything: the next reports fill it again.
//
// A pool orders and counts the requests of its members only. People and other integrations use the same budget unseen, so
// a request may still be refused. A pool is for one organisation.
//
// All times in reports and grants are relative to the moment at which they are made, because clocks differ.
type Pool interface {
	// Exchange merges a report, and returns what the member may do now. It is atomic, and safe for concurrent use. A
	// limiter has at most one exchange running. It reports again when it needs more, and once a second while it has a
	// lease or requests in flight. A pool forgets the lease, the requests in flight and the wants of a member that has
	// not reported for 3 seconds.
	//
	// If Exchange returns an error or a negative lease, or nothing until ctx is done, the limiter works without the pool and tries again a
	// second later. The deadline of ctx is a few tenths of a second away, so a pool need not limit the time itself.
	Exchange(ctx context.Context, r Report) (Grant, error)
}

// A Report is the state of one member of a [Pool].
type Report struct {
	Member string // a name that no other member has
	Window Window // as far as this member knows it

	Own      int // responses in this window that were counted
	InFlight int // requests sent that Window.Remaining may not include
	Lease    int // requests that the member may send and has not sent

	// Interactive and Background are how many requests the member could send in about a quarter of a second. Zero if none
	// waits. Retries count as interactive.
	Interactive, Background int
	// Reserve is how many requests of the window interactive requests leave to others, and ReserveBackground is how many
	// background requests leave.
	Reserve, ReserveBackground int

	Probe     bool          // the member would send a request to find out whether the window has ended
	Probing   bool          // such a request is in flight, or may be sent
	Patience  time.Duration // how long the member waits for its response before it would send another one
	Rejoining bool          // the member has worked without the pool since its last exchange

	// People is how many requests that are not background requests the member has sent in this window, and PeopleAgo is
	// when it was last asked to send one. PeopleAgo is 0 if it never was.
	People    int
	PeopleAgo time.Duration

	Records []RecordReport
}

// A Window is what is known about the current window of the organisation's budget.
type Window struct {
	// Epoch is the number of the window. Whoever sees that the budget was renewed raises it by one. It is 0 if nothing is
	// known. What a member reports about a window with a lower number is out of date.
	Epoch     int64
	Limit     int  // requests per window; -1 if it is not known
	Top       int  // requests that were left before the first response of the window
	Remaining int  // the lowest count of what is left; -1 if nothing is known
	SawStart  bool // the first response was the first one after an earlier window
	NoReset   bool // refusals do not say when the window ends

	Age time.Duration // since the first request of the window was sent
	// The window ends after Earliest and before Latest. They are negative if the window may have ended.
	Earliest, Latest time.Duration
	Moved            bool // in a report: a response has said when the window ends, so an earlier estimate is replaced
}

// A Grant is the response of a [Pool] to a report.
type Grant struct {
	Window Window // as far as all members together know it

	// Lease is how many more requests the member may send, and Background is how many of them may be background requests.
	// It is valid for 2.5 seconds after the member has sent its report, and each further exchange makes it valid again.
	// Both are 0 if the report is about an earlier window.
	Lease, Background int
	Probe             bool          // the lease is one request, to find out whether the window has ended
	Wait              time.Duration // until the pool grants anything, because it lacks the reports of other members
	Busy              bool          // more may be granted soon: other members have leases or requests in flight, or one sends a probe

	Members int // how many have reported lately
	Used    int // requests of the window that all members have sent, or may send

	// The sums of Report.People of all members in this window and the one before, and when the first of these requests
	// after a pause of 10 minutes and the last one came. PeopleAgo is 0 if none came.
	People, PeopleBefore int
	PeopleSince          time.Duration
	PeopleAgo            time.Duration

	Records []RecordGrant // one for each record of the report, in the same order
}

// A Record is one record, customer or operation that has a limit of its own.
type Record struct{ Kind, ID string }

// A RecordReport is about a record whose limit has to be shared: it was refused, or a good part of its limit is used. One
// member at a time holds a record, and only that member sends requests for it.
type RecordReport struct {
	Record
	Join    bool // the member has not reported it before, and State has what it has sent itself
	Release bool // the member holds it and gives it back, with its State
	Want    bool // requests for it wait
	State   RecordState
}

// A RecordGrant says whether the member holds the record. The member gives it back within 2 seconds. After 3 seconds, the
// pool may let another member hold it.
type RecordGrant struct {
	Held  bool
	State RecordState
}

// A RecordState is what is known about the limit of one record. A duration that is 0 is not known; one that is over is a
// microsecond or more.
type RecordState struct {
	Spent    int           // requests sent in the window of its limit, if the limit is known
	End, Try time.Duration // until that window ends, and until it may have ended
	Blocked  time.Duration // until the next request may be sent after a refusal
	Refusals int           // in a row
	Refused  time.Duration // since the last refusal
	First    time.Duration // since the first success in the window
}
