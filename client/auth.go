package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
)

// A TokenSource returns the token for each attempt: an API key or an OAuth access token. Kustomer accepts both in the same
// header (observed). Token must be safe for concurrent use, and must return when ctx is done.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenSourceFunc makes a function a [TokenSource].
type TokenSourceFunc func(ctx context.Context) (string, error)

// Token calls f.
func (f TokenSourceFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

// A tokenFunc is how a client holds its credential. In every format a function prints as an address. A struct or an
// interface would print its contents.
type tokenFunc func(ctx context.Context) (string, error)

func staticToken(key string) tokenFunc {
	return func(context.Context) (string, error) { return key, nil }
}

// checkToken says what is wrong with a key, but never shows the key.
func checkToken(key string) error {
	switch {
	case key == "":
		return errors.New("the API key is empty")
	case strings.Contains(key, "\x00"):
		return errors.New("the API key has a NUL byte, perhaps because it is in UTF-16, which PowerShell and some editors write: save it as UTF-8")
	case strings.HasPrefix(key, byteOrderMark):
		return errors.New("the API key begins with a byte-order mark, which some editors write: remove it")
	case strings.HasPrefix(key, "Bearer "):
		return errors.New(`the API key begins with "Bearer ": give the key alone`)
	case strings.ContainsAny(key, "\r\n"):
		return errors.New("the API key has a line break")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the API key has a blank or another character that a key cannot have")
	}
	return nil
}

// A credential is the token of one attempt, with the secrets that no text may show.
type credential struct {
	token   string
	secrets secrets // the tokens of this attempt and of those before it
}

// errSameToken reports that the token source returned the token that a 401 rejected.
var errSameToken = errors.New("the token source returns the same token again")

// readToken reads the token of an attempt. With an error it returns a credential that has only secrets.
func (c *Client) readToken(ctx context.Context, s retryState) (credential, error) {
	cred := credential{secrets: s.secrets}
	if err := ctx.Err(); err != nil {
		return cred, err
	}
	if c.timeout > 0 && c.rotates {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	token, err := c.token(ctx)
	cred.secrets = cred.secrets.with(token) // also with an error, which may repeat the token
	if err != nil {
		return cred, withContextErr(ctx, cred.secrets.redactError(fmt.Errorf("no token: %w", err)))
	}
	if err := checkToken(token); err != nil {
		return cred, err
	}
	if s.status == http.StatusUnauthorized && token == s.rejectedToken {
		return cred, errSameToken
	}
	cred.token = token
	return cred, nil
}

// authorize sets the token on the request itself. A transport would send it along a redirect too.
func authorize(req *http.Request, token string) {
	req.Header["Authorization"] = []string{"Bearer " + token}
	if runtime.GOOS == "js" {
		req.Header["js.fetch:redirect"] = []string{"manual"} // a browser would follow it and send the key along
	}
}
