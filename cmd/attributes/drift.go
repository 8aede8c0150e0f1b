package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// drift returns what the organisation has changed between two states, one line per change, sorted by name.
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
			d.add(name, "removed %s (%s)", shortName(name), a.description())
		}
	}
	for name, b := range after {
		if b.inUse && !d.before.has(name) && !d.paired[name] {
			d.add(name, "added %s (%s)", shortName(name), b.description())
		}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(d.lines)) {
		all = append(all, d.lines[name]...)
	}
	return append(all, redefined(before, after)...)
}

// redefined returns the identifiers that mean something else than before. Code that uses them still compiles.
func redefined(before, after state) []string {
	then, now := before.identifiers(), after.identifiers()
	var all []string
	for _, id := range slices.Sorted(maps.Keys(then)) {
		if text, ok := now[id]; ok && text != then[id] {
			all = append(all, fmt.Sprintf("%s now means %s instead of %s: code that uses it may still compile", id, strconv.Quote(text), strconv.Quote(then[id])))
		}
	}
	return all
}

// identifiers returns the meaning of each identifier: the name of an attribute, or a value.
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
	paired        map[string]bool     // added attributes that replace a removed one
	lines         map[string][]string // by attribute name
}

func (d *differ) add(name, format string, args ...any) {
	d.lines[name] = append(d.lines[name], fmt.Sprintf(format, args...))
}

// has reports whether an attribute is in use.
func (s state) has(name string) bool { return s[name] != nil && s[name].inUse }

// retyped finds attributes that returned under the same name with another suffix.
func (d *differ) retyped() {
	d.paired = make(map[string]bool)
	removed, added := d.before.onlyIn(d.after), d.after.onlyIn(d.before)
	for stem, old := range removed {
		if now := added[stem]; len(old) == 1 && len(now) == 1 {
			a, b := d.before[old[0]], d.after[now[0]]
			d.paired[now[0]] = true
			d.add(old[0], "retyped %s (%s): now %s (%s)", shortName(old[0]), a.description(), shortName(now[0]), b.description())
		}
	}
}

// onlyIn returns the attributes that are in use in s but not in other, by stem.
func (s state) onlyIn(other state) map[string][]string {
	all := make(map[string][]string)
	for name, a := range s {
		if a.inUse && !other.has(name) {
			all[a.stem(name)] = append(all[a.stem(name)], name)
		}
	}
	return all
}

// compare adds the changes of one attribute.
func (d *differ) compare(name string, a, b *declared) {
	if a.description() != b.description() {
		d.add(name, "retyped %s: was %s, is %s", shortName(name), a.description(), b.description())
	}
	if a.target != b.target {
		d.add(name, "retyped %s: was the id of %s, is the id of %s", shortName(name), kindOfRecord(a.target), kindOfRecord(b.target))
	}
	if a.id != b.id {
		d.add(name, "renamed the key of %s: was %s, is %s", shortName(name), a.id, b.id)
	}
	now := make(map[string]string, len(b.values))
	for _, v := range b.values {
		now[v.text] = v.id
	}
	for _, v := range a.values {
		if id := now[v.text]; id != "" && id != v.id {
			d.add(name, "renamed the constant of %s: was %s, is %s", strconv.Quote(v.text), v.id, id)
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
	d.add(name, "values of %s: %s%s", shortName(name), strings.Join(what, ", "), rule)
}

func kindOfRecord(target string) string {
	if target == "" {
		return "any record"
	}
	return "a " + strconv.Quote(target)
}

// missing returns the values that are in these but not in other.
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

// shortName returns the name, quoted if it has characters that a terminal or log could misread.
func shortName(name string) string {
	if strconv.Quote(name) == `"`+name+`"` {
		return name
	}
	return strconv.Quote(name)
}
