// Releasenotes prints what a changelog in the form of Keep a Changelog says of one version, for the notes of its release. It
// fails where the version is none, has no section, or has an empty one.
//
//	go run ./releasenotes -changelog ../CHANGELOG.md v1.2.3
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	changelog := flag.String("changelog", "../CHANGELOG.md", "the `file`")
	flag.Parse()
	text, err := os.ReadFile(*changelog)
	if err == nil {
		var body string
		if body, err = notes(string(text), flag.Arg(0)); err == nil {
			fmt.Print(body)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "releasenotes:", err)
	os.Exit(1)
}

// version is that of a release; a module's tags begin with v.
var version = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)

// notes returns the section of a version without its title.
func notes(changelog, tag string) (string, error) {
	if !version.MatchString(tag) {
		return "", fmt.Errorf("%q is no version such as v1.2.3", tag)
	}
	title := "## [" + strings.TrimPrefix(tag, "v") + "]"
	var body []string
	inside := false
	for line := range strings.Lines(changelog) {
		switch {
		case strings.HasPrefix(line, "## "):
			if inside {
				return section(body, tag)
			}
			inside = strings.HasPrefix(line, title)
		case inside:
			body = append(body, line)
		}
	}
	if !inside {
		return "", fmt.Errorf("the changelog has no section %s: rename Unreleased to it, with the date", title)
	}
	return section(body, tag)
}

func section(lines []string, tag string) (string, error) {
	text := strings.TrimSpace(strings.Join(lines, ""))
	if text == "" {
		return "", errors.New("the changelog's section of " + tag + " is empty")
	}
	return text + "\n", nil
}
