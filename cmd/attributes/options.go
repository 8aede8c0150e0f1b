package main

import (
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
)

// options holds the command line.
type options struct {
	input      string // a file, "-" for standard input, or "" to read from Kustomer
	out        string // a file, or "" for standard output
	pkg        string
	resource   string
	structName string // or "" for none
	decimal    bool
	deleted    bool
	check      bool
}

// A usageError is an error in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func flagsFor(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("attributes", flag.ContinueOnError)
	f.StringVar(&o.out, "o", "", "`file` to write (default standard output)")
	f.StringVar(&o.pkg, "package", "", "package `name` (default: that of go generate or of the Go files next to the -o file, otherwise the name of its directory)")
	f.StringVar(&o.resource, "resource", "conversation", "`kind` of record: conversation, customer, company, message, or kobject.x for the custom object x")
	f.StringVar(&o.structName, "struct", "Attributes", "`name` of the struct with all attributes; empty for none")
	f.BoolVar(&o.decimal, "decimal", false, "keep every digit of numbers: use custom.Decimal instead of custom.Num")
	f.BoolVar(&o.deleted, "deleted", false, "include deleted attributes, marked as deprecated")
	f.BoolVar(&o.check, "check", false, "write no file; print what has changed since the -o file was generated")
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

func printUsage(w io.Writer) {
	f := flagsFor(new(options))
	f.SetOutput(w)
	fmt.Fprint(w, `usage: attributes [flags] [metadata.json | -]

Generates Go code for the custom attributes of an organisation. It reads their definitions from a file with the response
of GET /v1/metadata/conversation, or from standard input if the file is "-". Without a file, it reads them from Kustomer and
needs these environment variables:

  KUSTOMER_ORG      the organisation (or KUSTOMER_BASE_URL, its host)
  KUSTOMER_API_KEY  an API key (or KUSTOMER_API_KEY_FILE, a file with the key) with the role
                    `+role+` (older: `+olderRoles+`)

Flags:
`)
	f.PrintDefaults()
	fmt.Fprint(w, `
Exit codes: 0 success; 1 the file is not current (only with -check); 2 error. (After a failure, go run itself exits with 1
and prints "exit status 2".)
`)
}

var (
	resources         = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*$`)
	notInPackageNames = regexp.MustCompile(`[^\pL\p{Nd}]+`)
)

func parseOptions(args []string) (*options, error) {
	o := new(options)
	f := flagsFor(o)
	if err := f.Parse(args); err != nil {
		return nil, usageError{err}
	}
	if f.NArg() > 1 {
		return nil, usageErrorf("unexpected argument %q: give at most one file, after all flags", f.Arg(1))
	}
	if o.input = f.Arg(0); o.input == "" && f.NArg() == 1 {
		return nil, usageErrorf("the file name is empty")
	}
	if o.pkg == "" {
		o.pkg = packageName(o.out)
	}
	switch {
	case o.check && o.out == "":
		return nil, usageErrorf("-check needs -o with the generated file")
	case o.out != "" && filepath.Ext(o.out) != ".go":
		return nil, usageErrorf("-o %s is not a Go file: its name must end in .go", o.out)
	case !token.IsIdentifier(o.pkg) || o.pkg == "_":
		return nil, usageErrorf("-package %q is not a valid package name", o.pkg)
	case o.structName != "" && (!token.IsIdentifier(o.structName) || !token.IsExported(o.structName)):
		return nil, usageErrorf("-struct %q is not an exported Go name", o.structName)
	case o.structName == namesFunc:
		return nil, usageErrorf("-struct %s is the name of the function that lists the attributes: choose another", namesFunc)
	case !resources.MatchString(o.resource):
		return nil, usageErrorf("-resource %q is not a kind of record", o.resource)
	}
	return o, nil
}

// packageName returns the package of the file: the package of go generate if the file is in the current directory,
// otherwise the package of the Go files next to it, otherwise a name made from the directory.
func packageName(file string) string {
	const fallback = "attributes"
	dir, err := filepath.Abs(filepath.Dir(file))
	if file == "" || err != nil {
		return fallback
	}
	if name := os.Getenv("GOPACKAGE"); token.IsIdentifier(name) && filepath.Dir(file) == "." {
		return strings.TrimSuffix(name, "_test")
	}
	if name := packageIn(dir, filepath.Base(file)); name != "" {
		return name
	}
	name := strings.TrimLeft(notInPackageNames.ReplaceAllString(strings.ToLower(filepath.Base(dir)), ""), "0123456789")
	if !token.IsIdentifier(name) || name == "main" {
		return fallback
	}
	return name
}

// packageIn returns the package of the Go files in a directory, or "". It ignores tests, the file itself, and files
// excluded by build constraints, because those may be of another package.
func packageIn(dir, except string) string {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name := e.Name()
		if name == except || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		built, _ := build.Default.MatchFile(dir, name)
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if built && err == nil {
			return file.Name.Name
		}
	}
	return ""
}
