package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// goTypes is what the generated models declare.
type goTypes struct {
	specs  map[string]*ast.TypeSpec
	consts map[string][]goConst // by type
}

type goConst struct{ name, value string }

// A goField is a field of a struct, as seen from package client.
type goField struct{ name, typ string }

func parseTypes(code []byte) (*goTypes, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "gen.go", code, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	types := &goTypes{map[string]*ast.TypeSpec{}, map[string][]goConst{}}
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				types.specs[spec.Name.Name] = spec
			case *ast.ValueSpec:
				types.addConst(spec)
			}
		}
	}
	return types, nil
}

func (t *goTypes) addConst(spec *ast.ValueSpec) {
	typ, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	c := goConst{name: spec.Names[0].Name}
	switch value := spec.Values[0].(type) {
	case *ast.BasicLit:
		c.value = value.Value
		if s, err := strconv.Unquote(value.Value); err == nil {
			c.value = s
		}
	case *ast.UnaryExpr: // a negative number
		if literal, ok := value.X.(*ast.BasicLit); ok {
			c.value = value.Op.String() + literal.Value
		}
	}
	t.consts[typ.Name] = append(t.consts[typ.Name], c)
}

// fields returns the fields of a struct by their JSON names, or nil for other types.
func (t *goTypes) fields(name string) map[string]goField {
	structure, ok := t.specs[name].Type.(*ast.StructType)
	if !ok {
		return nil
	}
	all := map[string]goField{}
	for _, field := range structure.Fields.List {
		if field.Tag == nil || len(field.Names) != 1 {
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value)
		jsonName, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		all[jsonName] = goField{field.Names[0].Name, t.typeName(field.Type)}
	}
	return all
}

// typeName writes a type as a user of package client does: a name that means string is string there.
func (t *goTypes) typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if spec := t.specs[e.Name]; spec != nil && spec.Assign.IsValid() {
			if target, ok := spec.Type.(*ast.Ident); ok {
				return t.typeName(target)
			}
		}
		return e.Name
	case *ast.StarExpr:
		return "*" + t.typeName(e.X)
	case *ast.ArrayType:
		return "[]" + t.typeName(e.Elt)
	case *ast.SelectorExpr:
		if t.typeName(e.X) == "nullable" {
			return e.Sel.Name
		}
		return t.typeName(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return t.typeName(e.X) + "[" + t.typeName(e.Index) + "]"
	}
	return "any"
}
