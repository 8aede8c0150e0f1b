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

// The roles that reading the definitions takes, any one (Kustomer's reference).
const (
	role       = "org.permission.metadata.read"
	olderRoles = "org.user.metadata.read or org.admin.metadata.read"
)

// read reads the definitions from where the options say.
func read(ctx context.Context, o *options, stdin io.Reader) (*definitions.Definitions, error) {
	switch o.input {
	case "":
		return fetch(ctx, o.resource)
	case "-":
		return named("standard input")(definitions.Read(stdin, o.resource))
	}
	f, err := os.Open(o.input)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return named(o.input)(definitions.Read(f, o.resource))
}

// named lets errors say where the definitions came from.
func named(source string) func(*definitions.Definitions, error) (*definitions.Definitions, error) {
	return func(d *definitions.Definitions, err error) (*definitions.Definitions, error) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		return d, nil
	}
}

// fetch asks Kustomer for the definitions.
func fetch(ctx context.Context, resource string) (*definitions.Definitions, error) {
	c, err := client.FromEnv(client.WithUserAgent("kustomer-attributes"))
	if err != nil {
		return nil, usageErrorf("no file of definitions was named, and Kustomer cannot be asked for them: %w", err)
	}
	r, err := c.Do(ctx, "GET", "/v1/metadata/"+url.PathEscape(resource), nil)
	if errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) {
		return nil, fmt.Errorf("%w; the definitions need an API key with the role %s (older: %s)", err, role, olderRoles)
	}
	if err != nil {
		return nil, err
	}
	return named("the answer")(definitions.Parse(r.Raw(), resource))
}
