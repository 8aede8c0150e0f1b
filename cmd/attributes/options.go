package main

import (
	"errors"
	"flag"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// options are what the command line asks for.
type options struct {
	input      string // a file, "-" for standard input, or "" to ask Kustomer
	out        string // a file, or "" for standard output
	pkg        string
	resource   string
	structName string // or "" for none
	decimal    bool
	deleted    bool
	check      bool
}

// A usageError is one in how the command was called.
type usageError struct{ error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func flagsFor(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("attributes", flag.ContinueOnError)
	f.StringVar(&o.out, "o", "", "`file` to write; without it, standard output")
	f.StringVar(&o.pkg, "package", "", "`name` of the package; by default what go generate says, that of the Go files beside -o, or of its directory")
	f.StringVar(&o.resource, "resource", "conversation", "`kind` of record: conversation, customer, company, message, or kobject.x for the klass x")
	f.StringVar(&o.structName, "struct", "Attributes", "`name` of the struct that maps all attributes; empty for none")
	f.BoolVar(&o.decimal, "decimal", false, "keep every digit of numbers: custom.Decimal instead of custom.Num")
	f.BoolVar(&o.deleted, "deleted", false, "keep deleted attributes, as keys marked deprecated")
	f.BoolVar(&o.check, "check", false, "write nothing; tell what has changed since the file of -o was made")
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

func printUsage(w io.Writer) {
	f := flagsFor(new(options))
	f.SetOutput(w)
	fmt.Fprint(w, `usage: attributes [flags] [metadata.json | -]

Writes Go for the custom attributes of an organisation. The file, or standard input for -, holds the answer of
GET /v1/metadata/conversation. Without one it is asked for, which takes in the environment

  KUSTOMER_ORG      the organisation, or KUSTOMER_BASE_URL, the host
  KUSTOMER_API_KEY  an API key, or KUSTOMER_API_KEY_FILE, a file that holds it; it needs the role
                    `+role+` (older: `+olderRoles+`)

Flags:
`)
	f.PrintDefaults()
	fmt.Fprint(w, `
Exit codes: 0 fine; 1 with -check, the file is not current; 2 anything else. (go run ends with 1 where the command ends
with 2, and says "exit status 2".)
`)
}

// resources are the names of kinds of records, as far as they can be told.
var resources = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*$`)

func parseOptions(args []string) (*options, error) {
	o := new(options)
	f := flagsFor(o)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, usageError{err}
	}
	if f.NArg() > 1 {
		return nil, usageErrorf("unexpected argument %q: there is one file, and flags come before it", f.Arg(1))
	}
	if o.input = f.Arg(0); o.input == "" && f.NArg() == 1 {
		return nil, usageErrorf("the name of the file of definitions is empty")
	}
	if o.pkg == "" {
		o.pkg = packageName(o.out)
	}
	switch {
	case o.check && o.out == "":
		return nil, usageErrorf("-check needs -o: the file that was generated")
	case o.out != "" && filepath.Ext(o.out) != ".go":
		return nil, usageErrorf("-o %s is no Go file: its name has to end in .go", o.out)
	case !token.IsIdentifier(o.pkg) || o.pkg == "_":
		return nil, usageErrorf("-package %q is no name for a package", o.pkg)
	case o.structName != "" && (!token.IsIdentifier(o.structName) || !token.IsExported(o.structName)):
		return nil, usageErrorf("-struct %q is no exported Go name", o.structName)
	case o.structName == namesFunc:
		return nil, usageErrorf("-struct %s is the name of the function that lists all attributes: take another", namesFunc)
	case !resources.MatchString(o.resource):
		return nil, usageErrorf("-resource %q is no kind of record: conversation, customer, company, message, or kobject.x for the klass x", o.resource)
	}
	return o, nil
}

// packageName finds the name of the package that a file belongs to: the one that go generate tells, which it does for its own
// directory, that of the Go files beside it, or one made of the name of the directory.
func packageName(file string) string {
	const otherwise = "attributes"
	dir, err := filepath.Abs(filepath.Dir(file))
	if file == "" || err != nil {
		return otherwise
	}
	if name := os.Getenv("GOPACKAGE"); token.IsIdentifier(name) && filepath.Dir(file) == "." {
		return strings.TrimSuffix(name, "_test")
	}
	if name := packageIn(dir, filepath.Base(file)); name != "" {
		return name
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, filepath.Base(dir))
	name = strings.TrimLeftFunc(name, unicode.IsDigit)
	if !token.IsIdentifier(name) || name == "main" {
		return otherwise
	}
	return name
}

// packageIn returns the package of the first Go file of a directory that is built here, no test and not the file itself, or "". A
// file that is not built, as a program with "//go:build ignore", may be of another package.
func packageIn(dir, except string) string {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name := e.Name()
		if name == except || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if built, err := build.Default.MatchFile(dir, name); err != nil || !built {
			continue
		}
		if f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly); err == nil && f.Name.Name != "documentation" {
			return f.Name.Name
		}
	}
	return ""
}
