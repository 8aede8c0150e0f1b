package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
)

// verdict is a finding in one word.
func (f finding) verdict() string {
	switch {
	case f.why != "":
		return "not asked"
	case f.differs:
		return "DIFFERENT"
	case f.expected == "":
		return "new"
	}
	return "same"
}

// writeTable writes what was expected and what was observed.
func (v *verifier) writeTable(w io.Writer) error {
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "question\texpected\tobserved\t")
	for _, f := range v.findings {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", f.question, cmp.Or(f.expected, "(not known)"), v.redact(cmp.Or(f.observed, "- "+f.why)), f.verdict())
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
