package client

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// A repeated key may be cut, escaped for JSON, HTML or a URL, or in lower case, as in the name of a header. Each of these
// escapes is undone once, in any order. A key in base64, in hex or compressed is not searched for, because people do not
// recognize it.

// maxRun is the number of consecutive characters of a key that a text may show.
const maxRun = 8

// leakIn reports whether a text shows a secret, or more than maxRun consecutive characters of one.
func (s secrets) leakIn(text string) bool {
	return s.leakInUnescaped(text, []func(string) string{unescapeJSON, html.UnescapeString, unescapeURL})
}

// leakInUnescaped is leakIn for a text from which other escapes have been removed.
func (s secrets) leakInUnescaped(text string, escapes []func(string) string) bool {
	if slices.ContainsFunc(s, func(token string) bool { return sharesRun(text, token) }) {
		return true
	}
	for i, undo := range escapes {
		plain := undo(text)
		if plain != text && s.leakInUnescaped(plain, slices.Delete(slices.Clone(escapes), i, i+1)) {
			return true
		}
	}
	return false
}

// wholeIn reports whether a text shows a whole secret. It is fast for a text that is shorter than a secret.
func (s secrets) wholeIn(text string) bool {
	return slices.ContainsFunc(s, func(token string) bool {
		return len(text) >= len(token) &&
			(strings.Contains(strings.ToLower(text), strings.ToLower(token)) || strings.ContainsAny(text, `\&%`) && s.leakIn(text))
	})
}

// sharesRun reports whether a text has more than maxRun consecutive characters of a token. Its time is linear in the sum of
// both lengths, and its memory in the shorter one.
func sharesRun(text, token string) bool {
	short, long := strings.ToLower(text), strings.ToLower(secretPart(token))
	n := min(len(long), maxRun+1)
	if len(short) > len(long) {
		short, long = long, short
	}
	runs := map[string]bool{}
	for i := range len(short) - n + 1 {
		runs[short[i:i+n]] = true
	}
	for i := range len(long) - n + 1 {
		if runs[long[i:i+n]] {
			return true
		}
	}
	return false
}

// secretPart returns the part of a token that is secret. Kustomer's API keys are JSON Web Tokens. Their first part names the
// signature algorithm, and is the same in many tokens.
func secretPart(token string) string {
	head, rest, _ := strings.Cut(token, ".")
	if looksLikeToken(head) && len(rest) > maxRun {
		return rest
	}
	return token
}

// looksLikeToken reports whether a text begins as a JSON Web Token does: with {" in base64.
func looksLikeToken(text string) bool { return strings.HasPrefix(text, "eyJ") }

var backslashes = strings.NewReplacer(`\\`, `\`, `\/`, `/`, `\"`, `"`, `\'`, `'`)

// unescapeJSON also undoes escapes of JavaScript, such as \x2B.
func unescapeJSON(text string) string {
	return backslashes.Replace(unhex(unhex(text, `\u`, 4), `\x`, 2))
}

func unescapeURL(text string) string { return unhex(text, "%", 2) }

// unhex replaces each mark that is followed by the given number of hex digits with the character of that number.
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
