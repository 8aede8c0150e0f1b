package main

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var codeSpan = regexp.MustCompile("`([^`]*)`")

// prose turns the Markdown of a description into one line of a Go comment, which knows no marks for code and weight.
func prose(markdown string) string {
	s := strings.Join(strings.Fields(markdown), " ")
	s = strings.ReplaceAll(s, "**", "")
	return codeSpan.ReplaceAllStringFunc(s, func(span string) string {
		inner := strings.Trim(span, "`")
		// Single characters and texts with quotes of their own are plain enough.
		if strings.ContainsAny(inner, `" `) || strings.HasPrefix(inner, "{") {
			return inner
		}
		return `"` + inner + `"`
	})
}

// lowerFirst makes the beginning of a sentence the continuation of one. Abbreviations and the name of the service
// keep their capitals.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	word, _, _ := strings.Cut(s, " ")
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(second) && strings.ToUpper(word) == word || strings.HasPrefix(word, "Kustomer") {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

var sentenceEnd = regexp.MustCompile(`[.] [A-Z]`)

func firstSentence(s string) string {
	if end := sentenceEnd.FindStringIndex(s); end != nil {
		return s[:end[0]+1]
	}
	return s
}

// sentences appends limits to a description.
func sentences(about string, limits []string) string {
	if len(limits) == 0 {
		return about
	}
	more := strings.Join(limits, "; ")
	return about + " " + strings.ToUpper(more[:1]) + more[1:] + "."
}

// wrap breaks a text into lines of at most width characters, words permitting.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
