package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// A change breaks programs.
type change struct {
	names []string // the operation, document or Go symbol, and the part that changed
	text  string
}

func (c change) String() string { return "`" + strings.Join(c.names, "` `") + "`: " + c.text }

// An entry holds the names in backquotes of one entry of the changelog.
type entry []string

// announced reports whether one entry has all names of the change.
func (c change) announced(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool {
		return !slices.ContainsFunc(c.names, func(name string) bool { return !slices.Contains(e, name) })
	})
}

// announcements returns the entries below "### Breaking" in the sections above that of the release. Without a release,
// it returns those in the section [Unreleased].
func announcements(changelog, release string) ([]entry, error) {
	recent, _, found := strings.Cut("\n"+changelog, "\n## ["+release+"]")
	if release == "" {
		_, recent, _ = strings.Cut(recent, "\n## [Unreleased]")
		recent, _, _ = strings.Cut(recent, "\n## ")
	} else if !found {
		return nil, fmt.Errorf("%s has no section \"## [%s]\"", changelogFile, release)
	}
	var entries []entry
	for section := range strings.SplitSeq(recent, "\n### ") {
		items, breaking := strings.CutPrefix(section, "Breaking")
		if !breaking {
			continue
		}
		items, _, _ = strings.Cut(items, "\n## ")
		for item := range strings.SplitSeq("\n"+items, "\n- ") {
			var e entry
			for _, m := range quoted.FindAllStringSubmatch(item, -1) {
				e = append(e, m[1])
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}
