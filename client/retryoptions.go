package client

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
