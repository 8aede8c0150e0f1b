package client

import "time"

// The options of EnsureConversation. They change nothing for other operations.

// CallKnownAbsent lets [Client.EnsureConversation] create without looking first. It is for conversations that surely do not
// exist, such as those of the first run of an import. It saves one request of two. If the outcome of the create is unknown, the
// call looks all the same. So it does with [CallBegunAt]. Do not give it again after an [*OutcomeUnknownError].
func CallKnownAbsent() CallOption { return func(s *callSettings) { s.knownAbsent = true } }

// defaultSearchFor is the default of CallSearchFor.
const defaultSearchFor = 10 * time.Second

// CallSearchFor sets how long [Client.EnsureConversation] looks after a create that may have been applied, before it creates
// again. It should be longer than the time that Kustomer needs to apply a create whose connection was lost and to show it to
// look-ups. d must be above 0.
//
// The default is 10 s. Neither time is documented. Kustomer's searches were seen to lag behind writes (observed, without a
// figure), and search indexes usually need about a second. 10 s allows for several times that, with at most 7 look-ups, and does
// not delay a job much. Creates of unknown outcome are rare, so set it longer if a job can wait.
func CallSearchFor(d time.Duration) CallOption {
	return func(s *callSettings) {
		if d <= 0 {
			s.errs = append(s.errs, Violation{"options", "CallSearchFor must be above 0"})
			return
		}
		s.searchFor = d
	}
}

// CallBegunAt says that a create with this externalId may have been sent at t, such as by a process that was killed. Before
// [Client.EnsureConversation] creates, it looks until the time of [CallSearchFor] has passed since t. If it finds the
// conversation, created is false. A job can store the time before it calls EnsureConversation, and give it here after a restart.
// The time of the restart is safe too, because the killed process has sent nothing later. If t is in the future, now counts.
func CallBegunAt(t time.Time) CallOption {
	return func(s *callSettings) {
		if t.IsZero() {
			s.errs = append(s.errs, Violation{"options", "CallBegunAt must not be the zero time"})
			return
		}
		s.begunAt = t
	}
}
