package client

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// A server, a proxy or a transport may repeat what it was sent. What of that would be shown to people goes through here.

const redacted = "[redacted]"

func redact(text, token string) string {
	if token == "" {
		return text
	}
	return strings.ReplaceAll(text, token, redacted)
}

// redactError takes the token out of an error's text. The text is then all that is left, for what it wraps says the same.
func redactError(err error, token string) error {
	if token == "" || err == nil || !strings.Contains(err.Error(), token) {
		return err
	}
	clean := errors.New(redact(err.Error(), token))
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return errors.Join(clean, end)
		}
	}
	return clean
}

// redactBody takes the token out of an error's body, and then cuts it to what is kept.
func redactBody(body []byte, token string) []byte {
	if token != "" && bytes.Contains(body, []byte(token)) {
		body = bytes.ReplaceAll(body, []byte(token), []byte(redacted))
	}
	return body[:min(len(body), maxError)]
}

// redactHeader returns the header without the token: a copy, where there was any.
func redactHeader(h http.Header, token string) http.Header {
	holds := func(v string) bool { return token != "" && strings.Contains(v, token) }
	copied := false
	for name, values := range h {
		if !slices.ContainsFunc(values, holds) {
			continue
		}
		if !copied {
			h, copied = h.Clone(), true
		}
		h[name] = []string{redacted}
	}
	return h
}

// redactItems takes the token out of what was decoded, where JSON's escapes may have hidden it from redactBody.
func redactItems(items []ErrorItem, token string) {
	for i := range items {
		item := &items[i]
		for _, text := range []*string{&item.Code, &item.Title, &item.Message, &item.Detail, &item.Field} {
			*text = redact(*text, token)
		}
		redactItems(item.SubErrors, token)
	}
}
