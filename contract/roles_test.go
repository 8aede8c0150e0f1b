package contract

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/contract/internal/operations"
)

// The roles in the doc comments of the client's methods and in README.md are those of the documents.
func TestRolesInDocumentation(t *testing.T) {
	comments := make(map[string]string)
	files, err := filepath.Glob("../client/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				comments[f.Name.Name] += f.Doc.Text()
			}
		}
	}
	rows := rolesOfREADME(t)
	for _, op := range operations.OfClient(t, "..") {
		roles, legacy := op.Roles()
		for _, role := range slices.Concat(roles, legacy) {
			if !strings.Contains(comments[op.MethodName()], role) {
				t.Errorf("client: the comment of %s lacks the role %s", op.MethodName(), role)
			}
			if !strings.Contains(rows[op.Method+" "+op.Path], "`"+role+"`") {
				t.Errorf("README.md: the row of %s %s lacks the role %s", op.Method, op.Path, role)
			}
		}
		if n := strings.Count(rows[op.Method+" "+op.Path], "`org."); n != len(roles)+len(legacy) {
			t.Errorf("README.md: the row of %s %s has %d roles, want %d", op.Method, op.Path, n, len(roles)+len(legacy))
		}
	}
}

// rolesOfREADME returns the cell with the roles in the table of operations, by method and path.
func rolesOfREADME(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]string)
	above, update := "", ""
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if len(cells) < 5 {
			continue
		}
		switch roles := cells[3]; roles {
		case "same as above":
		case "same as for the update":
			above = update
		default:
			above = roles
		}
		request := strings.Trim(cells[1], "`")
		if strings.HasPrefix(request, "PATCH ") {
			update = above
		}
		rows[request] = above
	}
	return rows
}
