package client

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// An echo of a key is seldom the key as it was sent: it may be cut, escaped for JSON, HTML or a URL, or in lower case, as
// the names of headers are. Each of these escapes is undone once, in any order. An echo in base64, in hex or compressed is
// not looked for: nobody reads the key in it by chance.

// maxRun is how many characters of a key in a row may show.
const maxRun = 8

// in reports whether a text shows a secret, or more than maxRun characters of one in a row.
func (s secrets) in(text string) bool {
	return s.inUndone(text, []func(string) string{unescapeJSON, html.UnescapeString, unescapeURL})
}

// inUndone reports the same of a text with some of the escapes undone.
func (s secrets) inUndone(text string, escapes []func(string) string) bool {
	if slices.ContainsFunc(s, func(token string) bool { return showsRun(text, token) }) {
		return true
	}
	for i, undo := range escapes {
		plain := undo(text)
		if plain != text && s.inUndone(plain, slices.Delete(slices.Clone(escapes), i, i+1)) {
			return true
		}
	}
	return false
}

// wholeIn reports whether a text shows a whole secret. It is cheap for a text that is shorter than one.
func (s secrets) wholeIn(text string) bool {
	return slices.ContainsFunc(s, func(token string) bool {
		return len(text) >= len(token) &&
			(strings.Contains(strings.ToLower(text), strings.ToLower(token)) || strings.ContainsAny(text, `\&%`) && s.in(text))
	})
}

// showsRun takes time in proportion to the two texts together, and memory to the shorter one.
func showsRun(text, token string) bool {
	short, long := strings.ToLower(text), strings.ToLower(own(token))
	n := min(len(long), maxRun+1)
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) < n {
		return false
	}
	runs := make(map[string]struct{}, len(short)-n+1)
	for i := range len(short) - n + 1 {
		runs[short[i:i+n]] = struct{}{}
	}
	for i := range len(long) - n + 1 {
		if _, ok := runs[long[i:i+n]]; ok {
			return true
		}
	}
	return false
}

// own returns the part of a token that is secret. API keys of Kustomer are JSON Web Tokens, whose first part says how they
// are signed. It is the same in very many tokens.
func own(token string) string {
	head, rest, _ := strings.Cut(token, ".")
	if isToken(head) && len(rest) > maxRun {
		return rest
	}
	return token
}

// isToken reports whether a text begins as JSON Web Tokens do: with {" in base64.
func isToken(text string) bool { return strings.HasPrefix(text, "eyJ") }

var backslashes = strings.NewReplacer(`\\`, `\`, `\/`, `/`, `\"`, `"`, `\'`, `'`)

// unescapeJSON also undoes \x2B, as scripts have it.
func unescapeJSON(text string) string {
	return backslashes.Replace(unhex(unhex(text, `\u`, 4), `\x`, 2))
}

func unescapeURL(text string) string { return unhex(text, "%", 2) }

// unhex replaces each mark that is followed by so many hex digits with the character of that number.
func unhex(text, mark string, digits int) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, mark)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		text = after
		if len(after) >= digits {
			if n, err := strconv.ParseUint(after[:digits], 16, 32); err == nil {
				b.WriteRune(rune(n))
				text = after[digits:]
				continue
			}
		}
		b.WriteString(mark)
	}
}
