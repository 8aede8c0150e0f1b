package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// reported are the headers that a report shows: none of them says who asked.
var reported = []string{"Content-Type", "Date", "Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Kustomer-Pod"}

// report is what was seen, for people who were not there.
func (v *verifier) report() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What a sandbox answered\n\nOn %s. Ids, names, the host and the key are left out; of bodies there are the keys and the types of their values. Of errors there are Kustomer's words too, without what is quoted, addresses, ids, long numbers and what may be a name: look through those before you pass this on.\n\n## Findings\n\n", v.began.UTC().Format("2006-01-02"))
	b.WriteString("| question | expected | observed | |\n| --- | --- | --- | --- |\n")
	for _, f := range v.findings {
		observed := f.observed
		if f.why != "" {
			observed = "not asked: " + f.why
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.question, cell(f.expected), cell(observed), f.verdict())
	}
	if v.stopped != nil {
		fmt.Fprintf(&b, "\nIt stopped early: %s\n", v.short(v.stopped))
	}
	b.WriteString("\n## Answers\n")
	for i, e := range v.recorder.exchanges(0) {
		fmt.Fprintf(&b, "\n### %d. %s %s", i+1, e.method, template(e.path))
		if e.contentType != "" {
			fmt.Fprintf(&b, " (%s)", e.contentType)
		}
		fmt.Fprintf(&b, ": %d\n\n", e.status)
		for _, name := range reported {
			if values := e.header[name]; values != nil {
				fmt.Fprintf(&b, "- %s: %s\n", strings.ToLower(name), strings.Join(values, ", "))
			}
		}
		var words func(string) string
		if e.status >= 400 {
			words = v.mask
		}
		fmt.Fprintf(&b, "- body: `%s`\n", strings.ReplaceAll(shape(e.body, words), "`", "'"))
	}
	return []byte(v.redact(b.String()))
}

// cell makes a text fit into a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(text)
}

// name is a part of a path that is no id.
var name = regexp.MustCompile(`^[a-z]+$|^v1$`)

// template puts {id} for the parts of a path that may be ids.
func template(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p != "" && !name.MatchString(p) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}
