package client

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// A server, a proxy or a transport may repeat what it was sent. What of that would be shown to people goes through here.

const redacted = "[redacted]"

// secrets are the tokens that a call has used, none of which may show.
type secrets []string

// with are the secrets and another one.
func (s secrets) with(token string) secrets {
	if token == "" || slices.Contains(s, token) {
		return s
	}
	return append(s, token)
}

func (s secrets) in(text string) bool {
	for _, token := range s {
		if strings.Contains(text, token) {
			return true
		}
	}
	return false
}

func (s secrets) redact(text string) string {
	for _, token := range s {
		text = strings.ReplaceAll(text, token, redacted)
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
	for _, token := range s {
		if bytes.Contains(body, []byte(token)) {
			body = bytes.ReplaceAll(body, []byte(token), []byte(redacted))
		}
	}
	return body[:min(len(body), maxError)]
}

// redactHeader returns the header without the secrets: a copy, where there were any.
func (s secrets) redactHeader(h http.Header) http.Header {
	clean, copied := h, false
	for name, values := range h {
		inName := s.inName(name)
		if !inName && !s.inAny(values) {
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

// inName looks into the name of a header, whose case net/http has changed.
func (s secrets) inName(name string) bool {
	for _, token := range s {
		if len(name) >= len(token) && strings.Contains(strings.ToLower(name), strings.ToLower(token)) {
			return true
		}
	}
	return false
}

func (s secrets) inAny(texts []string) bool { return slices.ContainsFunc(texts, s.in) }

// redactItems takes the secrets out of what was decoded, where JSON's escapes may have hidden them from redactBody.
func (s secrets) redactItems(items []ErrorItem) {
	for i := range items {
		item := &items[i]
		for _, text := range []*string{&item.Code, &item.Title, &item.Message, &item.Detail, &item.Field} {
			*text = s.redact(*text)
		}
		s.redactItems(item.SubErrors)
	}
}
