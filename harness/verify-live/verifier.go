package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A finding is the answer to one question.
type finding struct {
	question string
	expected string // empty if nothing is assumed
	observed string // empty if the question could not be asked
	differs  bool
	why      string // it could not be asked
}

// A verifier asks the questions, in order.
type verifier struct {
	client      *client.Client
	recorder    *recorder
	customer    string
	objectLimit int

	began    time.Time
	created  []string // conversations to clean up
	lost     int      // creates that may have been applied, and have not said as what
	main     string   // the one that all is tried on
	external string   // its externalId
	pair     *pair    // of attributes to try; nil until they are known
	defined  []string // names of all attributes, as far as they were told
	secrets  []secret // what no report may show
	findings []finding
	stopped  error // why it did not go through
}

// newVerifier returns one for the organisation that the environment names. Its client leaves half of the budget alone,
// and sends nothing twice.
func newVerifier(customer string, objectLimit int) (*verifier, error) {
	rec := &recorder{next: http.DefaultTransport}
	limiter, err := leaving(0.5)
	if err != nil {
		return nil, err
	}
	c, err := client.FromEnv(
		client.WithHTTPClient(&http.Client{Transport: rec}),
		client.WithLimiter(limiter),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1, MaxWait: time.Second}),
		client.WithUserAgent("verify-live"),
	)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	v := &verifier{
		client: c, recorder: rec, customer: customer, objectLimit: objectLimit,
		began: now, external: fmt.Sprintf("verify-live-%d", now.UnixNano()),
	}
	v.secrets = append(environment(), secret{v.customer, "<customer>"}, secret{v.external, "<externalId>"})
	return v, nil
}

// leaving returns a limiter that leaves a share of the organisation's budget to others.
func leaving(share float64) (ratelimit.Limiter, error) {
	config := ratelimit.Config{Reserve: share}
	if share == 0 {
		config.Reserve = -1 // none; 0 is the default
	}
	return ratelimit.New(config)
}

// A question is asked once those before it are answered.
type question struct {
	text     string
	expected string
	// ask returns what was observed, and whether that is what was expected. An error says why it could not be asked.
	ask func(context.Context, *verifier) (observed string, same bool, err error)
}

// errSkipped is why a question is left out.
type errSkipped string

func (e errSkipped) Error() string { return string(e) }

// run asks all questions and cleans up.
func (v *verifier) run(ctx context.Context) {
	defer v.cleanUp(ctx)
	for _, q := range questions() {
		f := finding{question: q.text, expected: q.expected}
		var same bool
		var err error
		f.observed, same, err = q.ask(ctx, v)
		skipped, isSkipped := errors.AsType[errSkipped](err)
		switch {
		case isSkipped:
			f.why = string(skipped)
		case errors.Is(err, errBusy), spent(err):
			f.why = errBusy.Error() // what the recorder holds back may have been applied, by the call's own words
		case err != nil:
			f.why = v.short(err)
		default:
			f.differs = !same && q.expected != ""
		}
		v.findings = append(v.findings, f)
		if v.stopped = v.mustStop(ctx, err); v.stopped != nil {
			return
		}
	}
}

// mustStop returns why no more may be asked.
func (v *verifier) mustStop(ctx context.Context, err error) error {
	switch {
	case v.recorder.stopped() != nil:
		return v.recorder.stopped()
	case ctx.Err() != nil:
		return ctx.Err()
	case spent(err):
		return errBusy
	case v.main == "" && err != nil && !errors.As(err, new(errSkipped)):
		return fmt.Errorf("no conversation could be created: %w", err)
	}
	return nil
}

// spent reports whether the client held a call back because half of the budget is gone.
func spent(err error) bool {
	limited, ok := errors.AsType[*client.RateLimitError](err)
	return ok && limited.Local && limited.Scope == client.ScopeOrg
}

func (v *verifier) differs() bool {
	for _, f := range v.findings {
		if f.differs {
			return true
		}
	}
	return false
}
