package schema

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// A Regexp is a regular expression with a fast path for common ids and tags: texts of only ASCII letters, digits, _ and
// -.
type Regexp struct {
	*regexp.Regexp
	plain int // all such texts of 1 to plain characters match
}

// Pattern returns a function that compiles expr on first use, so that importing package gen does not slow down program
// start.
func Pattern(expr string) func() *Regexp {
	return sync.OnceValue(func() *Regexp {
		r := &Regexp{Regexp: regexp.MustCompile(expr)}
		tree, err := syntax.Parse(expr, syntax.Perl)
		// If the expression treats these characters alike, one text stands for all texts of its length.
		if err == nil && treatsAlike(tree) {
			for r.plain < maxPlain && r.Regexp.MatchString(strings.Repeat("a", r.plain+1)) {
				r.plain++
			}
		}
		return r
	})
}

const (
	plain    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"
	maxPlain = 64
)

// MatchString reports whether text matches.
func (r *Regexp) MatchString(text string) bool {
	return text != "" && len(text) <= r.plain && isPlain(text) || r.Regexp.MatchString(text)
}

func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', 'A' <= c && c <= 'Z', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// treatsAlike reports whether the expression accepts all plain characters wherever it accepts one.
func treatsAlike(re *syntax.Regexp) bool {
	taken := 0
	for _, c := range plain {
		switch re.Op {
		case syntax.OpWordBoundary, syntax.OpNoWordBoundary:
			return false
		case syntax.OpLiteral:
			if strings.ContainsRune(strings.ToLower(string(re.Rune)), c) {
				return false
			}
		case syntax.OpCharClass:
			for i := 0; i < len(re.Rune); i += 2 {
				if re.Rune[i] <= c && c <= re.Rune[i+1] {
					taken++
				}
			}
		}
	}
	if taken != 0 && taken != len(plain) {
		return false
	}
	for _, sub := range re.Sub {
		if !treatsAlike(sub) {
			return false
		}
	}
	return true
}
