package ratelimit

import (
	"context"
	"time"
)

// A Pool is a store through which the limiters of several processes share one budget. A program that runs as one process
// needs none: [New] is all it uses. Everything that follows is for those who write a pool.
//
// Each limiter is a member of the pool. It reports what it knows and what it needs, and gets back what all members know
// and a lease: the right to send so many requests. [MemoryPool] is a pool for the limiters of one process, and the model
// for pools of a store: its Exchange decides how much a member gets.
//
// A pool is for one organisation. It orders and counts the requests of its members only. People and other integrations
// use the same budget unseen, so a request may still be refused.
type Pool interface {
	// Exchange merges a report, and returns what the member may do now.
	//
	// Atomicity: between reading the state of the pool and writing it back, no other exchange may change it. In a store,
	// one exchange is one script or transaction.
	//
	// Repeats: a report is the whole state of its member, not a change. So it replaces the last one. A report may come
	// twice, its grant may be lost, and a pool may forget everything: the next reports fill it again. A pool that many
	// programs can reach refuses what [Report.Validate] does.
	//
	// Clocks: the clocks of members differ, so all times are durations. Those of a report count from the moment at which
	// the pool reads it, and those of a grant from the moment at which the pool writes it. The pool has one clock of its
	// own, which must not be set back.
	//
	// Expiry: a limiter reports when it needs more, and once a second while it has a lease or requests in flight. A pool
	// takes back the lease and the requests in flight of a member that has not reported for 3 seconds. It counts
	// [Report.Own] until the window ends. While nothing is left, members with waiting requests sleep. So if they wanted
	// requests in their last report, the pool leaves a share to them in the first 3 seconds of a window.
	//
	// Concurrency: a limiter has one exchange running at most, in a goroutine of its own. Exchanges of several limiters
	// may run at the same time. A panic is not recovered.
	//
	// Deadlines: ctx ends after 0.3 seconds, or a second for the report of Close, so a pool need not limit the time itself.
	// If the pool ignores ctx, requests wait no longer than that. The limiter does not use the grant, and starts no other
	// exchange until this one returns.
	//
	// Errors: if Exchange fails or is late, the limiter works without the pool and tries again within a second. It does
	// the same if the grant cannot be true: a negative or too large number, a duration that is too long, or another
	// number of records than in the report. It does not log the error. Exchange is not called again at once, so a pool may
	// retry within the deadline.
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
	// when any member was last asked to send one. PeopleAgo is 0 if none is known. PeopleSince is as in [Grant], so that a
	// pool that has lost its memory knows it again.
	People      int
	PeopleAgo   time.Duration
	PeopleSince time.Duration

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

	Age time.Duration // since the first request of the window was sent; an hour if that is not known, or longer ago
	// The window ends after Earliest and before Latest. They are negative if the window may have ended. Latest is at most
	// 15 minutes.
	Earliest, Latest time.Duration
	Moved            bool // in a report: a response has said when the window ends. It replaces the estimates of all members
}

// A Grant is the response of a [Pool] to a report.
type Grant struct {
	Window Window // as far as all members together know it

	// Lease is how many requests the member may send on top of Report.Lease, and Background is how many of them may be
	// background requests. Both are 0 if the report is about an earlier window. The whole lease is valid for 2.5 seconds
	// after the member has made the report, and each further exchange makes it valid again.
	Lease, Background int
	Probe             bool // the lease is one request, to find out whether the window has ended
	// Wait is the time until the pool grants anything, because it lacks the reports of other members: at most 2 seconds.
	Wait time.Duration
	// Busy: more may be granted soon, because other members have leases or requests in flight, or one sends a probe.
	Busy bool

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
	Join    bool // the member has used the record without the pool, so State and Sent have something new
	Release bool // the member holds it and gives it back, so they have something new too
	Want    bool // requests for it wait
	Sent    int  // the part of State.Spent that this member has sent
	State   RecordState
}

// A RecordGrant says whether the member holds the record. The member gives it back within 2 seconds. After 3 seconds, the
// pool may let another member hold it.
type RecordGrant struct {
	Held  bool
	State RecordState
}

// A RecordState is what is known about the limit of one record: in a report to the member, in a grant to the pool. 0 stands
// for a duration that is not known. So a time that is over is a microsecond or more. End and Try are at most a minute, Blocked
// is at most a year.
type RecordState struct {
	Spent    int           // requests sent in the window of its limit, if the limit is known
	End, Try time.Duration // until that window ends, and until it may have ended
	Blocked  time.Duration // until the next request may be sent after a refusal
	Refusals int           // in a row
	Refused  time.Duration // since the last refusal
	First    time.Duration // since the first success in the window
}
