package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A server, a proxy or a transport may repeat the API key that it was sent. All texts of theirs that people may see go
// through here. Whole keys are replaced; a text that shows a key in another way is dropped (see echo.go).

const (
	redacted     = "[redacted]"
	droppedBody  = "the response repeated the API key and was dropped"
	droppedCause = "an error whose text repeated the API key and was dropped"
)

// requestIDHeader has the only id of a request there is (observed).
const requestIDHeader = "X-Amz-Cf-Id"

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

// redact replaces the secrets in a text. It returns otherwise if the text still shows one.
func (s secrets) redact(text, otherwise string) string {
	if text = s.replace(text); s.in(text) {
		return otherwise
	}
	return text
}

// longest is the length of the longest secret. To find a secret whole at the end of a text, read that much further.
func (s secrets) longest() int {
	n := 0
	for _, token := range s {
		n = max(n, len(token))
	}
	return n
}

// redactBody takes the secrets out of an error's body and cuts it to what is kept.
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

// minEnd is the fewest characters at the end of a text that count as the beginning of a key.
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

// redactHeader returns the header without the secrets: a copy, if there were any. In the header of a success only whole
// ones are looked for, because a closer look would slow down every call.
func (s secrets) redactHeader(h http.Header, success bool) http.Header {
	if !success && !s.in(fmt.Sprint(h)) {
		return h
	}
	clean, copied := h, false
	for name, values := range h {
		shows := s.in
		if success {
			shows = s.wholeIn
		}
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

// redactItems takes the secrets out of items. Those from a body that redactBody has seen have none.
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
