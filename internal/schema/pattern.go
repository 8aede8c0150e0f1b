package schema

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// A Regexp is a regular expression that takes most ids and tags without being run: texts of nothing but ASCII letters,
// digits, _ and -.
type Regexp struct {
	*regexp.Regexp
	plain int // all such texts match, of 1 to so many characters
}

// Pattern compiles expr when it is first asked for, so that importing the data costs no program its start.
func Pattern(expr string) func() *Regexp {
	return sync.OnceValue(func() *Regexp {
		r := &Regexp{Regexp: regexp.MustCompile(expr)}
		tree, err := syntax.Parse(expr, syntax.Perl)
		// Where the expression does not tell such characters from each other, one text speaks for all of its length.
		if err == nil && alike(tree) {
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

// alike reports whether an expression takes each of the plain characters wherever it takes one of them.
func alike(re *syntax.Regexp) bool {
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
		if !alike(sub) {
			return false
		}
	}
	return true
}
