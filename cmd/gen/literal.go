package main

import (
	"strconv"
	"strings"
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
