// Package nearest finds the name that somebody may have meant.
package nearest

import (
	"slices"
	"strings"
)

// Name returns the one of names that is nearest to wrong, or "" if none is near: the same but for upper and lower case and for
// what is neither letter nor digit, or one that a few slips lead to. A slip is a letter too many, one too few, another one, or
// two in the wrong order. Of names that are equally near, the first in the alphabet is taken.
func Name(wrong string, names []string) string {
	best, fewest := "", allowed(wrong)+1
	for _, name := range slices.Sorted(slices.Values(names)) {
		if name == wrong {
			continue
		}
		if slips := distance(plain(wrong), plain(name), fewest); slips < fewest {
			best, fewest = name, slips
		}
	}
	return best
}

// OneSlip reports whether wrong is another text than name and at most one slip away from it, where upper and lower case and what
// is neither letter nor digit do not count.
func OneSlip(wrong, name string) bool {
	return wrong != name && distance(plain(wrong), plain(name), 2) < 2
}

// allowed is how many slips a name may be away: one in three letters, and at least one.
func allowed(name string) int { return max(1, min(len([]rune(plain(name)))/3, 6)) }

// plain is a name without what people mistake most.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("@-_ ", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// distance is how many slips lead from a to b, or a number that is not below limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	// The rows of the matrix for the last two letters of x, and the one in work.
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
