package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// A finding is the result of a question.
type finding struct {
	question, expected string
	observed           string // or the reason why the question was not asked
	comparison         string
}

const (
	same      = "same"
	different = "DIFFERENT"
	isNew     = "new" // nothing was expected
	notAsked  = "not asked"
)

// A verifier asks all questions, one after the other.
type verifier struct {
	client      *client.Client
	recorder    *recorder
	customer    string
	objectLimit uint

	began    time.Time
	external string   // externalId of all conversations of this run
	main     string   // id of the first one
	created  []string // ids of all
	unclear  bool     // another one may have been created
	updates  bool     // the client's media type for updates works
	secrets  []secret
	findings []finding
	stopped  error // why not all questions were asked
}

// newVerifier returns a verifier for the organisation in the environment. Its client sends each request once, without a check.
// The recorder decides when to stop.
func newVerifier(objectLimit uint) (*verifier, error) {
	now := time.Now()
	v := &verifier{
		recorder: &recorder{next: http.DefaultTransport}, customer: os.Getenv("KUSTOMER_CUSTOMER_ID"), objectLimit: objectLimit,
		began: now, external: fmt.Sprintf("verify-live-%d", now.UnixNano()),
	}
	var problems []error
	if os.Getenv("KUSTOMER_SANDBOX") != "yes" {
		problems = append(problems, errors.New("set KUSTOMER_SANDBOX=yes if it is a sandbox: agents see the conversations that are created"))
	}
	if v.customer == "" {
		problems = append(problems, errors.New("set KUSTOMER_CUSTOMER_ID to the id of a customer to create conversations for"))
	}
	var err error
	v.client, err = client.FromEnv(
		client.WithHTTPClient(&http.Client{Transport: v.recorder}),
		client.WithLimiter(ratelimit.Unlimited),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}),
		client.WithoutRequestChecks(),
		client.WithUserAgent("verify-live"),
	)
	v.secrets = append(environment(), secret{v.customer, "<customer>"}, secret{v.external, "<externalId>"})
	return v, errors.Join(append(problems, err)...)
}

// run asks all questions and cleans up.
func (v *verifier) run(ctx context.Context) {
	defer v.cleanUp(ctx)
	for _, q := range questions() {
		observed, err := q.ask(ctx, v)
		f := finding{q.text, q.expected, observed, different}
		switch {
		case err != nil:
			f.observed, f.comparison = short(err), notAsked
		case q.expected == "":
			f.comparison = isNew
		case strings.HasPrefix(observed, q.expected):
			f.comparison = same
		}
		v.findings = append(v.findings, f)
		switch {
		case v.recorder.busy:
			v.stopped = errBusy
		case ctx.Err() != nil:
			v.stopped = ctx.Err()
		case v.main == "" && err != nil:
			v.stopped = errors.New("no conversation could be created: " + short(err))
		}
		if v.stopped != nil {
			return
		}
	}
}
