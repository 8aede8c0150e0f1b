package validator

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Names returns the paths of the OpenAPI documents below the root of the repository. Each file in api/ is one, except the
// overlays.
func Names(root string) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(root, "api", "*.yaml"))
	if err == nil && len(all) == 0 {
		err = errors.New("no documents in " + filepath.Join(root, "api"))
	}
	return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "overlay.yaml") }), err
}

// newLoader returns a loader that follows references to other files, but not to other hosts.
func newLoader() *openapi3.Loader {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(loader *openapi3.Loader, location *url.URL) ([]byte, error) {
		if location.Host != "" {
			return nil, errors.New("references to other hosts are not followed: " + location.String())
		}
		return openapi3.ReadFromFile(loader, location)
	}
	return loader
}
