package client

// WithReserve leaves this share of the organisation's budget, from 0 to below 1, to people and other integrations. The
// default is 0.05, and 0 leaves nothing. More can be set with [WithLimiter] and [ratelimit.New].
func WithReserve(share float64) Option {
	return func(s *settings) { s.reserve = &share } // the limiter says what is wrong with it
}

// WithRetryPolicy sets how often a call is sent, how long it may wait, and for how long a write may be repeated; a field that
// is 0 is the default. A negative MaxAttempts or MaxWait is refused. [CallMaxWait] and [CallNoWait] go before the MaxWait
// of p.
func WithRetryPolicy(p RetryPolicy) Option {
	return func(s *settings) {
		if p.MaxAttempts < 0 || p.MaxWait < 0 {
			s.refuse("the retry policy has a negative number")
			return
		}
		s.policy = p
	}
}

// WithRetryCreates sends creates again after an unknown outcome, if they carry an ExternalID or ID. Whether the server
// refuses a second one with the same ExternalID is not documented: it may answer 400 or 409, which is then reported as an
// [*OutcomeUnknownError], or create a second conversation (assumed).
func WithRetryCreates() Option { return func(s *settings) { s.retryCreates = true } }

// WithObserver calls f with what happens to calls on their way: waits, refusals, retries, failures; not with arguments that
// are refused as a [*ValidationError]. f is called by many goroutines at once, on the way of the call itself, so it should
// be quick. The call holds no permit of the limiter then, so f may itself call a client.
func WithObserver(f func(Event)) Option {
	return func(s *settings) {
		if f == nil {
			s.refuse("WithObserver was given nil")
			return
		}
		s.observer = f
	}
}
