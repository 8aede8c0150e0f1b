package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/nearest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// failure returns the error of an attempt that did not succeed.
func (c *Client) failure(call *call, a *attempt, d decision, attempts int) error {
	header := a.Header
	if a.success() { // receive searched it for whole keys only
		header = a.secrets.redactHeader(header, false)
	}
	e := &Error{
		Op: call.op.ID, Method: call.op.Method, Path: call.op.Path, ID: call.id,
		StatusCode: a.StatusCode,
		Outcome:    d.outcome,
		RequestID:  header.Get(requestIDHeader),
		Budget:     ratelimit.ReadBudget(header, a.receivedAt),
		Header:     header,
		Body:       a.secrets.redactBody(a.plain),
		Attempts:   attempts,
		Err:        a.cause(d),
	}
	switch {
	case a.StatusCode == 0 && !a.unsent:
		e.Hint = a.hint
	case a.StatusCode != 0 && (!a.success() || d.cause == errErrors):
		text := e.Body
		if a.success() {
			text = a.plain // Body is only the beginning of it
		}
		e.Items = errorItems(text)
		a.secrets.redactItems(e.Items)
		e.setHint(call, c.defined)
	}
	switch {
	case d.outcome == OutcomeApplied:
		e.Hint = "the write succeeded, but its response was unreadable: do not send it again, look for the record"
	case d.cause == errNotAPI, d.cause == errUnexpected:
		e.addHint("check the host, and any proxy in between")
	}
	if waitErr, ok := errors.AsType[*ratelimit.WaitError](a.err); ok && a.unsent {
		e.Hint = "the limiter refused it, so it was not counted against the budget"
		return localRefusal(e, waitErr)
	}
	if d.outcome == OutcomeUnknown {
		return call.unknown(e)
	}
	if a.StatusCode != http.StatusTooManyRequests {
		return e
	}
	switch a.refusal.Scope {
	case ScopeOrg:
		e.addHint("the organisation's budget of requests is spent")
	case ScopeObject:
		e.addHint("the limit of this record or customer, or of searches, is exceeded; other calls are not affected")
	}
	if a.refusal.Wait > 0 {
		e.addHint(fmt.Sprintf("send it again in %s", a.refusal.Wait.Round(time.Second)))
	}
	return &RateLimitError{Scope: a.refusal.Scope, RetryAfter: a.refusal.Wait, Err: e}
}

// cause returns why there is no response, or why the response is not the expected one.
func (a *attempt) cause(d decision) error {
	switch {
	case a.err != nil:
		return a.err
	case d.cause != nil && a.partial != nil:
		return errors.Join(d.cause, a.partial)
	case d.cause != nil:
		return d.cause
	}
	return a.partial
}

// unknown returns the error of a call that may have been applied.
func (call *call) unknown(e *Error) error {
	return &OutcomeUnknownError{ExternalID: call.createRef.ExternalID, ID: call.createRef.ID, Err: e}
}

// localRefusal returns the error of a call that the limiter refused, perhaps after attempts that failed.
func localRefusal(e *Error, waitErr *ratelimit.WaitError) *RateLimitError {
	return &RateLimitError{Scope: waitErr.Scope, RetryAfter: waitErr.Wait, Local: e.Attempts == 0, Err: e}
}

// retryBlocked returns the error of a call that needs another attempt but cannot make it: because of the limiter, the deadline,
// the retry window or the token source.
func (c *Client) retryBlocked(ctx context.Context, call *call, why error, s retryState) error {
	last, _ := errors.AsType[*Error](s.err)
	e := *last
	limited, isLimit := errors.AsType[*RateLimitError](s.err)
	if isLimit {
		limited = &RateLimitError{Scope: limited.Scope, RetryAfter: limited.RetryAfter, Err: &e}
	}
	event := Event{Kind: EventRefused, Op: call.op.ID, Attempt: s.sent + 1, StatusCode: s.status, Wait: s.pause}
	noRetry, isNoRetry := errors.AsType[noRetryError](why)
	if isNoRetry {
		e.addHint("it was not sent again: " + noRetry.Error())
		event.Err = noRetry
		if isLimit {
			limited.RetryAfter = s.pause
		}
	}
	if waitErr, ok := errors.AsType[*ratelimit.WaitError](why); ok {
		e.Err = errors.Join(waitErr, e.Err)
		if !isLimit {
			limited, isLimit = localRefusal(&e, waitErr), true
		}
		limited.RetryAfter = max(limited.RetryAfter, waitErr.Wait)
		event.Wait, event.Scope, event.Err = waitErr.Wait, waitErr.Scope, waitErr
	} else if !isNoRetry && !errors.Is(why, errSameToken) {
		e.Err = why
	}
	if event.Err != nil {
		c.report(ctx, event)
	}
	if isLimit && s.uncertainSince.IsZero() {
		return limited
	}
	return call.final(&e, s)
}

// final returns the error of a call that ends. If any of its attempts may have been applied, the outcome is unknown.
func (call *call) final(err error, s retryState) error {
	e, _ := errors.AsType[*Error](err)
	if s.uncertainSince.IsZero() || is[*OutcomeUnknownError](err) || e.Outcome == OutcomeApplied {
		return err
	}
	last := *e
	last.Outcome = OutcomeUnknown
	// A create that was not refused before is refused now because it already exists.
	if call.createRef != (createRef{}) && (last.StatusCode == http.StatusBadRequest || last.StatusCode == http.StatusConflict) {
		last.Hint = "an attempt before this one probably succeeded"
	}
	return call.unknown(&last)
}

// setHint sets Hint, and the attributes that the response names, as far as the response says what to do.
func (e *Error) setHint(call *call, defined []string) {
	text := e.errorText()
	refused := e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden
	switch {
	case e.StatusCode >= 400 && regionHint(text) != "":
		e.Hint = regionHint(text)
	case refused && expiredKey.MatchString(text):
		e.Hint = "the API key has expired: an administrator must make a new one"
	case e.StatusCode >= 300 && e.StatusCode <= 399 && e.Header.Get("Location") != "":
		e.Hint = "redirects are refused, because a redirect could send the API key to another host: check the host"
	case e.StatusCode == http.StatusForbidden && e.limitHint() != "":
		e.Hint = e.limitHint()
	case e.StatusCode >= 400 && e.StatusCode <= 599 && len(e.Items) == 0 && strings.Contains(e.Header.Get("Content-Type"), "html"):
		e.Hint = "the response is HTML: it comes from a CDN or proxy, not from the API"
	case e.StatusCode == http.StatusBadRequest:
		e.CustomAttribute = e.undefinedAttribute(call)
		if e.CustomAttribute != "" {
			e.Hint = fmt.Sprintf("the custom attribute %q is not defined for conversations in this organisation, or has another suffix", shorten(e.CustomAttribute, maxText))
			e.NearestAttribute = nearest.Name(e.CustomAttribute, defined)
		}
		if e.NearestAttribute != "" {
			e.Hint += fmt.Sprintf("; %q is", shorten(e.NearestAttribute, maxText))
		}
	case refused && len(call.op.Roles) > 0:
		e.Hint = fmt.Sprintf("the API key is not valid here, is not allowed from this address, or lacks the role %s (older: %s); the roles of a key cannot be changed: make another key",
			strings.Join(call.op.Roles, " or "), strings.Join(call.op.LegacyRoles, " or "))
	case refused:
		e.Hint = "the API key is not valid here, or lacks a role that the call needs"
	case errors.Is(e, ErrNotFound):
		e.Hint = "no such record, or one outside the scope of the API key"
	case e.StatusCode == http.StatusNotFound && e.Err == nil && e.Method != http.MethodHead:
		e.Hint = "the response does not have the API's list of errors: probably the host or the path is wrong, or it comes from a proxy"
	case e.StatusCode == http.StatusConflict && call.op == &gen.CreateConversationForCustomerOperation:
		e.Hint = "a conversation with this id or externalId may exist already: look for it"
	case e.StatusCode == http.StatusConflict && e.Method == http.MethodPost && call.object == "" && !call.readOnly:
		e.Hint = "a record with this value may exist already: look for it"
	case e.StatusCode == http.StatusConflict:
		e.Hint = "the record may have changed: read it again, then send the change that it still needs"
	}
	if e.StatusCode == http.StatusNotFound && !errors.Is(e, ErrNotFound) {
		e.addHint("such a 404 does not say whether the record exists")
	}
}

// undefinedAttribute returns the custom attribute that the response refuses, or "". In recorded responses the field is its name,
// and the text mentions additional properties.
func (e *Error) undefinedAttribute(call *call) string {
	var sent struct{ Custom map[string]json.RawMessage }
	if json.Unmarshal(call.body, &sent) != nil {
		return ""
	}
	for _, item := range flatten(e.Items) {
		name := strings.TrimPrefix(item.Field, "custom.")
		if pointer, ok := strings.CutPrefix(item.Field, "/custom/"); ok {
			name = pointerEscapes.Replace(pointer)
		}
		text := item.Title + " " + item.Message + " " + item.Detail
		lower := strings.ToLower(text)
		if !strings.Contains(lower, "additional propert") && !strings.Contains(lower, "additionalpropert") {
			continue
		}
		if _, ok := sent.Custom[name]; ok {
			return name
		}
		// The form in newer documentation has no field, so the name can only be in the text.
		for _, name := range slices.Sorted(maps.Keys(sent.Custom)) {
			if containsWord(text, name) {
				return name
			}
		}
	}
	return ""
}

// pointerEscapes undoes the escapes of a JSON pointer (RFC 6901).
var pointerEscapes = strings.NewReplacer("~1", "/", "~0", "~")

// containsWord reports whether a text contains a name as a whole word.
func containsWord(text, name string) bool {
	const noName = `[^\pL\p{Nd}@_-]`
	word := regexp.MustCompile(`(^|` + noName + `)` + regexp.QuoteMeta(name) + `(` + noName + `|$)`)
	return name != "" && word.MatchString(text)
}

// expiredKey matches "Expired token" (observed) and similar texts.
var expiredKey = regexp.MustCompile(`(?i)expired (api )?(token|key)|(token|key) (is |has )?expired`)

// keyRegion finds the region in "Auth token associated with pod prod2 but request is being handled by prod1".
var keyRegion = regexp.MustCompile(`(?i)associated with pod "?(prod\d{1,2})\b`)

// regionHint returns the hint for a key of another region, or "". It depends only on the text, because the status of such a
// response is not documented.
func regionHint(text string) string {
	if !strings.Contains(strings.ToLower(text), "associated with pod") {
		return ""
	}
	if m := keyRegion.FindStringSubmatch(text); m != nil {
		host := "https://api." + m[1] + ".kustomerapp.com" // Kustomer's documentation, "Regions and base URLs"
		if m[1] == "prod1" {
			host = "https://api.kustomerapp.com"
		}
		return fmt.Sprintf("the API key belongs to the region %s: use the organisation's own host (WithOrg), or WithBaseURL(%q)", m[1], host)
	}
	return "the API key belongs to another region: use the organisation's own host (WithOrg), or that region's (WithBaseURL)"
}

// maxPlainText is how much of a body is searched as plain text, in bytes.
const maxPlainText = 1 << 10

// errorText returns the text of a response: that of its items, and the beginning of its body, which may be plain text.
func (e *Error) errorText() string {
	var text strings.Builder
	for _, item := range flatten(e.Items) {
		text.WriteString(strings.Join([]string{item.Title, item.Message, item.Detail, "\n"}, " "))
	}
	text.Write(e.Body[:min(len(e.Body), maxPlainText)])
	return text.String()
}

// limitHint returns the hint for a 403 that is about a limit, or "".
func (e *Error) limitHint() string {
	wait, _ := ratelimit.RetryAfter(e.Header, time.Now())
	switch {
	case wait > 0:
		return fmt.Sprintf("a limit is exceeded, perhaps one of a proxy: send it again in %s", wait.Round(time.Second))
	case e.Budget.Remaining == 0:
		return "the organisation's budget of requests is spent: send it again later"
	}
	return ""
}

func (e *Error) addHint(text string) {
	if e.Hint != "" {
		text = e.Hint + "; " + text
	}
	e.Hint = text
}
