package main

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	quoted  = regexp.MustCompile("`([^`]+)`")
	comment = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
)

// announcements are the entries below "### Breaking" in the changelog's sections above that of a release, or, if there was
// none, in [Unreleased] alone: of each, what it has in backquotes. What is in comments nobody reads.
func announcements(changelog, release string) ([]map[string]bool, error) {
	var all []map[string]bool
	var entry strings.Builder
	end := func() {
		names := map[string]bool{}
		for _, m := range quoted.FindAllStringSubmatch(entry.String(), -1) {
			names[strings.Join(strings.Fields(m[1]), " ")] = true
		}
		if len(names) > 0 {
			all = append(all, names)
		}
		entry.Reset()
	}
	counts, breaking := false, false
	for line := range strings.Lines(comment.ReplaceAllString(changelog, "")) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "## "):
			end()
			breaking = false
			if release != "" && strings.HasPrefix(line, "## ["+release+"]") {
				return all, nil
			}
			counts = release != "" || strings.HasPrefix(line, "## [Unreleased]")
			continue
		case strings.HasPrefix(line, "#"):
			end()
			breaking = counts && strings.TrimSpace(line) == "### Breaking"
			continue
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "), strings.TrimSpace(line) == "":
			end()
		}
		if breaking {
			entry.WriteString(line + "\n")
		}
	}
	end()
	if release != "" {
		return nil, fmt.Errorf("%s has no section \"## [%s]\", so it cannot be told what was announced since", changelogFile, release)
	}
	return all, nil
}
