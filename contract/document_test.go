package contract

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/contract/internal/validator"
)

func load(t testing.TB) validator.Document { return loadFile(t, "../api/openapi.yaml") }

func loadFile(t testing.TB, name string) validator.Document {
	t.Helper()
	d, err := validator.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocumentsAreValid(t *testing.T) {
	names, err := validator.Names("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := loadFile(t, name).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
