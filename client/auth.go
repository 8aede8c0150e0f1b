package client

import (
	"context"
	"errors"
	"strings"
)

// A TokenSource gives the token of each attempt: an API key, or an OAuth access token, which Kustomer takes in the
// same way (observed). Token is called by many goroutines at once and returns when ctx is done.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenSourceFunc makes a function a [TokenSource].
type TokenSourceFunc func(ctx context.Context) (string, error)

// Token calls f.
func (f TokenSourceFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

// tokenFunc is how a client keeps its credential: a function prints as an address, in every format, whereas a
// struct or an interface would print what it holds.
type tokenFunc func(ctx context.Context) (string, error)

func staticToken(key string) tokenFunc {
	return func(context.Context) (string, error) { return key, nil }
}

// checkToken says what is wrong with a key, never what the key is.
func checkToken(key string) error {
	switch {
	case key == "":
		return errors.New("the API key is empty")
	case strings.Contains(key, "\x00"):
		return errors.New("the API key has a NUL byte, perhaps because it is in UTF-16, as PowerShell and some editors write files: save it as UTF-8")
	case strings.HasPrefix(key, byteOrderMark):
		return errors.New("the API key begins with a byte-order mark, as some editors write it: leave it out")
	case strings.HasPrefix(key, "Bearer "):
		return errors.New(`the API key begins with "Bearer ": give the key alone`)
	case strings.ContainsAny(key, "\r\n"):
		return errors.New("the API key has a line break")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the API key has a blank or another character that a key cannot hold")
	}
	return nil
}
