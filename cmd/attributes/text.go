package main

import (
	"strconv"
	"strings"
)

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
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
