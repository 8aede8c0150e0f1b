package main

import (
	"regexp"
	"strings"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// announcements are the entries below "### Breaking" in the changelog's sections above that of a release, or in all if
// there was none: of each, what it has in backquotes.
func announcements(changelog, release string) []map[string]bool {
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
	breaking := false
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "## "):
			end()
			breaking = false
			if release != "" && strings.HasPrefix(line, "## ["+release+"]") {
				return all
			}
			continue
		case strings.HasPrefix(line, "#"):
			end()
			breaking = strings.TrimSpace(line) == "### Breaking"
			continue
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "), strings.TrimSpace(line) == "":
			end()
		}
		if breaking {
			entry.WriteString(line + "\n")
		}
	}
	end()
	return all
}
