package main

import (
	"strconv"
	"strings"
	"unicode"
)

// Fields holds the fields of a composite literal.
type fields []string

// add adds a field, unless it has its zero value.
func (f *fields) add(name, code string) {
	if code != "" && code != "0" && code != `""` {
		*f = append(*f, name+": "+code)
	}
}

// literal puts the fields on one line, or on one line each if one of them spans several lines.
func (f fields) literal(typ string) string {
	if all := strings.Join(f, ", "); !strings.Contains(all, "\n") {
		return typ + "{" + all + "}"
	}
	return typ + "{\n" + strings.Join(f, ",\n") + ",\n}"
}

// quote returns a Go literal, in backquotes where those are easier to read.
func quote(s string) string {
	if strings.ContainsAny(s, `\"`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func quoteAll(all []string) string {
	if len(all) == 0 {
		return ""
	}
	var quoted []string
	for _, s := range all {
		quoted = append(quoted, quote(s))
	}
	return "[]string{" + strings.Join(quoted, ", ") + "}"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lowerFirst turns the beginning of a sentence into its continuation. Abbreviations keep their capitals.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 || len(r) > 1 && unicode.IsUpper(r[1]) {
		return s
	}
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

func firstSentence(s string) string {
	first, _, more := strings.Cut(s, ". ")
	if more {
		first += "."
	}
	return first
}
