package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// drift tells, in a line each and by name, what the organisation has changed between two states.
func drift(before, after state) []string {
	d := differ{before: before, after: after, lines: make(map[string][]string)}
	d.retyped()
	for name, a := range before {
		if b := after[name]; b != nil && a.inUse && b.inUse {
			d.compare(name, a, b)
		}
	}
	for name, a := range before {
		if a.inUse && !d.after.has(name) && d.lines[name] == nil {
			d.say(name, "removed %s (%s)", shortName(name), a.described())
		}
	}
	for name, b := range after {
		if b.inUse && !d.before.has(name) && !d.paired[name] {
			d.say(name, "added %s (%s)", shortName(name), b.described())
		}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(d.lines)) {
		all = append(all, d.lines[name]...)
	}
	return append(all, meanings(before, after)...)
}

// meanings tells which identifiers stand for something else than before: what uses them still compiles.
func meanings(before, after state) []string {
	then, now := before.identifiers(), after.identifiers()
	var all []string
	for _, id := range slices.Sorted(maps.Keys(then)) {
		if text, ok := now[id]; ok && text != then[id] {
			all = append(all, fmt.Sprintf("%s stands for %s now, and stood for %s: what uses it may still compile", id, strconv.Quote(text), strconv.Quote(then[id])))
		}
	}
	return all
}

// identifiers returns what each identifier stands for: the name of an attribute, or a value.
func (s state) identifiers() map[string]string {
	all := make(map[string]string)
	for name, a := range s {
		all[a.id] = name
		for _, v := range a.values {
			all[v.id] = v.text
		}
	}
	return all
}

type differ struct {
	before, after state
	paired        map[string]bool     // added ones that stand for a removed one
	lines         map[string][]string // by name
}

func (d *differ) say(name, format string, args ...any) {
	d.lines[name] = append(d.lines[name], fmt.Sprintf(format, args...))
}

// has reports whether an attribute is in use.
func (s state) has(name string) bool { return s[name] != nil && s[name].inUse }

// retyped finds attributes that came back under the same name with another suffix.
func (d *differ) retyped() {
	d.paired = make(map[string]bool)
	gone, come := d.before.without(d.after), d.after.without(d.before)
	for stem, old := range gone {
		if now := come[stem]; len(old) == 1 && len(now) == 1 {
			a, b := d.before[old[0]], d.after[now[0]]
			d.paired[now[0]] = true
			d.say(old[0], "retyped %s (%s): now %s (%s)", shortName(old[0]), a.described(), shortName(now[0]), b.described())
		}
	}
}

// without returns what is in use here and not there, by stem.
func (s state) without(other state) map[string][]string {
	all := make(map[string][]string)
	for name, a := range s {
		if a.inUse && !other.has(name) {
			all[a.stem(name)] = append(all[a.stem(name)], name)
		}
	}
	return all
}

// compare tells what has changed about one attribute.
func (d *differ) compare(name string, a, b *declared) {
	if a.described() != b.described() {
		d.say(name, "retyped %s: was %s, is %s", shortName(name), a.described(), b.described())
	}
	if a.target != b.target {
		d.say(name, "retyped %s: was the id of %s, is the id of %s", shortName(name), kindOfRecord(a.target), kindOfRecord(b.target))
	}
	if a.id != b.id {
		d.say(name, "renamed the key of %s: was %s, is %s", shortName(name), a.id, b.id)
	}
	now := make(map[string]string, len(b.values))
	for _, v := range b.values {
		now[v.text] = v.id
	}
	for _, v := range a.values {
		if id := now[v.text]; id != "" && id != v.id {
			d.say(name, "renamed the constant of %s: was %s, is %s", strconv.Quote(v.text), v.id, id)
		}
	}
	var what []string
	for _, part := range []struct {
		word         string
		these, other []constant
	}{{"added", b.values, a.values}, {"removed", a.values, b.values}} {
		var texts []string
		for _, v := range missing(part.these, part.other) {
			texts = append(texts, strconv.Quote(v))
		}
		if texts != nil {
			what = append(what, part.word+" "+strings.Join(texts, ", "))
		}
	}
	if what == nil {
		return
	}
	rule := ""
	switch {
	case a.values == nil:
		rule = "; any was allowed before"
	case b.values == nil:
		rule = "; now any is allowed"
	case !onlyLeaves(a.values) && onlyLeaves(b.values):
		rule = "; now only nodes without children may be chosen"
	case onlyLeaves(a.values) && !onlyLeaves(b.values):
		rule = "; now nodes with children may be chosen too"
	}
	d.say(name, "values of %s: %s%s", shortName(name), strings.Join(what, ", "), rule)
}

func kindOfRecord(target string) string {
	if target == "" {
		return "any record"
	}
	return "a " + strconv.Quote(target)
}

// missing returns the values that are among these and not among the others.
func missing(these, other []constant) []string {
	known := make(map[string]bool, len(other))
	for _, v := range other {
		known[v.text] = true
	}
	var all []string
	for _, v := range these {
		if !known[v.text] {
			all = append(all, v.text)
		}
	}
	return all
}

// shortName writes a name as it is, unless a terminal or a log could take it for something else.
func shortName(name string) string {
	if strconv.Quote(name) == `"`+name+`"` {
		return name
	}
	return strconv.Quote(name)
}
