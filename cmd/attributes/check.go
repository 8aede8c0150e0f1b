package main

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"os"
)

// check holds the file that was generated against what would be generated now.
func check(name string, now []byte, stdout, stderr io.Writer) int {
	lines, err := compare(name, now)
	if err != nil {
		return fail(stderr, err)
	}
	if lines == nil {
		fmt.Fprintln(stdout, name, "is current")
		return exitFine
	}
	for _, line := range lines {
		fmt.Fprintln(stdout, line)
	}
	return exitDrift
}

// compare returns the differences, in a line each. What only comments say, as display names, is none.
func compare(name string, now []byte) ([]string, error) {
	then, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: generate it first, without -check", name)
	}
	if err != nil {
		return nil, err
	}
	before, err := stateOf(name, then)
	if err != nil {
		return nil, err
	}
	after, err := stateOf(name, now)
	if err != nil {
		return nil, err
	}
	if lines := drift(before, after); lines != nil {
		return append(lines, name+" is not current: generate it again and see what no longer compiles"), nil
	}
	if !sameTokens(then, now) {
		return []string{name + " was made by another version of this command, with other flags, or edited: generate it again"}, nil
	}
	return nil, nil
}

// changed tells which identifiers stand for something else in the code than in the file, if there is one to compare with.
func changed(name string, now []byte) []string {
	then, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	before, err := stateOf(name, then)
	if err != nil {
		return nil // which is no matter here: it is about to be written anew
	}
	after, err := stateOf(name, now)
	if err != nil {
		return nil
	}
	return meanings(before, after)
}

// sameTokens reports whether two files are the same but for comments and white space.
func sameTokens(a, b []byte) bool {
	one, other := tokens(a), tokens(b)
	for {
		t, literal := one()
		u, otherLiteral := other()
		if t != u || literal != otherLiteral {
			return false
		}
		if t == token.EOF {
			return true
		}
	}
}

// tokens returns a function that gives one token of a file after the other.
func tokens(code []byte) func() (token.Token, string) {
	files := token.NewFileSet()
	var s scanner.Scanner
	s.Init(files.AddFile("", files.Base(), len(code)), code, nil, 0)
	return func() (token.Token, string) {
		_, t, literal := s.Scan()
		if t == token.SEMICOLON {
			literal = "" // written or not
		}
		return t, literal
	}
}
