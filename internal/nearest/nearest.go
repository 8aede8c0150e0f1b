// Package nearest finds the known name that is closest to a mistyped one.
package nearest

import (
	"slices"
	"strings"
)

// Name returns the name closest to wrong, or "" if none is close. Case, blanks and the characters @ - _ are ignored.
// Otherwise the names may differ in a few edits, depending on the length. An edit is one letter added, removed,
// replaced or swapped with the next. If several names are equally close, Name returns the first in alphabetical order.
func Name(wrong string, names []string) string {
	best, fewest := "", allowed(wrong)+1
	for _, name := range slices.Sorted(slices.Values(names)) {
		if name == wrong {
			continue
		}
		if edits := distance(plain(wrong), plain(name), fewest); edits < fewest {
			best, fewest = name, edits
		}
	}
	return best
}

// OneEditAway reports whether wrong differs from name by at most one edit. Case, blanks and the characters @ - _ are
// ignored, so it also reports true for names that differ only in those.
func OneEditAway(wrong, name string) bool {
	return wrong != name && distance(plain(wrong), plain(name), 2) < 2
}

// allowed returns the maximum number of edits: one per three letters, at least 1 and at most 6.
func allowed(name string) int { return max(1, min(len([]rune(plain(name)))/3, 6)) }

var ignored = strings.NewReplacer("@", "", "-", "", "_", "", " ", "")

// plain returns the name without case and the characters that Name ignores.
func plain(name string) string { return ignored.Replace(strings.ToLower(name)) }

// distance returns the number of edits from a to b, or a number that is at least limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	// These are the rows of the distance matrix for the previous two letters of x and the current one.
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
