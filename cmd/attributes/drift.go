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
	lines := make(map[string][]string) // by attribute name
	removed, added := before.notIn(after), after.notIn(before)
	for stem, gone := range removed {
		if now := added[stem]; len(gone) == 1 && len(now) == 1 { // the same name with another suffix
			lines[gone[0].name] = []string{fmt.Sprintf("retyped %v: now %v", gone[0], now[0])}
			delete(added, stem)
			continue
		}
		for _, a := range gone {
			lines[a.name] = []string{fmt.Sprint("removed ", a)}
		}
	}
	for _, attributes := range added {
		for _, a := range attributes {
			lines[a.name] = []string{fmt.Sprint("added ", a)}
		}
	}
	for name, a := range before {
		if a.inUse && after.has(name) {
			lines[name] = changes(a, after[name])
		}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		all = append(all, lines[name]...)
	}
	return append(all, redefined(before, after)...)
}

// has reports whether an attribute is in use.
func (s state) has(name string) bool { return s[name] != nil && s[name].inUse }

// notIn returns the attributes that are in use in s but not in other, by name without suffix.
func (s state) notIn(other state) map[string][]*declared {
	all := make(map[string][]*declared)
	for name, a := range s {
		if a.inUse && !other.has(name) {
			stem := strings.TrimSuffix(name, a.suffix)
			all[stem] = append(all[stem], a)
		}
	}
	return all
}

// redefined returns the identifiers whose meaning has changed, one line per identifier.
func redefined(before, after state) []string {
	then, now := before.identifiers(), after.identifiers()
	var all []string
	for _, id := range slices.Sorted(maps.Keys(then)) {
		if text, ok := now[id]; ok && text != then[id] {
			all = append(all, fmt.Sprintf("%s now means %q instead of %q: code that uses it may still compile", id, text, then[id]))
		}
	}
	return all
}

// identifiers returns the meaning of each identifier: the name of an attribute, or a value.
func (s state) identifiers() map[string]string {
	all := make(map[string]string)
	for name, a := range s {
		all[a.id] = name
		for text, id := range a.values {
			all[id] = text
		}
	}
	return all
}

// changes returns what has changed in an attribute, one line per change.
func changes(a, b *declared) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	name := shortName(a.name)
	if a.description() != b.description() {
		add("retyped %s: was %s, is %s", name, a.description(), b.description())
	}
	if a.target != b.target {
		add("retyped %s: was the id of %s, is the id of %s", name, kindOfRecord(a.target), kindOfRecord(b.target))
	}
	if a.id != b.id {
		add("renamed the key of %s: was %s, is %s", name, a.id, b.id)
	}
	for _, text := range slices.Sorted(maps.Keys(a.values)) {
		if id, ok := b.values[text]; ok && id != a.values[text] {
			add("renamed the constant of %q: was %s, is %s", text, a.values[text], id)
		}
	}
	var what []string
	if texts := missing(b.values, a.values); texts != nil {
		what = append(what, "added "+strings.Join(texts, ", "))
	}
	if texts := missing(a.values, b.values); texts != nil {
		what = append(what, "removed "+strings.Join(texts, ", "))
	}
	if what == nil {
		return lines
	}
	rule := ""
	switch {
	case len(a.values) == 0:
		rule = "; any was allowed before"
	case len(b.values) == 0:
		rule = "; now any is allowed"
	}
	add("values of %s: %s%s", name, strings.Join(what, ", "), rule)
	return lines
}

func kindOfRecord(target string) string {
	if target == "" {
		return "any record"
	}
	return "a " + strconv.Quote(target)
}

// missing returns the values that are in these but not in other, sorted and quoted.
func missing(these, other map[string]string) []string {
	var all []string
	for _, text := range slices.Sorted(maps.Keys(these)) {
		if _, ok := other[text]; !ok {
			all = append(all, strconv.Quote(text))
		}
	}
	return all
}
