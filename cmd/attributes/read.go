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
	switch o.input {
	case "":
		return fetch(ctx, o.resource)
	case "-":
		return withSource("standard input")(definitions.Read(stdin, o.resource))
	}
	f, err := os.Open(o.input)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return withSource(o.input)(definitions.Read(f, o.resource))
}

// withSource adds the source of the definitions to an error.
func withSource(source string) func(*definitions.Definitions, error) (*definitions.Definitions, error) {
	return func(d *definitions.Definitions, err error) (*definitions.Definitions, error) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		return d, nil
	}
}

// fetch reads the definitions from Kustomer.
func fetch(ctx context.Context, resource string) (*definitions.Definitions, error) {
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
	return withSource("the response")(definitions.Parse(r.Raw(), resource))
}
