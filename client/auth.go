package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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

// A tokenFunc is how a client holds its credential. A function prints as an address in every format. A struct or an interface
// would print its contents.
type tokenFunc func(ctx context.Context) (string, error)

// errSameToken reports that the token source returned the token that a 401 rejected.
var errSameToken = errors.New("the token source returns the same token again")

// readToken reads the token of an attempt, and adds it to the secrets of the call.
func (c *Client) readToken(ctx context.Context, s retryState) (token string, used secrets, err error) {
	if err := ctx.Err(); err != nil {
		return "", s.secrets, err
	}
	if c.timeout > 0 && c.rotates {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	token, err = c.token(ctx)
	used = s.secrets.with(token) // also with an error, which may repeat the token
	switch {
	case err != nil:
		err = withContextErr(ctx, used.redactError(fmt.Errorf("no token: %w", err)))
	case checkToken(token) != nil:
		err = checkToken(token)
	case s.status == http.StatusUnauthorized && token == s.rejectedToken:
		err = errSameToken
	}
	return token, used, err
}

// authorize sets the token on one request. A transport that sets it would also set it on a redirected request.
func authorize(req *http.Request, token string) {
	req.Header["Authorization"] = []string{"Bearer " + token}
}
