package client

import (
	"context"
	"time"
)

// A CallOption configures one call. A nil one, or one with a value that makes no sense, is a violation in the call's
// [*ValidationError].
type CallOption func(*callSettings)

// callSettings are what call options ask for.
type callSettings struct {
	maxWait     time.Duration // 0 is the policy's, negative is not at all
	background  bool
	retryCreate bool
	errs        []Violation
}

// CallMaxWait limits how long this one call may wait in all, for limits and between attempts, in place of what the policy
// of the client says; the time of the attempts themselves is not counted. d is above 0. A wait that cannot fit is refused
// at once: for a limit with a [*RateLimitError] that says how long it would be, after an attempt that failed for another
// reason with that error.
func CallMaxWait(d time.Duration) CallOption {
	return func(s *callSettings) {
		if d <= 0 {
			s.errs = append(s.errs, Violation{"options", "CallMaxWait must be above 0: use CallNoWait not to wait at all"})
			return
		}
		s.maxWait = d
	}
}

// CallNoWait sends the call at once or not at all: it does not wait for limits, with a [*RateLimitError] where it would have
// to, and is not sent again after a wait. Too many calls in flight count as a limit. As long as the budget is unknown, up to 8
// calls are let through. Of CallNoWait and [CallMaxWait], the last one given counts.
func CallNoWait() CallOption { return func(s *callSettings) { s.maxWait = -1 } }

// CallBackground lets all other calls of the client's limiter go first, for batch work that shares a client with people's
// requests. It also leaves budget to them: as much as they used lately, and the share that [ratelimit.Config.BackgroundReserve]
// sets.
func CallBackground() CallOption { return func(s *callSettings) { s.background = true } }

// CallRetryCreate sends this one create again after an unknown outcome, if it carries an ExternalID or ID. It changes
// nothing for other operations and [Client.Do]. See [WithRetryCreates].
func CallRetryCreate() CallOption { return func(s *callSettings) { s.retryCreate = true } }

func callSettingsOf(ctx context.Context, opts []CallOption) callSettings {
	if len(opts) == 0 && ctx != nil {
		return callSettings{} // without the memory that options would take
	}
	var s callSettings
	if ctx == nil {
		s.errs = append(s.errs, Violation{"ctx", "must not be nil: use context.Background"})
	}
	for _, o := range opts {
		if o == nil {
			s.errs = append(s.errs, Violation{"options", "has a nil option"})
			continue
		}
		o(&s)
	}
	return s
}
