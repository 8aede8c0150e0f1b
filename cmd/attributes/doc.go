package main

import (
	"strconv"
	"strings"
)

// doc returns the lines of the comment of an attribute. What comes from the organisation stands in quotes, and never
// at the beginning of a line, where it could mean something to Go.
func (a *attribute) doc() []string {
	var b strings.Builder
	b.WriteString(a.id + " is ")
	if a.DisplayName != "" {
		b.WriteString(shown(a.DisplayName) + ", ")
	}
	if a.List {
		b.WriteString("a list, each ")
	}
	b.WriteString(a.phrase)
	if a.Target != "" {
		b.WriteString(" of " + shown(a.Target))
	}
	if len(a.Tree) > 0 && a.LeafOnly {
		b.WriteString(", leaves only")
	}
	if a.values != nil {
		b.WriteString(": one of the constants that begin with " + a.id)
	}
	if a.key == "" {
		b.WriteString("; this is its name, for custom.Raw")
	}
	lines := []string{b.String() + "."}
	if a.Deleted {
		lines = append(lines, "", "Deprecated: the organisation has deleted this attribute.")
	}
	return lines
}

// What no code of a generated file says stands in comments of these forms, to be found again by -check.
const (
	listDirective   = "//kustomer:list"
	targetDirective = "//kustomer:target "
)

// directives returns the lines with which a comment ends.
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

// maxShown is how much of a display name comments show, in characters.
const maxShown = 200

// shown is the beginning of a text of the organisation, for a comment.
func shown(text string) string {
	if r := []rune(text); len(r) > maxShown {
		text = string(r[:maxShown]) + "…"
	}
	return quoted(text)
}

// quoted writes a text of the organisation for a comment or a message: in quotes and one line, with escapes for whatever is
// not printed. Of two quotes of the other kinds side by side, gofmt would make something else.
func quoted(text string) string {
	return strings.NewReplacer("``", "`\\x60", "''", `'\x27`).Replace(strconv.Quote(text))
}

// printable writes a message with escapes for what a terminal could take for a command.
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
