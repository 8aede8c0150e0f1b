package client

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A CallOption configures one call. A nil option, or one with an invalid value, is a violation in the call's
// [*ValidationError].
type CallOption func(*callSettings)

// callSettings hold what the options of a call ask for.
type callSettings struct {
	maxWait     time.Duration // 0 is that of the policy, negative is no wait
	background  bool
	retryCreate bool
	readOnly    bool
	header      http.Header // of the request, in addition to the client's own
	errs        []Violation

	// For EnsureConversation.
	knownAbsent bool
	searchFor   time.Duration  // 0 is the default
	begunAt     time.Time      // zero without CallBegunAt
	waited      *time.Duration // by all of its calls so far; nil for other calls
}

func callSettingsOf(ctx context.Context, opts []CallOption) callSettings {
	if len(opts) == 0 && ctx != nil {
		return callSettings{} // no allocation
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

// optionErrs returns what is wrong with the options of a call.
func (call *call) optionErrs() []Violation {
	if call.settings.readOnly && !call.readOnly {
		return append(call.settings.errs, Violation{"options", "have CallReadOnly, but the call changes something"})
	}
	return call.settings.errs
}

// CallMaxWait limits how long this call may wait in total, for limits and between attempts. It overrides the MaxWait of the
// client's [RetryPolicy]. The time of the attempts themselves does not count. d must be above 0. If a wait cannot fit, the call
// fails at once: with a [*RateLimitError] that has the required wait, or, after another failure, with the error of that attempt.
func CallMaxWait(d time.Duration) CallOption {
	return func(s *callSettings) {
		if d <= 0 {
			s.errs = append(s.errs, Violation{"options", "CallMaxWait must be above 0: use CallNoWait not to wait at all"})
			return
		}
		s.maxWait = d
	}
}

// CallNoWait fails with a [*RateLimitError] instead of waiting for a limit. It retries only if that needs no wait.
// [ratelimit.Config.MaxInFlight] is such a limit. While the budget is unknown, up to 8 calls are allowed in flight. If
// [CallMaxWait] is given too, the last one of them counts.
func CallNoWait() CallOption { return func(s *callSettings) { s.maxWait = -1 } }

// CallBackground gives all other calls on the limiter priority. Use it for batch work next to interactive requests. It also
// leaves budget to the others: as much as they used recently, and the share that [ratelimit.Config.BackgroundReserve] sets.
func CallBackground() CallOption { return func(s *callSettings) { s.background = true } }

// CallRetryCreate retries a create whose outcome is unknown, if it has an ExternalID or ID. It changes nothing for other
// operations and [Client.Do]. Kustomer does not document whether it refuses a second create with the same ExternalID: it may
// respond 400 or 409, which is then reported as an [*OutcomeUnknownError], or create a second conversation (assumed).
func CallRetryCreate() CallOption { return func(s *callSettings) { s.retryCreate = true } }

// CallReadOnly tells [Client.Do] that this POST changes nothing, such as a query. It is then repeated like a GET after a failure
// that may pass, its outcome is never unknown, and it counts against the limit of no record. A POST whose path ends in /search
// needs no such option. It is a violation for a call that changes something.
func CallReadOnly() CallOption { return func(s *callSettings) { s.readOnly = true } }

// CallHeader adds a header to the requests of this call. If it is given several times with one name, all values are sent. The
// headers that the client or net/http sets itself, such as Authorization and Content-Type, are refused. So are line breaks and
// other control characters, Idempotency-Key, because net/http would repeat requests with it on its own, and
// X-HTTP-Method-Override, because it makes another call of this one.
func CallHeader(name, value string) CallOption {
	return func(s *callSettings) {
		canonical := http.CanonicalHeaderKey(name)
		wrong := ""
		switch {
		case !headerName.MatchString(name):
			wrong = "was given a name that no header can have"
		case slices.Contains(ownHeaders, http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-"))): // some servers read _ as -
			wrong = "must not set " + canonical
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			wrong = "was given a value of " + canonical + " with a line break or another control character"
		}
		if wrong != "" {
			s.errs = append(s.errs, Violation{"options", "CallHeader " + wrong})
			return
		}
		if s.header == nil {
			s.header = http.Header{}
		}
		s.header.Add(canonical, value)
	}
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$")

// ownHeaders are those that CallHeader refuses.
var ownHeaders = []string{
	"Accept", "Authorization", "Content-Type", "User-Agent", // of the client
	"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", // of net/http and the connection
	"Idempotency-Key", "X-Idempotency-Key", // net/http repeats requests that have one
	"X-Http-Method", "X-Http-Method-Override", "X-Method-Override",
}

// The options of EnsureConversation. They change nothing for other operations.

// CallKnownAbsent lets [Client.EnsureConversation] create without looking first. It is for conversations that surely do not
// exist, such as those of the first run of an import. It saves one request of two. If the outcome of the create is unknown, the
// call looks all the same. It also looks with [CallBegunAt]. Do not give it again after an [*OutcomeUnknownError], nor after an
// [*Error] whose Outcome is applied.
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
// conversation, created is false. After a kill, give any time since then, such as the start of the new process or time.Now():
// the killed process has sent nothing later. A time before the kill may be too early. If t is in the future, now counts.
func CallBegunAt(t time.Time) CallOption {
	return func(s *callSettings) {
		if t.IsZero() {
			s.errs = append(s.errs, Violation{"options", "CallBegunAt must not be the zero time"})
			return
		}
		s.begunAt = t
	}
}
