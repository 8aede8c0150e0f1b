package contract

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/contract/internal/operations"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// byDo has the operations that have no method in the client, with the reason.
var byDo = map[string]string{
	"getCustomAttributeMetadata": "only code generators need it, and Do calls it",
}

// steps are the steps of "A new operation" in CONTRIBUTING.md after the first one. Each reports what is missing.
var steps = []struct {
	name, todo string // todo is a format: [1] the client's method, [2] the HTTP method, [3] the path, [4] the status of success, [5] the variable in gen, [6] the call
	done       func(t *testing.T, op operations.Operation) bool
}{
	{"generated", "run `make generate`: gen/ has no %[5]s",
		func(t *testing.T, op operations.Operation) bool {
			return isIn(t, "gen", op.Variable()+" = ")
		}},
	{"method", "client/conversations.go or client/customer.go: add the method %[1]s to Client, or its other name to calls in contract/internal/operations/call.go",
		func(t *testing.T, op operations.Operation) bool { return op.IsMethod() }},
	{"client test", "client/operations_test.go: add %[5]s to operations; test a look-up in a file of its own instead, with a call of %[6]s…)",
		func(t *testing.T, op operations.Operation) bool {
			return isIn(t, "client/operations_test.go", op.Variable()+",") || op.Parameter().Name != "id" && isTested(t, op)
		}},
	{"route", "kustomertest/routes.go: add a route for %[5]s, with a handler: the fake responds to %[2]s %[3]s with 404",
		isServed},
	{"README", "README.md: add a row with `%[1]s`, `%[2]s %[3]s` and %[4]d to the table of operations",
		func(t *testing.T, op operations.Operation) bool {
			return isIn(t, "README.md", fmt.Sprintf("\n| `%s` | `%s %s` | %d |", op.MethodName(), op.Method, op.Path, op.Success()))
		}},
	{"llms.txt", "llms.txt: add the signature of %[6]s…)",
		func(t *testing.T, op operations.Operation) bool { return isIn(t, "llms.txt", " "+op.Called()) }},
	{"changelog", "CHANGELOG.md: add an entry that names `%[1]s`",
		func(t *testing.T, op operations.Operation) bool {
			return isIn(t, "CHANGELOG.md", "`"+op.MethodName()+"`")
		}},
}

func TestStepsOfEachOperation(t *testing.T) {
	for _, op := range operations.All(t, "..") {
		if _, ok := byDo[op.OperationID]; ok {
			if !isServed(t, op) {
				t.Errorf("kustomertest/routes.go: add a route for %s %s", op.Method, op.Path)
			}
			continue
		}
		for _, step := range steps {
			t.Run(op.OperationID+"/"+step.name, func(t *testing.T) {
				if !step.done(t, op) {
					t.Errorf(step.todo, op.MethodName(), op.Method, op.Path, op.Success(), op.Variable(), op.Called())
				}
			})
		}
	}
}

// isIn reports whether a text is in a file of the repository, or in any file of a folder.
func isIn(t *testing.T, name, text string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(filepath.Join("..", name), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || strings.Contains(string(data), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// isTested reports whether a test of the client calls the operation.
func isTested(t *testing.T, op operations.Operation) bool {
	t.Helper()
	files, err := filepath.Glob("../client/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool { return isIn(t, strings.TrimPrefix(file, "../"), "."+op.Called()) })
}

// isServed reports whether the fake has a route for the operation. Without a route, the status is 404.
func isServed(t *testing.T, op operations.Operation) bool {
	t.Helper()
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}, Roles: []string{"org.permission.none"}})
	resp, err := srv.HTTPClient().Do(op.NewRequest(t, srv.URL, kustomertest.APIKey, recordOf(t, srv, op)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode != http.StatusNotFound
}

// The document describes each operation in full.
func TestOperationsAreDescribed(t *testing.T) {
	for _, op := range operations.All(t, "..") {
		missing := func(what string) {
			t.Errorf("%s: add %s to %s (%s %s)", op.File, what, op.OperationID, op.Method, op.Path)
		}
		for name, text := range map[string]string{"operationId": op.OperationID, "a summary": op.Summary, "a description": op.Description} {
			if text == "" {
				missing(name)
			}
		}
		if op.ExternalDocs == nil {
			missing("externalDocs, its page of Kustomer's reference")
		}
		for _, name := range []string{"x-required-roles", "x-legacy-roles"} {
			if op.Extensions[name] == nil {
				missing(name)
			}
		}
		if p := op.Parameter(); p.Example == nil && len(p.Examples) == 0 {
			missing("an example of the parameter " + op.Parameter().Name)
		}
		want := []string{"400", "401", "403", "404", "429", "5XX"}
		if op.RequestBody != nil {
			want = append(want, "409", "413")
			if op.RequestBody.Value.Extensions["x-max-body-bytes"] == nil {
				missing("x-max-body-bytes of the request body")
			}
			for media, content := range op.RequestBody.Value.Content {
				if content.Example == nil && len(content.Examples) == 0 {
					missing("an example of the request body in " + media)
				}
			}
		}
		for _, status := range want {
			if op.Responses.Value(status) == nil {
				missing("the response " + status)
			}
		}
		for status, response := range op.Responses.Map() {
			for media, content := range response.Value.Content {
				if content.Example == nil && len(content.Examples) == 0 {
					missing("an example of the response " + status + " in " + media)
				}
			}
		}
	}
}
