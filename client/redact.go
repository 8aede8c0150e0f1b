package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A server, a proxy or a transport may repeat what it was sent. What of that would be shown to people goes through here:
// whole keys are replaced, and a text that shows one in another way is dropped (see echo.go).

const (
	redacted     = "[redacted]"
	droppedBody  = "the response repeated the API key and was dropped"
	droppedCause = "an error whose text repeated the API key and was dropped"
)

// secrets are the tokens that a call has used, none of which may show.
type secrets []string

// with are the secrets and another one.
func (s secrets) with(token string) secrets {
	if token == "" || slices.Contains(s, token) {
		return s
	}
	return append(s, token)
}

func (s secrets) replace(text string) string {
	for _, token := range s {
		text = strings.ReplaceAll(text, token, redacted)
	}
	return text
}

// redact takes the secrets out of a text. It returns the other one where that is not possible.
func (s secrets) redact(text, otherwise string) string {
	if text = s.replace(text); s.in(text) {
		return otherwise
	}
	return text
}

// longest is how much further than what is kept one has to read, to find a secret at the end of it whole.
func (s secrets) longest() int {
	n := 0
	for _, token := range s {
		n = max(n, len(token))
	}
	return n
}

// redactBody takes the secrets out of an error's body, and then cuts it to what is kept.
func (s secrets) redactBody(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	text := s.replaceEnd(s.replace(string(body[:min(len(body), maxError+s.longest())])))
	text = text[:min(len(text), maxError)]
	if s.in(text) {
		text = droppedBody
	}
	return []byte(text)
}

// minEnd is from where on the beginning of a key is told from a text that happens to end in it.
const minEnd = 4

// replaceEnd replaces the end of a text that was cut off within a secret.
func (s secrets) replaceEnd(text string) string {
	for _, token := range s {
		for n := min(len(token)-1, len(text)); n >= minEnd; n-- {
			if strings.HasSuffix(text, token[:n]) {
				return text[:len(text)-n] + redacted
			}
		}
	}
	return text
}

// redactHeader returns the header without the secrets: a copy, where there were any. Of a success only whole ones are
// looked for. Its header goes into no text of this package, and to look closer would cost each call more than all else
// that is done with the header.
func (s secrets) redactHeader(h http.Header, success bool) http.Header {
	shows := s.wholeIn
	if !success {
		if !s.in(fmt.Sprint(h)) {
			return h
		}
		shows = s.in
	}
	clean, copied := h, false
	for name, values := range h {
		inName := shows(name)
		if !inName && !slices.ContainsFunc(values, shows) {
			continue
		}
		if !copied {
			clean, copied = h.Clone(), true
		}
		if inName {
			delete(clean, name)
			name = redacted
		}
		clean[name] = []string{redacted}
	}
	return clean
}

// redactItems takes the secrets out of items that do not come from a body that redactBody has seen.
func (s secrets) redactItems(items []ErrorItem) {
	var all strings.Builder
	for _, i := range flatten(items) {
		fmt.Fprintln(&all, i.Code, i.Title, i.Message, i.Detail, i.Field)
	}
	if s.in(all.String()) {
		s.redactEach(items)
	}
}

func (s secrets) redactEach(items []ErrorItem) {
	for i := range items {
		item := &items[i]
		for _, text := range []*string{&item.Code, &item.Title, &item.Message, &item.Detail, &item.Field} {
			*text = s.redact(*text, redacted)
		}
		s.redactEach(item.SubErrors)
	}
}
