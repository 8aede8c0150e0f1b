package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Fields collects the fields of a composite literal, leaving out those that are not set.
type fields []string

func (f *fields) value(name, code string) {
	if code != "" {
		*f = append(*f, name+": "+code)
	}
}

func (f *fields) text(name, s string) {
	if s != "" {
		f.value(name, quote(s))
	}
}

func (f *fields) number(name, s string) {
	if s != "" && s != "0" {
		f.value(name, s)
	}
}

func (f *fields) flag(name string, set bool) {
	if set {
		f.value(name, "true")
	}
}

func (f *fields) texts(name string, all []string) {
	if len(all) == 0 {
		return
	}
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	f.value(name, "[]string{"+strings.Join(quoted, ", ")+"}")
}

// literal puts the fields on one line, or on one each if any of them spans several.
func (f fields) literal(typ string) string {
	if all := strings.Join(f, ", "); !strings.Contains(all, "\n") {
		return fmt.Sprintf("%s{%s}", typ, all)
	}
	return fmt.Sprintf("%s{\n%s,\n}", typ, strings.Join(f, ",\n"))
}

// quote prefers the form in which a pattern can be read.
func quote(s string) string {
	if strings.ContainsAny(s, `\"`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}
