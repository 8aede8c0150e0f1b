package client

import "time"

// A RetryPolicy bounds how often a call is sent, how long it may wait, and how long a write may be repeated.
//
// These failures are retried:
//
//   - for every call, what was certainly not applied: a 429, a 425, a connection that could not be made, and a request that
//     HTTP/2 reports as not processed;
//   - for tags, updates without Rev, reads, and creates with [CallRetryCreate], also a lost connection, an attempt that timed
//     out, and the statuses 408, 500, 502, 503 and 504;
//   - for every call, one 401, if the token source then returns another token.
//
// Failures that would be the same each time are not retried: an untrusted certificate, a server without TLS, a proxy that
// refuses, a host that does not exist.
//
// The wait between attempts is never shorter than the server asks for. After a 429 the limiter decides the wait. Otherwise, if
// the server asks for none, the wait is random: up to 1 s after the first attempt, and up to twice as long after each further
// one, at most 60 s.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts, including those that get a 429. 1 disables retries. 0 is the default: at
	// most 4 attempts, plus up to 25 retries of a 429. So 4 allows less than the default.
	MaxAttempts int
	// MaxWait is how long a call may wait in total, for limits and between attempts. 0 is no limit except the context's
	// deadline. Without a deadline, a single wait is at most one hour. A wait that cannot fit fails at once.
	MaxWait time.Duration
	// RetryWindow limits how long an update or tags may be repeated after an attempt that may have been applied. A repeat
	// starts within RetryWindow of the start of the first such attempt. Otherwise the call ends at once with an
	// [*OutcomeUnknownError]. 0 is the default, 60 s. A negative value never repeats such a write.
	//
	// A repeat is harmless only as long as nobody else changes the conversation. If the first attempt was applied and an agent
	// then reopens the conversation, a repeated "done" closes it again. Set a longer window only if nothing else writes to
	// these conversations. Creates have no such window.
	RetryWindow time.Duration
}

const (
	// The defaults of MaxAttempts.
	maxFailures = 4  // attempts that do not get a 429
	maxRefusals = 25 // retries of a 429

	defaultRetryWindow = time.Minute

	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// maxPause is the longest pause without a deadline and MaxWait. The adaptive limiter has the same maximum.
	maxPause = time.Hour
)
