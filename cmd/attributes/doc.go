package main

import (
	"strconv"
	"strings"
)

// doc returns the lines of the comment for an attribute. Text of the organisation is quoted and never begins a line,
// where Go could read it as a directive.
func (a *attribute) doc() []string {
	var b strings.Builder
	b.WriteString(a.id + " is ")
	if a.DisplayName != "" {
		b.WriteString(abbreviated(a.DisplayName) + ", ")
	}
	if a.List {
		b.WriteString("a list, each ")
	}
	b.WriteString(a.phrase)
	if a.Target != "" {
		b.WriteString(" of " + abbreviated(a.Target))
	}
	if len(a.Tree) > 0 && a.LeafOnly {
		b.WriteString(", leaves only")
	}
	if a.values != nil {
		b.WriteString(": one of the constants that begin with " + a.id)
	}
	if a.key == "" {
		b.WriteString("; the constant is its name, for custom.Raw")
	}
	lines := []string{b.String() + "."}
	if a.Deleted {
		lines = append(lines, "", "Deprecated: the organisation has deleted this attribute.")
	}
	return lines
}

// These directives hold facts that the generated code does not, so that -check can read them.
const (
	listDirective   = "//kustomer:list"
	targetDirective = "//kustomer:target "
)

// directives returns the last lines of the comment.
func (a *attribute) directives() []string {
	var lines []string
	if a.List && a.key == "" {
		lines = append(lines, listDirective)
	}
	if a.Target != "" {
		lines = append(lines, targetDirective+quoted(a.Target))
	}
	return lines
}

// maxDisplayName is how many characters of a display name a comment shows.
const maxDisplayName = 200

// abbreviated returns the quoted beginning of a text of the organisation, for a comment.
func abbreviated(text string) string {
	if r := []rune(text); len(r) > maxDisplayName {
		text = string(r[:maxDisplayName]) + "…"
	}
	return quoted(text)
}

// quoted returns a text of the organisation in quotes and in one line, with unprintable characters escaped. It escapes
// pairs of the quotes ` and ', because gofmt replaces them in comments.
func quoted(text string) string {
	return strings.NewReplacer("``", "`\\x60", "''", `'\x27`).Replace(strconv.Quote(text))
}

// printable escapes control characters, so that a message cannot send commands to a terminal.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}
