package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/client"
)

// table returns the findings as Markdown.
func (v *verifier) table() string {
	var b strings.Builder
	b.WriteString("| question | expected | observed | |\n| --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", "\\|", "\n", " ").Replace
	for _, f := range v.findings {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.question, cmp.Or(f.expected, "(not known)"), cell(f.observed), f.comparison)
	}
	return b.String()
}

// reportedHeaders do not identify the organisation.
var reportedHeaders = []string{"Content-Type", "Date", "Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Kustomer-Pod"}

// report returns the findings and all responses as Markdown.
func (v *verifier) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Report of verify-live

Date: %s. Ids, names, hosts and keys are left out. Bodies are shown as names and types. Error texts of Kustomer are shown
without quoted texts, names, addresses, ids and long numbers: read them before you publish this report.

## Findings

%s`, v.began.UTC().Format("2006-01-02"), v.table())
	if v.stopped != nil {
		fmt.Fprintf(&b, "\nStopped early: %s\n", short(v.stopped))
	}
	b.WriteString("\n## Responses\n")
	for i, e := range v.recorder.exchanges {
		fmt.Fprintf(&b, "\n### %d. %s %s", i+1, e.method, template(e.path))
		if e.contentType != "" {
			fmt.Fprintf(&b, " (%s)", e.contentType)
		}
		fmt.Fprintf(&b, ": %d\n\n", e.status)
		for _, name := range reportedHeaders {
			if values := e.header[name]; values != nil {
				fmt.Fprintf(&b, "- %s: %s\n", strings.ToLower(name), strings.Join(values, ", "))
			}
		}
		fmt.Fprintf(&b, "- body: `%s`\n", strings.ReplaceAll(v.shape(e.body, e.status >= 400), "`", "'"))
	}
	return b.String()
}

// segment matches a segment of a path that may be an id.
var segment = regexp.MustCompile(`/[^/]*[^a-z/][^/]*`)

func template(path string) string {
	return "/v1" + segment.ReplaceAllString(strings.TrimPrefix(path, "/v1"), "/{id}")
}

func describe(status int) string { return fmt.Sprintf("%d %s", status, http.StatusText(status)) }

// short describes why a call failed, without the texts of the server.
func short(err error) string {
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case errors.Is(err, errBusy):
		return errBusy.Error() // the client does not know that nothing was sent
	case ok && e.StatusCode > 0:
		return e.Op + ": " + describe(e.StatusCode)
	}
	return err.Error()
}

// shape returns a JSON body with types instead of values. In an error, Kustomer's own texts remain, masked.
func (v *verifier) shape(body []byte, isError bool) string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return fmt.Sprintf("%d bytes that are not JSON", len(body))
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v.shapeOf("", value, isError)) // cannot fail: the value was decoded from JSON
	return strings.TrimSpace(b.String())
}

func (v *verifier) shapeOf(name string, value any, isError bool) any {
	shown := isError && slices.Contains([]string{"code", "title", "message", "detail", "status"}, name)
	switch value := value.(type) {
	case string:
		if shown {
			return v.mask(value)
		}
	case float64:
		if shown {
			return value
		}
		return "number"
	case []any:
		if len(value) == 0 {
			return value
		}
		return []any{v.shapeOf(name, value[0], isError)}
	case map[string]any:
		shape := make(map[string]any)
		for _, n := range slices.Sorted(maps.Keys(value)) {
			field := v.shapeOf(n, value[n], isError)
			if name == "custom" || name == "properties" {
				n = "…" // the organisation's own names are left out
			}
			shape[n] = field
		}
		return shape
	}
	return fmt.Sprintf("%T", value)
}
