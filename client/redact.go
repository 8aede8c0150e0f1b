package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A server, a proxy or a transport may repeat the API key. All their texts that people may see are redacted here. A whole key
// is replaced. A text that shows a key in another way is dropped: see leakIn.

const (
	redacted     = "[redacted]"
	droppedBody  = "the response repeated the API key and was dropped"
	droppedCause = "an error whose text repeated the API key and was dropped"
)

// requestIDHeader has the only request id that the API sends (observed).
const requestIDHeader = "X-Amz-Cf-Id"

// secrets are the tokens that a call has used. No text may show them.
type secrets []string

// with returns the secrets and another one. It does not change s.
func (s secrets) with(token string) secrets {
	if token == "" || slices.Contains(s, token) {
		return s
	}
	return append(slices.Clip(s), token)
}

func (s secrets) replace(text string) string {
	for _, token := range s {
		text = strings.ReplaceAll(text, token, redacted)
	}
	return text
}

// redact replaces the secrets in a text. If the text still shows one, it returns substitute.
func (s secrets) redact(text, substitute string) string {
	if text = s.replace(text); s.leakIn(text) {
		return substitute
	}
	return text
}

// longest returns the length of the longest secret. A text is read that much further, so that a secret at its end is whole.
func (s secrets) longest() int {
	n := 0
	for _, token := range s {
		n = max(n, len(token))
	}
	return n
}

// redactBody removes the secrets from the body of an error and cuts it to maxErrorBody.
func (s secrets) redactBody(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	text := s.replaceEnd(s.replace(string(body[:min(len(body), maxErrorBody+s.longest())])))
	text = text[:min(len(text), maxErrorBody)]
	if s.leakIn(text) {
		text = droppedBody
	}
	return []byte(text)
}

// minPrefix is the minimum number of characters that count as the beginning of a key.
const minPrefix = 4

// replaceEnd replaces the beginning of a secret at the end of a text that was cut off.
func (s secrets) replaceEnd(text string) string {
	for _, token := range s {
		for n := min(len(token)-1, len(text)); n >= minPrefix; n-- {
			if strings.HasSuffix(text, token[:n]) {
				return text[:len(text)-n] + redacted
			}
		}
	}
	return text
}

// redactHeader returns a header without the secrets. It copies the header if it changes it. In the header of a success it
// searches for whole secrets only, because a full search would slow down every call.
func (s secrets) redactHeader(h http.Header, success bool) http.Header {
	shows := s.leakIn
	if success {
		shows = s.wholeIn
	}
	var clean http.Header
	for name, values := range h {
		inName := shows(name)
		if !inName && !slices.ContainsFunc(values, shows) {
			continue
		}
		if clean == nil {
			clean = h.Clone()
		}
		if inName {
			delete(clean, name)
			name = redacted
		}
		clean[name] = []string{redacted}
	}
	if clean == nil {
		return h
	}
	return clean
}

// redactItems removes the secrets from items that were read from a body beyond maxErrorBody.
func (s secrets) redactItems(items []ErrorItem) {
	for i := range items {
		item := &items[i]
		for _, text := range []*string{&item.Code, &item.Title, &item.Message, &item.Detail, &item.Field} {
			*text = s.redact(*text, redacted)
		}
		s.redactItems(item.SubErrors)
	}
}

// A redactedError stands for an error of a transport, a body or a token source. Such an error may contain the request with the
// key, even if its text does not show it. So a redactedError has the redacted text, and holds the error only in functions, which
// print as addresses. It matches with errors.Is and errors.As but cannot be unwrapped.
type redactedError struct {
	text string
	is   func(target error) bool
	as   func(target any) bool
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Is(target error) bool { return e.is(target) }

func (e *redactedError) As(target any) bool { return e.as(target) }

// redactError makes an error from outside this package safe to show.
func (s secrets) redactError(err error) error {
	if err == nil {
		return nil
	}
	return &redactedError{
		text: s.redact(err.Error(), droppedCause),
		is:   func(target error) bool { return errors.Is(err, target) },
		as:   func(target any) bool { return s.as(err, target) },
	}
}

// as is errors.As, but does not find an error that shows a secret.
func (s secrets) as(err error, target any) bool {
	if p, ok := target.(*causeType); ok {
		*p = causeType(fmt.Sprintf("%T", err))
		return true
	}
	found := reflect.New(reflect.TypeOf(target).Elem()) // errors.As has checked that it is a pointer
	if !errors.As(err, found.Interface()) || s.leakedBy(found.Elem().Interface()) {
		return false
	}
	reflect.ValueOf(target).Elem().Set(found.Elem())
	return true
}

// A causeType asks a redactedError for the type of the error that it stands for.
type causeType string

func (causeType) Error() string { return "" }

// leakedBy reports whether printing a value, or an error that it wraps, shows a secret.
func (s secrets) leakedBy(v any) bool {
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if s.leakIn(fmt.Sprintf(format, v)) {
			return true
		}
	}
	if data, err := json.Marshal(v); err == nil && s.leakIn(string(data)) {
		return true
	}
	switch v := v.(type) {
	case interface{ Unwrap() error }:
		inner := v.Unwrap()
		return inner != nil && s.leakedBy(inner)
	case interface{ Unwrap() []error }:
		for _, inner := range v.Unwrap() {
			if inner != nil && s.leakedBy(inner) {
				return true
			}
		}
	}
	return false
}

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
