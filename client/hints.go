package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/nearest"
	"github.com/kustomer-go/kustomer/ratelimit"
)

// explain adds what to do about a response, as far as the response tells.
func (e *Error) explain(call *call) {
	said := e.said()
	switch {
	case e.StatusCode >= 400 && wrongRegion(said) != "":
		e.Hint = wrongRegion(said)
	case (e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden) && expired.MatchString(said):
		e.Hint = "the API key has expired: an administrator has to make a new one"
	case e.StatusCode >= 300 && e.StatusCode <= 399 && e.Header.Get("Location") != "":
		e.Hint = "redirects are refused, for one would carry the API key elsewhere: check the host"
	case e.StatusCode == http.StatusForbidden && e.limited() != "":
		e.Hint = e.limited()
	case e.StatusCode >= 400 && e.StatusCode <= 599 && len(e.Items) == 0 && strings.Contains(e.Header.Get("Content-Type"), "html"):
		e.Hint = "the answer is HTML: it is of the network's edge or of a proxy, not of the API"
	case e.StatusCode == http.StatusBadRequest:
		e.CustomAttribute = e.undefinedAttribute(call)
		if e.CustomAttribute != "" {
			e.Hint = fmt.Sprintf("the custom attribute %q is not defined in this organisation for conversations, or has another suffix", shorten(e.CustomAttribute, maxText))
			e.NearestAttribute = nearest.Name(e.CustomAttribute, call.defined)
		}
		if e.NearestAttribute != "" {
			e.Hint += fmt.Sprintf("; %q is", shorten(e.NearestAttribute, maxText))
		}
	case e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden:
		e.Hint = explainAuth(call)
	case e.StatusCode == http.StatusNotFound:
		e.Hint = "no such record, or one outside the API key's scope"
	case e.StatusCode == http.StatusConflict && call.op == &gen.CreateConversationForCustomerOperation:
		e.Hint = "a conversation with this id or externalId may exist already: look for it"
	case e.StatusCode == http.StatusConflict:
		e.Hint = "the record may have changed meanwhile: read it again, then send the change that it needs now"
	}
}

// undefinedAttribute returns the custom attribute that the response blames. In the form that was recorded the field is the
// name, and the text speaks of additional properties.
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
		said := strings.ToLower(text)
		if !strings.Contains(said, "additional propert") && !strings.Contains(said, "additionalpropert") {
			continue
		}
		if _, ok := sent.Custom[name]; ok {
			return name
		}
		// The form of newer documentation has no field: the name can only stand in the text.
		for _, name := range slices.Sorted(maps.Keys(sent.Custom)) {
			if names(text, name) {
				return name
			}
		}
	}
	return ""
}

// pointerEscapes undoes the escapes of a JSON pointer (RFC 6901).
var pointerEscapes = strings.NewReplacer("~1", "/", "~0", "~")

// names reports whether a text has the name as a word of its own.
func names(text, name string) bool {
	for {
		before, after, ok := strings.Cut(text, name)
		if !ok || name == "" {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !inName(last) && !inName(next) {
			return true
		}
		text = after
	}
}

func inName(r rune) bool {
	return r == '@' || r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func flatten(items []ErrorItem) []ErrorItem {
	var all []ErrorItem
	for _, i := range items {
		all = append(all, i)
		all = append(all, flatten(i.SubErrors)...)
	}
	return all
}

// expired finds "Expired token" (observed) and its like, not whatever else may have expired.
var expired = regexp.MustCompile(`(?i)expired (api )?(token|key)|(token|key) (is |has )?expired`)

// keyPod finds the region in "Auth token associated with pod prod2 but request is being handled by prod1".
var keyPod = regexp.MustCompile(`(?i)associated with pod "?(prod(\d{1,2}))\b`)

// wrongRegion returns the hint for a key of another region, or "". It looks at the text alone, because the status of
// such a response is not documented.
func wrongRegion(said string) string {
	if !strings.Contains(strings.ToLower(said), "associated with pod") {
		return ""
	}
	if m := keyPod.FindStringSubmatch(said); m != nil {
		return fmt.Sprintf("the API key belongs to the region %s: use the organisation's own host (WithOrg), or WithBaseURL(%q)", m[1], regionURL(m[1]))
	}
	return "the API key belongs to another region: use the organisation's own host (WithOrg), or that region's (WithBaseURL)"
}

// maxSaid is how much of a body in an unknown form is read, in bytes.
const maxSaid = 1 << 10

// said is the text of a response: of its items, and of the beginning of its body, which may be plain text.
func (e *Error) said() string {
	var text strings.Builder
	for _, item := range flatten(e.Items) {
		text.WriteString(strings.Join([]string{item.Title, item.Message, item.Detail, "\n"}, " "))
	}
	text.Write(e.Body[:min(len(e.Body), maxSaid)])
	return text.String()
}

// limited returns the hint for a refusal that names a limit, or "".
func (e *Error) limited() string {
	wait, _ := ratelimit.RetryAfter(e.Header, time.Now())
	switch {
	case wait > 0:
		return fmt.Sprintf("a limit is exceeded, perhaps one of a proxy: come back in %s", wait.Round(time.Second))
	case e.RateLimit.Remaining == 0:
		return "the organisation's budget of requests is spent: come back later"
	}
	return ""
}

func explainAuth(call *call) string {
	if len(call.op.Roles) > 0 {
		return fmt.Sprintf("the API key is not valid here, may not be used from this address, or lacks the role %s (older: %s); the roles of a key cannot be changed: make another key",
			strings.Join(call.op.Roles, " or "), strings.Join(call.op.LegacyRoles, " or "))
	}
	return "the API key is not valid here, or lacks a role that this call needs"
}

// regionURL returns the host of a region (Kustomer's documentation, "Regions and base URLs").
func regionURL(pod string) string {
	if pod == "prod1" {
		return "https://api.kustomerapp.com"
	}
	return "https://api." + pod + ".kustomerapp.com"
}

func joinHint(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
