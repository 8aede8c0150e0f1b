package validator

import (
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
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

// Documents are several documents.
type Documents []Document

// LoadAll reads all documents below the root of the repository.
func LoadAll(root string) (Documents, error) {
	names, err := Names(root)
	if err != nil {
		return nil, err
	}
	var all Documents
	for _, name := range names {
		d, err := Load(name)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Request is like [Document.Request], with the document that has the operation.
func (all Documents) Request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	for _, d := range all {
		if _, _, err := d.findRoute(r); err == nil {
			return d.Request(r, body)
		}
	}
	return nil, routers.ErrPathNotFound
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
