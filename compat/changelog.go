package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	quoted  = regexp.MustCompile("`([^`]+)`")
	comment = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
)

// An entry of the changelog has names in backquotes.
type entry []string

// announced reports whether one entry has all names of the change.
func (c change) announced(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool {
		return !slices.ContainsFunc(c.names, func(name string) bool { return !slices.Contains(e, name) })
	})
}

// announcements returns the entries below "### Breaking" in the sections above that of the release. Without a release, only
// the section [Unreleased] counts.
func announcements(changelog, release string) ([]entry, error) {
	recent, _, found := strings.Cut("\n"+comment.ReplaceAllString(changelog, ""), "\n## ["+release+"]")
	if release == "" {
		_, recent, _ = strings.Cut(recent, "\n## [Unreleased]")
		recent, _, _ = strings.Cut(recent, "\n## ")
	} else if !found {
		return nil, fmt.Errorf("%s has no section \"## [%s]\"", changelogFile, release)
	}
	var entries []entry
	breaking := false
	for line := range strings.Lines(recent) {
		switch {
		case strings.HasPrefix(line, "#"):
			breaking = strings.TrimSpace(line) == "### Breaking"
		case breaking && strings.HasPrefix(line, "- "):
			entries = append(entries, nil)
		}
		if !breaking || len(entries) == 0 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			last := &entries[len(entries)-1]
			*last = append(*last, m[1])
		}
	}
	return entries, nil
}
