package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/internal/definitions"
)

// The roles that allow reading the definitions; one of them is enough (Kustomer's reference).
const (
	role       = "org.permission.metadata.read"
	olderRoles = "org.user.metadata.read or org.admin.metadata.read"
)

// read reads the definitions from the source that the options name.
func read(ctx context.Context, o *options, stdin io.Reader) (*definitions.Definitions, error) {
	var data []byte
	var err error
	source := o.input
	switch o.input {
	case "":
		source = "the response"
		data, err = fetch(ctx, o.resource)
	case "-":
		source = "standard input"
		data, err = io.ReadAll(stdin)
	default:
		data, err = os.ReadFile(o.input)
	}
	if err != nil {
		return nil, err
	}
	d, err := definitions.Parse(data, o.resource)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return d, nil
}

// fetch reads the response from Kustomer.
func fetch(ctx context.Context, resource string) ([]byte, error) {
	c, err := client.FromEnv(client.WithUserAgent("kustomer-attributes"))
	if err != nil {
		return nil, usageErrorf("no file was given, and the definitions cannot be read from Kustomer: %w", err)
	}
	r, err := c.Do(ctx, "GET", "/v1/metadata/"+url.PathEscape(resource), nil)
	if errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) {
		return nil, fmt.Errorf("%w; reading the definitions needs an API key with the role %s (older: %s)", err, role, olderRoles)
	}
	if err != nil {
		return nil, err
	}
	return r.Raw(), nil
}
